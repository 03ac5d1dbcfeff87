use netipc::WireEnum;

#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
#[wire(closed)]
enum Status {
    Known = 0,
}

fn main() {}
