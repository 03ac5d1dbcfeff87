use netipc::WireEnum;

#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, u16)]
#[wire(closed)]
enum Status {
    Known = 1,
}

fn main() {}
