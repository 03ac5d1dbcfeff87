//! A [`Message`] to code.

mod borrowed;
mod builder;
mod display;
mod encode;
mod header;
mod key;
mod layout;
mod lookup;
mod message;
mod names;
mod row;
mod rules;
mod snapshot;
mod view;
mod wire_enum;

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{Form, Message};
use names::Names;

pub(crate) use wire_enum::wire_enum;

/// All code of a message. Of one with mistakes it is never run, since the errors end the build: it has the names and
/// signatures of the right one.
pub(crate) fn message(message: &Message) -> TokenStream {
    let names = Names::of(message);
    // Of a key or a row with mistakes nobody knows that it has nothing but strings: it is made like other messages.
    let stand_in = match message.form {
        Form::Key if message.sound => return key::code(message, &names),
        Form::Row if message.sound => return row::code(message, &names),
        Form::Row => Some(row::stand_in(message, &names)),
        Form::Key | Form::Header | Form::Fixed => None,
    };
    let header = header::code(message, &names);
    let wire_message = message::code(message, &names);
    let view = view::code(message, &names);
    let display = display::code(message, &names);
    let encode = encode::code(message, &names);
    let builder = builder::code(message, &names);
    let lookup = lookup::code(message, &names);
    let snapshot = snapshot::code(message, &names);
    quote! { #header #wire_message #view #display #encode #builder #lookup #snapshot #stand_in }
}

/// The body of a function; nothing in a message with mistakes, of which it could bring further errors.
fn body(message: &Message, body: TokenStream) -> TokenStream {
    if message.sound { body } else { quote!(::core::unreachable!()) }
}
