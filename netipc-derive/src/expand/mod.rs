//! A [`Message`] to code.

mod builder;
mod encode;
mod header;
mod layout;
mod message;
mod names;
mod view;

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Message;
use names::Names;

/// All code of a message. Of one with mistakes it is never run, since the errors end the build: it has the names and
/// signatures of the right one.
pub(crate) fn message(message: &Message) -> TokenStream {
    let names = Names::of(message);
    let header = header::code(message, &names);
    let wire_message = message::code(message, &names);
    let view = view::code(message, &names);
    let encode = encode::code(message, &names);
    let builder = builder::code(message, &names);
    quote! { #header #wire_message #view #encode #builder }
}

/// The body of a function; nothing in a message with mistakes, of which it could bring further errors.
fn body(message: &Message, body: TokenStream) -> TokenStream {
    if message.sound { body } else { quote!(::core::unreachable!()) }
}
