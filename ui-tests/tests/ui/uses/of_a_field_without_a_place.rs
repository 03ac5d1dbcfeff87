use netipc::{Encode, WireMessage};

#[derive(WireMessage, Clone, Debug, Default, PartialEq)]
#[wire(header = 8)]
struct Greeting {
    #[wire(at = 0)]
    one: u32,
    two: u32,
}

fn sum(bytes: &[u8]) -> u32 {
    let view = Greeting::decode(bytes).unwrap();
    view.one() + view.two()
}

// Only the missing place is reported.
fn main() {
    let mut bytes = vec![0; Greeting::default().encoded_len()];
    GreetingRef { one: 1, two: 2 }.encode(&mut bytes).unwrap();
    println!("{}", sum(&bytes));
}
