//! Items that share bytes: a payload never takes longer to check than its length allows.

use netipc_codec::{Class, DecodeError, Encode, Rule, WireMessage, WireString};

/// An item whose check looks at every byte.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(crate = netipc_codec, header = 8, strings(no_nul))]
struct Searched {
    #[wire(at = 0)]
    name: WireString,
}

#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(crate = netipc_codec, header = 4)]
struct SearchedList {
    #[wire(count_at = 0, directory = free)]
    items: Vec<Searched>,
}

/// An item whose check takes the same time whatever its length.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(crate = netipc_codec, header = 8)]
struct Plain {
    #[wire(at = 0)]
    name: WireString,
}

#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(crate = netipc_codec, header = 4)]
struct PlainList {
    #[wire(count_at = 0, directory = free)]
    items: Vec<Plain>,
}

/// A list of `count` entries that all name one item with a name of so many bytes.
fn shared(count: u32, name_len: u32) -> Vec<u8> {
    let mut item = [8u32.to_ne_bytes(), name_len.to_ne_bytes()].concat();
    item.resize(item.len() + name_len as usize, b'a');
    item.push(0);
    let len = u32::try_from(item.len()).expect("it is short");
    let mut bytes = count.to_ne_bytes().to_vec();
    for _ in 0..count {
        bytes.extend([0u32.to_ne_bytes(), len.to_ne_bytes()].concat());
    }
    bytes.extend(item);
    bytes
}

fn error_of<T: WireMessage>(bytes: &[u8]) -> DecodeError {
    T::decode(bytes).expect_err("these bytes break a rule")
}

#[test]
fn searched_items_that_share_more_than_there_is_are_rejected_where_they_pass_it() {
    // Three entries of 8 bytes and 40 bytes of item: 64 bytes, which the second item passes.
    let error = error_of::<SearchedList>(&shared(3, 31));
    assert_eq!((error.class(), error.rule(), error.field()), (Class::BadLayout, Rule::ItemsShared, "items"));
    assert_eq!((error.item(), error.at()), (Some(1), 4 + 24));
}

#[test]
fn searched_items_may_share_as_many_bytes_as_there_are() {
    // Two entries and 9 bytes of item: 25 bytes, 18 of them in items.
    assert_eq!(SearchedList::decode(&shared(2, 0)).map(|list| list.items().len()), Ok(2));
}

#[test]
fn items_that_are_not_searched_may_share_whatever_they_like() {
    assert_eq!(PlainList::decode(&shared(1_000, 5_000)).map(|list| list.items().len()), Ok(1_000));
}

#[test]
fn what_an_encoder_writes_is_always_within() {
    for names in 0..20 {
        let items = (0..names).map(|len| Searched { name: "x".repeat(len).as_str().into() }).collect();
        let sent = SearchedList { items };
        let mut bytes = vec![0; sent.encoded_len()];
        sent.encode(&mut bytes).expect("it fits");
        assert_eq!(SearchedList::decode(&bytes).map(|list| list.to_owned()), Ok(sent));
    }
}
