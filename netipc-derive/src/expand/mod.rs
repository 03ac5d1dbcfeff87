//! A [`Message`] to code.

mod builder;
mod encode;
mod header;
mod layout;
mod message;
mod names;
mod stub;
mod view;

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Message;
use names::Names;

pub(crate) use stub::stub;

/// All code of a message.
pub(crate) fn message(message: &Message) -> TokenStream {
    let names = Names::of(message);
    let header = header::code(message, &names);
    let wire_message = message::code(message, &names);
    let view = view::code(message, &names);
    let encode = encode::code(message, &names);
    let builder = builder::code(message, &names);
    quote! { #header #wire_message #view #encode #builder }
}
