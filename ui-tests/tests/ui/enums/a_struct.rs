use netipc::WireEnum;

#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[wire(closed)]
struct Status {
    known: u16,
}

fn main() {}
