use netipc::messages::Increment;
use netipc::{Client, ClientConfig, Endpoint};

fn main() {
    let endpoint = Endpoint::new("/run/netdata", "increment").unwrap();
    let mut client = Client::<Increment, Increment>::new(endpoint, ClientConfig::default());
    let first = client.call(&Increment { value: 1 }).unwrap();
    let second = client.call(&Increment { value: 2 }).unwrap();
    println!("{first} {second}");
}
