use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 8)]
struct Message<'a> {
    #[wire(at = 0)]
    text: &'a [u8],
}

fn main() {}
