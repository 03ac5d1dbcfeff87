use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 4)]
enum Message {
    One,
}

fn main() {}
