use netipc::WireMessage;
use netipc::codec::Answers;

#[derive(WireMessage)]
#[wire(method = 0x8000, header = 4)]
struct Request {
    #[wire(at = 0)]
    value: bool,
}

#[derive(WireMessage)]
#[wire(method = 0x8000, header = 4)]
struct Response {
    #[wire(at = 0)]
    value: u32,
}

fn exchange<Req: netipc::codec::MethodMessage, Resp: Answers<Req>>() {}

// Only the type of the field is reported: the two belong together.
fn main() {
    exchange::<Request, Response>();
    exchange::<Response, Request>();
}
