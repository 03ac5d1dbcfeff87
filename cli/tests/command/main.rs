//! The built command, run as its users run it. One binary, so that it links once.

mod bench;
mod codec;
mod demo;
mod directory;
mod failures;
mod lookups;
mod running;
mod serve_and_call;
mod service_manager;
mod services;
mod shown;
mod terminal;
