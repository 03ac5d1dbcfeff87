//! Which request goes with which response.

use crate::WireMessage;

/// A method code as a type.
#[derive(Debug)]
pub enum MethodCode<const CODE: u16> {}

/// A message that is the request or the response of a method: one whose `#[wire(…)]` says `method = …`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the request or response of a method",
    label = "no `method` in its `#[wire(…)]`",
    note = "items of a list have no method of their own; requests and responses say `#[wire(method = …)]`"
)]
pub trait MethodMessage: WireMessage + BelongsTo<Self::Method> {
    /// The method, as a type.
    type Method;
    /// The method's code in the envelope (`docs/contract/envelope.md`).
    const METHOD: u16;
}

/// Ties a message to its method, for the compiler. Implemented by the derive.
pub trait BelongsTo<Method> {}

/// Checks that a response and its request belong to one method, for the derive.
pub const fn answers<Resp: Answers<Req>, Req: MethodMessage>() {}

/// `Self` is the response to the request `Req`: both belong to one method.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not answer `{Req}`: they belong to different methods",
    label = "not the response to `{Req}`",
    note = "a client and a server take the request and the response of one method, as their `#[wire(method = …)]` say"
)]
pub trait Answers<Req: MethodMessage>: MethodMessage {}

// Without the attribute the compiler would blame the helper trait and not say what is wrong.
#[diagnostic::do_not_recommend]
impl<Req: MethodMessage, Resp: MethodMessage + BelongsTo<Req::Method>> Answers<Req> for Resp {}
