use netipc::WireEnum;

#[derive(WireEnum)]
#[repr(C)]
#[wire(closed)]
union Status {
    known: u16,
}

fn main() {}
