use netipc::{Encode, MessageBuilder, WireMessage};

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(method = 0x8000, header = 24)]
struct Greeting {
    #[wire(at = 0)]
    loud: bool,
    #[wire(at = 4)]
    volume: f32,
    #[wire(at = 8)]
    text: String,
    #[wire(at = 16)]
    repeat: Option<u64>,
}

// Only the types are reported, and nothing of what follows.
fn main() {
    let sent = Greeting { loud: true, volume: 1.5, text: "one".into(), repeat: Some(2) };
    let mut bytes = vec![0; sent.encoded_len()];
    let mut builder = <Greeting as WireMessage>::Builder::new(&mut bytes);
    builder.loud(true).volume(0.5).text("one").repeat(None);
    builder.finish().unwrap();
    let view = Greeting::decode(&bytes).unwrap();
    if view.loud() && view.volume() > 0.5 {
        println!("{} {}", view.text(), view.repeat().unwrap());
    }
}
