use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(key = nul_terminated)]
struct Message {

}

fn main() {}
