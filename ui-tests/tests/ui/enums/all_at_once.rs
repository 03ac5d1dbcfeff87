use netipc::WireEnum;

#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[wire(open, colour = 3)]
enum Status {
    Known = 1,
    Unknown = 300,
    Lost(u8),
}

fn main() {}
