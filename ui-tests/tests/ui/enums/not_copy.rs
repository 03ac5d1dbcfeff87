use netipc::WireEnum;

#[derive(WireEnum, Debug, PartialEq, Eq)]
#[repr(u16)]
#[wire(closed)]
enum Status {
    Known = 0,
}

fn main() {}
