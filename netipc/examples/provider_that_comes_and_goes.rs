//! A client through the life of its provider: it is late, restarts in the middle of a call, comes back with another
//! token, and vanishes. The client is one object all the time, driven from the loop of its program.
//!
//! `cargo run -p netipc --example provider_that_comes_and_goes`

use std::error::Error;

use netipc::messages::Increment;
use netipc::{Client, ClientConfig, Endpoint, ListenError, Server, ServerConfig};

type Provider = Server<Increment, Increment>;

fn main() -> Result<(), Box<dyn Error>> {
    let run_dir = tempfile::tempdir()?;
    let endpoint = Endpoint::new(run_dir.path(), "increment")?;
    let mut client = Client::<Increment, Increment>::new(endpoint.clone(), ClientConfig::default());

    println!("nobody is there yet");
    turn(&mut client);

    println!("the provider comes");
    let provider = provider(&endpoint, 0)?;
    turn(&mut client);
    turn(&mut client);

    println!("the provider restarts, and the next call goes to the new one");
    provider.stop();
    let provider = self::provider(&endpoint, 0)?;
    turn(&mut client);

    println!("the provider wants another token");
    provider.stop();
    let provider = self::provider(&endpoint, 7)?;
    turn(&mut client);
    turn(&mut client);

    println!("the provider takes ours again");
    provider.stop();
    let provider = self::provider(&endpoint, 0)?;
    turn(&mut client);

    println!("the provider goes");
    provider.stop();
    turn(&mut client);
    turn(&mut client);

    let status = client.status();
    println!(
        "{} sessions, {} calls, {} of them failed, {} sent twice",
        status.connects, status.calls, status.errors, status.retries
    );
    Ok(())
}

fn provider(endpoint: &Endpoint, auth_token: u64) -> Result<Provider, ListenError> {
    let config = ServerConfig { auth_token, ..ServerConfig::default() };
    Provider::spawn(endpoint.clone(), config, |request, response, _context| {
        response.value(request.value().wrapping_add(1));
        Ok(())
    })
}

/// One turn of the program's loop. What the service gives is an enrichment: without it the program goes on.
fn turn(client: &mut Client<Increment, Increment>) {
    // Nothing if there is a session; else one try, which is quick where nobody listens.
    client.refresh();
    if !client.is_ready() {
        let reason = client.connect_error().map(|error| whole(error)).unwrap_or_default();
        return println!("  {}: {reason}", client.status().state);
    }
    match client.call(&Increment { value: 41 }).map(|answer| answer.value()) {
        Ok(answer) => println!("  {}: {answer}", client.status().state),
        // The session is over; the next turn makes another.
        Err(error) => println!("  {}: {}", client.status().state, whole(&error)),
    }
}

/// An error and what is under it.
fn whole(error: &(dyn Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |&error| error.source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
