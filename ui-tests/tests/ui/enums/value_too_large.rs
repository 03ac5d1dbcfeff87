use netipc::WireEnum;

#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[wire(closed)]
enum Status {
    Known = 0,
    Unknown = 300,
}

fn main() {}
