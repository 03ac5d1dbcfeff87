//! Messages that are a whole data set, whose items are looked up by a key.

use core::fmt;
use core::hash::Hash;

use crate::{Items, WireMessage, text};

/// A response that holds a whole data set: a list of items, and the fields of an item by which it is looked up.
/// `#[derive(WireMessage)]` with `snapshot(items = …, key = (…))` implements it.
///
/// Of two items with equal keys the first counts.
///
/// ```
/// use netipc_codec::{Encode, Snapshot, WireMessage, WireString};
///
/// /// All users of this host.
/// #[derive(WireMessage)]
/// #[wire(crate = netipc_codec, method = 0x8124, header = 8, reserved(at = 4, len = 4), snapshot(items = users, key = name))]
/// pub struct Users {
///     #[wire(count_at = 0, directory = free)]
///     pub users: Vec<User>,
/// }
///
/// /// One of them.
/// #[derive(WireMessage)]
/// #[wire(crate = netipc_codec, header = 16, reserved(at = 4, len = 4))]
/// pub struct User {
///     #[wire(at = 0)]
///     pub id: u32,
///     #[wire(at = 8)]
///     pub name: WireString,
/// }
///
/// let users = Users { users: vec![User { id: 0, name: "root".into() }] };
/// let mut bytes = vec![0; users.encoded_len()];
/// users.encode(&mut bytes)?;
/// let root = Users::items(Users::decode(&bytes)?).get(0).expect("there is one");
/// assert_eq!(Users::key(root), b"root");
/// assert!(Users::has_key(root, b"root"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Contract: `docs/contract/snapshot.md`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a snapshot",
    label = "no `snapshot(…)` in its `#[wire(…)]`",
    note = "`snapshot(items = list, key = (field, field))` names the list and the fields of an item that are its key"
)]
pub trait Snapshot: WireMessage {
    /// One item of the set.
    type Item: WireMessage;

    /// What an item is looked up by: the value of the key's one field, or a tuple of them in the order in which they
    /// are named. Strings are `&[u8]`.
    type Key<'a>: Copy + Hash + fmt::Debug;

    /// The items, in the provider's order.
    fn items(snapshot: Self::View<'_>) -> Items<'_, Self::Item>;

    /// The key of an item.
    fn key(item: <Self::Item as WireMessage>::View<'_>) -> Self::Key<'_>;

    /// Whether `item` has this key.
    fn has_key(item: <Self::Item as WireMessage>::View<'_>, key: Self::Key<'_>) -> bool;

    /// What tells one state of the set from the next, where the message says so.
    #[must_use]
    fn generation(snapshot: Self::View<'_>) -> Option<u64> {
        let _ = snapshot;
        None
    }
}

/// A field of an item that can be part of a key: an integer or a string. `NAME` stands for its name. Implemented by the
/// derive.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no field of this name that can be part of a key",
    label = "no integer and no string of `{Self}`",
    note = "the key of a snapshot's item is made of its integers and strings; items of a lookup cannot be items of a snapshot"
)]
pub trait NamedField<const NAME: u64>: WireMessage {
    /// Its type in a key.
    type Value<'a>: KeyValue;

    /// Its value in `item`.
    fn value(item: Self::View<'_>) -> Self::Value<'_>;
}

/// The same, as a key asks for it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no field of this name that can be part of a key",
    label = "no integer and no string of `{Self}`",
    note = "the key of a snapshot's item is made of its integers and strings; items of a lookup cannot be items of a snapshot"
)]
pub trait KeyField<const NAME: u64>: WireMessage {
    /// Its type in a key.
    type Value<'a>: KeyValue;

    /// Its value in `item`.
    fn value(item: Self::View<'_>) -> Self::Value<'_>;
}

// Without the attribute the compiler would list the numbers that stand for the names of all fields.
#[diagnostic::do_not_recommend]
impl<const NAME: u64, T: NamedField<NAME>> KeyField<NAME> for T {
    type Value<'a> = <T as NamedField<NAME>>::Value<'a>;

    #[inline]
    fn value(item: Self::View<'_>) -> <Self as KeyField<NAME>>::Value<'_> {
        <T as NamedField<NAME>>::value(item)
    }
}

/// Checks that an item has a field, for the derive.
pub const fn has_field<const NAME: u64, T: KeyField<NAME>>() {}

/// What a key can be made of.
pub trait KeyValue: Copy + Hash + fmt::Debug {
    /// Whether the two are equal.
    fn same(self, other: Self) -> bool;
}

macro_rules! integers {
    ($($integer:ty)*) => {$(
        impl KeyValue for $integer {
            #[inline]
            fn same(self, other: Self) -> bool {
                self == other
            }
        }
    )*};
}

integers!(u8 u16 u32 u64 i8 i16 i32 i64);

impl KeyValue for &[u8] {
    #[inline]
    fn same(self, other: Self) -> bool {
        text::same(self, other)
    }
}

/// Whether two parts of keys are equal, for the derive.
#[inline]
pub fn same_key<V: KeyValue>(one: V, other: V) -> bool {
    one.same(other)
}
