use netipc::{Snapshot, WireMessage, WireString};

#[derive(WireMessage)]
#[wire(method = 0x9000, header = 8, snapshot(items = users, key = (id, name)))]
struct Users {
    #[wire(count_at = 0, directory = free)]
    users: Vec<User>,
}

#[derive(WireMessage)]
#[wire(header = 12)]
struct User {
    #[wire(at = 0)]
    id: u32,
    #[wire(at = 4)]
    name: WireString,
}

fn main() {
    let users = Users::items(Users::decode(&[]).unwrap());
    println!("{:?}", users.iter().map(Users::key).collect::<Vec<_>>());
}
