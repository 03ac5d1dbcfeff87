//! What the compiler says of each mistake, word by word, by topic. A message that a person reads is part of the
//! library: change one on purpose, with `TRYBUILD=overwrite cargo test -p netipc-ui-tests`, and read the difference.

use trybuild::TestCases;

fn fails(topic: &str) {
    TestCases::new().compile_fail(format!("tests/ui/{topic}/*.rs"));
}

#[test]
fn only_a_struct_with_named_fields_and_no_generics_is_a_message() {
    fails("shape");
}

#[test]
fn arguments_of_the_struct() {
    fails("container");
}

#[test]
fn arguments_of_a_field() {
    fails("field");
}

#[test]
fn field_types() {
    fails("types");
}

#[test]
fn enums() {
    fails("enums");
}

#[test]
fn fields_that_are_enums() {
    fails("repr");
}

#[test]
fn what_holds_for_strings() {
    fails("strings");
}

#[test]
fn rules_between_fields() {
    fails("rules");
}

#[test]
fn structs_that_are_fixed_keys_and_rows() {
    fails("forms");
}

#[test]
fn views_live_no_longer_than_what_they_borrow() {
    fails("lifetimes");
}

#[test]
fn tables() {
    fails("tables");
}

#[test]
fn lookups_and_their_items() {
    fails("lookups");
}

#[test]
fn snapshots_and_their_keys() {
    fails("snapshots");
}

#[test]
fn every_byte_of_the_header_belongs_to_one_field() {
    fails("layout");
}

#[test]
fn names_that_generated_code_needs() {
    fails("names");
}

#[test]
fn all_mistakes_at_once() {
    fails("several");
}

#[test]
fn one_mistake_brings_no_second_one() {
    fails("uses");
}

#[test]
fn a_response_answers_the_request_of_its_method() {
    fails("pairing");
}

#[test]
fn what_compiles() {
    TestCases::new().pass("tests/ui/pass/*.rs");
}
