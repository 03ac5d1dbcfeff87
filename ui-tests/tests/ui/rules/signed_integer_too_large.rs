use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 4, rule(change == 40_000 => other = 0))]
struct Message {
    #[wire(at = 0)]
    change: i16,
    #[wire(at = 2)]
    other: i16,
}

fn main() {}
