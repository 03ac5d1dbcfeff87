use netipc::WireEnum;

#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
#[wire(open)]
enum Status {
    Known = 0,
    #[wire(other)]
    Other(u16) = 9,
}

fn main() {}
