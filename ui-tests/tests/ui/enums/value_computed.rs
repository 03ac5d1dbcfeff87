use netipc::WireEnum;

const FIRST: u16 = 1;

#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
#[wire(closed)]
enum Status {
    Known = 0,
    Unknown = FIRST,
}

fn main() {}
