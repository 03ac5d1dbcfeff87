use netipc::{Encode, MessageBuilder, WireMessage, WireString};

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(header = 16, mehtod = 3, reserved(at = 4, len = 4))]
struct Greeting {
    #[wire(at = 0)]
    times: u32,
    #[wire(at = 8)]
    text: WireString,
}

// Only the argument is reported, and nothing of what follows.
fn main() {
    let sent = Greeting { times: 1, text: "one".into() };
    let mut bytes = vec![0; sent.encoded_len()];
    let mut builder = GreetingBuilder::new(&mut bytes);
    builder.times(1).text("one").text_with(3, |place| place.fill(b'x'));
    builder.finish().unwrap();
    GreetingRef { times: 1, text: b"one" }.encode(&mut bytes).unwrap();
    let view: GreetingView<'_> = Greeting::decode(&bytes).unwrap();
    println!("{} {} {:?}", view.times(), view.text(), view.to_owned() == sent);
}
