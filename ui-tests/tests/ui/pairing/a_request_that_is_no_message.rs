use netipc::messages::Increment;
use netipc::{Client, ClientConfig, Endpoint};

struct Question;

fn main() {
    let endpoint = Endpoint::new("/run/netdata", "increment").unwrap();
    let _ = Client::<Question, Increment>::new(endpoint, ClientConfig::default());
}
