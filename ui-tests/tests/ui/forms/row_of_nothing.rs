use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 0, row)]
struct Message {

}

fn main() {}
