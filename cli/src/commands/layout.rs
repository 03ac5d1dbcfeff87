//! `netipc layout`

use netipc::WireMessage;
use netipc::codec::{Field, FieldKind, Layout, Tail};
use netipc::messages::{CgroupsSnapshot, CgroupsSnapshotRequest, Increment, StringReverse};
use serde_json::{Value, json};

use crate::args::{self, Message};
use crate::error::Failure;
use crate::output;

/// Prints the layouts of a request and its response.
pub(crate) fn run(args: &args::Layout) -> Result<(), Failure> {
    let (request, response) = layouts(args.message);
    if args.json {
        output::json(&json!({ "request": of_layout(request), "response": of_layout(response) }))
    } else if request.name == response.name {
        output::text(format_args!("Request and response are alike.\n\n{request}"))
    } else {
        output::text(format_args!("Request\n\n{request}\nResponse\n\n{response}"))
    }
}

/// Request and response.
fn layouts(message: Message) -> (&'static Layout, &'static Layout) {
    match message {
        Message::Increment => (Increment::LAYOUT, Increment::LAYOUT),
        Message::StringReverse => (StringReverse::LAYOUT, StringReverse::LAYOUT),
        Message::CgroupsSnapshot => (CgroupsSnapshotRequest::LAYOUT, CgroupsSnapshot::LAYOUT),
    }
}

/// A layout as JSON. `item` is the layout of a list's items, or null.
fn of_layout(layout: &Layout) -> Value {
    json!({
        "name": layout.name,
        "doc": layout.doc,
        "method": layout.method,
        "header_len": layout.header_len,
        "fields": layout.fields.iter().map(of_field).collect::<Vec<_>>(),
        "item": match layout.tail {
            Tail::Directory { item, .. } => of_layout(item),
            _ => Value::Null,
        },
    })
}

fn of_field(field: &Field) -> Value {
    let bits = field.size * 8;
    let (kind, rule) = match field.kind {
        FieldKind::Unsigned => (format!("u{bits}"), None),
        FieldKind::Signed => (format!("i{bits}"), None),
        FieldKind::Constant(value) => (format!("u{bits}"), Some(format!("always {value}"))),
        FieldKind::Reserved => ("reserved".to_owned(), Some("always 0".to_owned())),
        FieldKind::String { place } => ("str".to_owned(), place.map(|at| format!("offset always {at}"))),
        FieldKind::Count(list) => (format!("u{bits}"), Some(format!("number of {list}"))),
        // A kind that this command does not know yet still shows as the library prints it.
        _ => (field.to_string(), None),
    };
    json!({
        "name": field.name,
        "offset": field.at,
        "size": field.size,
        "kind": kind,
        "rule": rule,
        "doc": field.doc,
    })
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn the_fields_of_every_header_leave_no_hole() {
        fn check(layout: &Value) {
            let mut end = 0;
            for field in layout["fields"].as_array().expect("a list") {
                assert_eq!(field["offset"], end, "{field}");
                end = field["offset"].as_u64().expect("a number") + field["size"].as_u64().expect("a number");
            }
            assert_eq!(layout["header_len"], end);
            if layout["item"].is_object() {
                check(&layout["item"]);
            }
        }
        for message in Message::value_variants() {
            let (request, response) = layouts(*message);
            assert_eq!(request.method, response.method);
            check(&of_layout(request));
            check(&of_layout(response));
        }
    }

    #[test]
    fn a_snapshot_is_described_down_to_its_items() {
        let (_, response) = layouts(Message::CgroupsSnapshot);
        let layout = of_layout(response);
        let rules: Vec<_> =
            layout["fields"].as_array().expect("a list").iter().map(|one| &one["rule"]).collect();
        let null = Value::Null;
        assert_eq!(
            rules,
            [
                &json!("always 1"),
                &json!("always 0"),
                &json!("number of cgroups"),
                &null,
                &json!("always 0"),
                &null
            ]
        );
        assert_eq!(layout["item"]["header_len"], 32);
        assert_eq!(layout["item"]["fields"][5]["name"], "name");
        assert_eq!(layout["item"]["fields"][5]["kind"], "str");
    }
}
