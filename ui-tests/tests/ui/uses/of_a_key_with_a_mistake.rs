use netipc::{Encode, WireMessage, WireString};

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(key = nul_terminated)]
struct Name {
    #[wire(min = 3, max = 2)]
    name: WireString,
}

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(header = 4)]
struct Names {
    #[wire(count_at = 0, directory = ordered)]
    names: Vec<Name>,
}

fn main() {
    let sent = Names { names: vec![Name { name: "one".into() }] };
    let mut bytes = vec![0; sent.encoded_len()];
    sent.encode(&mut bytes).unwrap();
    NamesRef { names: &[NameRef { name: b"one" }] }.encode(&mut bytes).unwrap();
    let view = Names::decode(&bytes).unwrap();
    println!("{:?}", view.names().get(0).map(|name| (name.name(), name.name_c_str(), name.to_owned())));
}
