use netipc::{Encode, WireMessage};

#[derive(WireMessage)]
#[wire(header = 8, constant(flags: u32 = 0, at = 0))]
struct Greeting {
    #[wire(at = 4)]
    flags: u32,
}

// Only the name is reported, and nothing of what follows.
fn main() {
    let mut bytes = [0; 8];
    Greeting { flags: 1 }.encode(&mut bytes).unwrap();
    println!("{}", Greeting::decode(&bytes).unwrap().flags());
}
