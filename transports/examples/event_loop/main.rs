//! One thread, one `poll`, and on both sides of it hundreds of sessions: a server that answers, and clients that ask.
//! Nothing here ever waits but the `poll`. (Windows has none; there an event loop waits for the handles.)
//!
//! `cargo run -p netipc-transport --example event_loop -- 200 10`: sessions, and requests of each.

#[cfg(unix)]
mod poll;

#[cfg(unix)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut numbers = std::env::args().skip(1).map(|argument| argument.parse());
    let sessions = numbers.next().transpose()?.unwrap_or(200);
    let requests = numbers.next().transpose()?.unwrap_or(10);
    let begun = std::time::Instant::now();
    let summary = poll::run(sessions, requests)?;
    println!("{summary} in {:?}", begun.elapsed());
    Ok(())
}

#[cfg(not(unix))]
fn main() {
    eprintln!("this example waits with poll, which this system does not have");
}
