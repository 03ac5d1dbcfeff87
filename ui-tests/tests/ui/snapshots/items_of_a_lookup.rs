use netipc::WireMessage;
use netipc::messages::AppLookupItem;

#[derive(WireMessage)]
#[wire(method = 0x9000, header = 4, snapshot(items = apps, key = pid))]
struct Apps {
    #[wire(count_at = 0, directory = ordered)]
    apps: Vec<AppLookupItem>,
}

fn main() {}
