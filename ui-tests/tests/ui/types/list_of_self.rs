use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 4)]
struct Message {
    #[wire(count_at = 0, directory = free)]
    children: Vec<Self>,
}

fn main() {}
