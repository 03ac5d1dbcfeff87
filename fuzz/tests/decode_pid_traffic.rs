//! Arbitrary bytes as the response of `PID_TRAFFIC`.

use netipc::WireMessage;
use netipc::messages::PidTraffic;

fn check(bytes: &[u8]) {
    // Items are in order and share nothing, so that a copy is no larger than the payload.
    netipc_fuzz::decoded::<PidTraffic>(
        bytes,
        |view| format!("{view}").len().min(bytes.len()),
        |view| view.to_owned(),
    );
    if let Ok(view) = PidTraffic::decode(bytes) {
        for item in view.processes() {
            assert!(item.comm().len() <= 15, "{item}");
        }
    }
}

netipc_fuzz::target_of_bytes!(decode_pid_traffic, check);
