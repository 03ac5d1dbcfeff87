use netipc::{Encode, MessageBuilder, WireMessage};

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(header = 4)]
struct Line {
    #[wire(at = 0)]
    number: u32,
}

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(header = 4)]
struct Greeting {
    #[wire(count_at = 0)]
    lines: Vec<Line>,
}

// Only the missing directory is reported, and nothing of what follows.
fn main() {
    let sent = Greeting { lines: vec![Line { number: 1 }] };
    let mut bytes = vec![0; sent.encoded_len()];
    let mut builder = GreetingBuilder::new(&mut bytes);
    builder.lines().push(LineRef { number: 1 }).unwrap();
    builder.finish().unwrap();
    GreetingRef { lines: &[LineRef { number: 1 }] }.encode(&mut bytes).unwrap();
    for line in Greeting::decode(&bytes).unwrap().lines() {
        println!("{}", line.number());
    }
}
