use netipc::{Encode, MessageBuilder as _, WireEnum, WireMessage};

#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
#[wire(closed)]
enum Status {
    Known = 1,
    Unknown = 2,
}

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(header = 4, rule(status != Known => number = 0))]
struct Message {
    #[wire(at = 0, repr = u16)]
    status: Status,
    #[wire(at = 2)]
    number: u16,
}

// Only the missing 0 is reported, and nothing of what follows.
fn main() {
    let sent = Message { status: Status::Known, number: 1 };
    let mut bytes = vec![0; sent.encoded_len()];
    let mut builder = <Message as WireMessage>::Builder::new(&mut bytes);
    builder.status(Status::Known).number(1);
    builder.finish().unwrap();
    let view: MessageView<'_> = Message::decode(&bytes).unwrap();
    println!("{:?} {:?} {}", view.status(), Status::from_wire(1), view.to_owned() == sent);
}
