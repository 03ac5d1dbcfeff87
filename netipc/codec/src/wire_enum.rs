//! Integers with names.

use core::fmt;

use crate::check::Place;
use crate::fault::Fault;
use crate::{DecodeError, FieldKind, Rule};

/// An enum that stands for an integer of the wire. `#[derive(WireEnum)]` implements it.
///
/// ```
/// use netipc_codec::WireEnum;
///
/// /// What a lookup found.
/// #[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
/// #[repr(u16)]
/// #[wire(crate = netipc_codec, closed)]
/// pub enum Found {
///     /// It is known.
///     Known = 0,
///     /// It is not.
///     Unknown = 1,
/// }
/// assert_eq!(Found::from_wire(1), Some(Found::Unknown));
/// assert_eq!(Found::from_wire(2), None);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an enum of the wire",
    label = "a field with `repr = …` has a type that derives `WireEnum`",
    note = "add `#[derive(WireEnum)]` to it"
)]
pub trait WireEnum: Copy + fmt::Debug + Eq + 'static {
    /// The integer type on the wire.
    type Repr: Copy + Into<u64>;

    /// The variant of 0, which builders begin with.
    const ZERO: Self;

    /// The variants and their values.
    const VARIANTS: &'static [(&'static str, u64)];

    /// Whether a value without a variant is rejected.
    const CLOSED: bool;

    /// The variant of a value; `None` where a closed enum has none.
    fn from_wire(value: Self::Repr) -> Option<Self>;

    /// The value.
    fn to_wire(self) -> Self::Repr;
}

/// What the code of a field with `repr = …` asks of the field's type. Every enum is one for its own integer: of any
/// other, and of a type that is no enum, the compiler says so at the type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an enum that is a `{Repr}` on the wire",
    label = "no `#[derive(WireEnum)]` with `#[repr({Repr})]`",
    note = "`repr = …` of the field and `#[repr(…)]` of its enum are the same integer, and the enum derives `WireEnum`"
)]
pub trait EnumField<Repr>: Sized {
    /// What the layout says of the field.
    const KIND: FieldKind;

    /// What builders begin with.
    fn start() -> Self;

    /// Whether the enum accepts the value.
    ///
    /// # Errors
    /// [`Rule::Unlisted`], of a closed enum.
    fn listed<F: Fault>(place: Place, value: Repr) -> Result<(), F>;

    /// The variant of a value that was checked before; of others, that of 0.
    fn variant(value: Repr) -> Self;

    /// The value.
    fn number(self) -> Repr;
}

// Without the attribute the compiler would speak of the helper's parts and not say what is wrong.
#[diagnostic::do_not_recommend]
impl<E: WireEnum<Repr = Repr>, Repr: Copy + Into<u64>> EnumField<Repr> for E {
    const KIND: FieldKind = FieldKind::Enum { variants: E::VARIANTS, closed: E::CLOSED };

    #[inline]
    fn start() -> Self {
        E::ZERO
    }

    #[inline]
    fn listed<F: Fault>((message, field, at): Place, value: Repr) -> Result<(), F> {
        match E::from_wire(value) {
            Some(_) => Ok(()),
            None => Err(F::because(|| {
                DecodeError::new(Rule::Unlisted { found: value.into() }, message, field, at)
            })),
        }
    }

    #[inline]
    fn variant(value: Repr) -> Self {
        E::from_wire(value).unwrap_or(E::ZERO)
    }

    #[inline]
    fn number(self) -> Repr {
        self.to_wire()
    }
}
