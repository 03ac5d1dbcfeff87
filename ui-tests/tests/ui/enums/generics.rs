use netipc::WireEnum;

#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
#[wire(open)]
enum Status<T> {
    Known = 0,
    #[wire(other)]
    Other(T),
}

fn main() {}
