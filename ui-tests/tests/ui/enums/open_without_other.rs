use netipc::WireEnum;

#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[wire(open)]
enum Status {
    Known = 0,
}

fn main() {}
