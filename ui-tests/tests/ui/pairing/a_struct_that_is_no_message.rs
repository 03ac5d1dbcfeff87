use netipc::WireMessage;

struct Plain;

fn decode<M: WireMessage>(bytes: &[u8]) -> bool {
    M::decode(bytes).is_ok()
}

fn main() {
    decode::<Plain>(&[]);
}
