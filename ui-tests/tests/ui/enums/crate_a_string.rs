use netipc::WireEnum;

#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
#[wire(crate = "netipc", closed)]
enum Status {
    Known = 0,
}

fn main() {}
