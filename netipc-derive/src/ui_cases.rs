//! The cases of `ui-tests` without a compiler: what the derive says of each mistake stands in the case's `.stderr`, and
//! of what is no mistake it says nothing. There the compiler's own words are held, too; here the derive runs in this
//! process, where its coverage can be measured.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use syn::{Attribute, DeriveInput, Item, LitStr, Path as SynPath, Token};

fn cases(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of cases") {
        let path = entry.expect("an entry of that folder").path();
        if path.is_dir() {
            cases(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn derives(attrs: &[Attribute], name: &str) -> bool {
    let paths = |attr: &Attribute| {
        attr.parse_args_with(syn::punctuated::Punctuated::<SynPath, Token![,]>::parse_terminated)
            .unwrap_or_default()
    };
    let is_it = |path: &SynPath| path.segments.last().is_some_and(|segment| segment.ident == name);
    attrs.iter().filter(|attr| attr.path().is_ident("derive")).any(|attr| paths(attr).iter().any(is_it))
}

/// The expansions of all that derives something of ours, at the top of a file and in its modules.
fn expansions(items: Vec<Item>) -> Vec<TokenStream> {
    let mut expanded = Vec::new();
    for item in items {
        let input = match item {
            Item::Struct(item) => DeriveInput::from(item),
            Item::Enum(item) => DeriveInput::from(item),
            Item::Union(item) => DeriveInput::from(item),
            Item::Mod(item) => {
                expanded.extend(expansions(item.content.map(|(_, items)| items).unwrap_or_default()));
                continue;
            }
            _ => continue,
        };
        if derives(&input.attrs, "WireMessage") {
            expanded.push(crate::message(&input));
        }
        if derives(&input.attrs, "WireEnum") {
            expanded.push(crate::wire_enum(&input));
        }
    }
    expanded
}

/// The texts of all `compile_error!` in an expansion.
fn errors(expansion: TokenStream) -> Vec<String> {
    let items = syn::parse2::<syn::File>(expansion).expect("an expansion is a list of items").items;
    let text = |item: Item| match item {
        Item::Macro(item) if item.mac.path.segments.last()?.ident == "compile_error" => {
            Some(item.mac.parse_body::<LitStr>().ok()?.value())
        }
        _ => None,
    };
    items.into_iter().filter_map(text).collect()
}

#[test]
fn what_the_derive_says_of_each_case_is_what_a_user_sees() {
    let mut paths = Vec::new();
    cases(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui-tests/tests/ui"), &mut paths);
    let (mut said, mut silent) = (0, 0);
    for path in paths {
        let source = fs::read_to_string(&path).expect("a case");
        let stderr = fs::read_to_string(path.with_extension("stderr")).unwrap_or_default();
        let Ok(file) = syn::parse_file(&source) else { continue };
        let errors: Vec<_> = expansions(file.items).into_iter().flat_map(errors).collect();
        for error in &errors {
            assert!(stderr.contains(error.as_str()), "{}: nobody sees `{error}`", path.display());
        }
        said += errors.len();
        silent += usize::from(errors.is_empty());
    }
    assert!(said > 150 && silent > 5, "{said} errors, {silent} cases without");
}
