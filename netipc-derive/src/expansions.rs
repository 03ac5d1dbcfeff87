//! What the derive makes of some of the contract's messages, for people to read: the committed files in
//! `tests/expansions`. After a change on purpose, `UPDATE_EXPANSIONS=1 cargo test -p netipc-derive` writes them anew; read
//! the difference.

use std::path::{Path, PathBuf};
use std::{env, fs};

use syn::{DeriveInput, Item};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The struct or enum of this name in a file of the contract's messages.
fn declared(file: &str, name: &str) -> DeriveInput {
    let path = root().join("../netipc/src/messages").join(file);
    let source = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let items = syn::parse_file(&source).expect("it compiles").items;
    let found = items.into_iter().find_map(|item| match item {
        Item::Struct(item) if item.ident == name => Some(DeriveInput::from(item)),
        Item::Enum(item) if item.ident == name => Some(DeriveInput::from(item)),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no `{name}` in {file}"))
}

/// Compares with `tests/expansions/NAME.rs`.
fn expands_as_committed(code: proc_macro2::TokenStream, name: &str) {
    let found = prettyplease::unparse(&syn::parse2(code).expect("an expansion is a list of items"));
    let path = root().join("tests/expansions").join(name).with_extension("rs");
    if env::var_os("UPDATE_EXPANSIONS").is_some() {
        fs::write(&path, &found).expect("the folder of the expansions is there");
        return;
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    let differs = committed.lines().zip(found.lines()).position(|(committed, found)| committed != found);
    let line = differs.unwrap_or_else(|| committed.lines().count().min(found.lines().count()));
    assert!(
        committed == found,
        "`{name}` expands to something else from line {} on:\n- {}\n+ {}\nrun `UPDATE_EXPANSIONS=1 cargo test -p \
         netipc-derive` and read the difference",
        line + 1,
        committed.lines().nth(line).unwrap_or_default(),
        found.lines().nth(line).unwrap_or_default(),
    );
}

#[test]
fn a_small_message() {
    expands_as_committed(crate::message(&declared("increment.rs", "Increment")), "increment");
}

#[test]
fn a_large_item() {
    expands_as_committed(crate::message(&declared("apps_lookup.rs", "AppLookupItem")), "app_lookup_item");
}

#[test]
fn a_response_with_a_list() {
    expands_as_committed(crate::message(&declared("apps_lookup.rs", "AppsLookup")), "apps_lookup");
}

#[test]
fn a_row() {
    expands_as_committed(crate::message(&declared("label.rs", "Label")), "label");
}

#[test]
fn a_key() {
    expands_as_committed(crate::message(&declared("cgroups_lookup.rs", "CgroupPath")), "cgroup_path");
}

#[test]
fn an_open_enum() {
    expands_as_committed(crate::wire_enum(&declared("orchestrator.rs", "Orchestrator")), "orchestrator");
}
