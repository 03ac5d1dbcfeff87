use std::sync::Mutex;

use netipc::messages::{StringReverse, StringReverseView};
use netipc::{Endpoint, Server, ServerConfig};

static KEPT: Mutex<Vec<StringReverseView<'static>>> = Mutex::new(Vec::new());

fn main() {
    let endpoint = Endpoint::new("/run/netdata", "string-reverse").unwrap();
    let _ = Server::<StringReverse, StringReverse>::spawn(endpoint, ServerConfig::default(), |request, _, _| {
        KEPT.lock().unwrap().push(request);
        Ok(())
    });
}
