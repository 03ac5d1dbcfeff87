use netipc::WireMessage;
use netipc::codec::{Answers, MethodMessage};

#[derive(WireMessage)]
#[wire(method = 0x8000, header = 4)]
struct Question {
    #[wire(at = 0)]
    value: u32,
}

#[derive(WireMessage)]
#[wire(method = 0x8001, header = 4)]
struct Answer {
    #[wire(at = 0)]
    value: u32,
}

fn exchange<Req: MethodMessage, Resp: Answers<Req>>() {}

fn main() {
    exchange::<Question, Question>();
    exchange::<Question, Answer>();
}
