use netipc::WireEnum;

#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
#[wire(closed, closed)]
enum Status {
    Known = 0,
}

fn main() {}
