use netipc::WireEnum;

#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[wire(repr = u16, closed)]
enum Status {
    Known = 0,
}

fn main() {}
