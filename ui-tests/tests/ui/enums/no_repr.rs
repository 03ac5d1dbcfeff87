use netipc::WireEnum;

#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[wire(closed)]
enum Status {
    Known = 0,
}

fn main() {}
