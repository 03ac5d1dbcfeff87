use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(method = 0x9000, header = 4)]
struct Users {
    #[wire(count_at = 0, directory = free, snapshot(items = users, key = name))]
    users: Vec<User>,
}

#[derive(WireMessage)]
#[wire(header = 8)]
struct User {
    #[wire(at = 0)]
    name: WireString,
}

fn main() {}
