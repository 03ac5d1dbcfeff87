use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 4)]
struct Message<T> {
    #[wire(at = 0)]
    value: T,
}

fn main() {}
