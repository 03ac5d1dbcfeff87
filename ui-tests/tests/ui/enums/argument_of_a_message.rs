use netipc::WireEnum;

#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
#[wire(closed, header = 2)]
enum Status {
    Known = 0,
}

fn main() {}
