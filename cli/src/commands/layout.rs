//! `netipc layout`

use netipc::WireMessage;
use netipc::codec::{Field, FieldKind, Layout, Tail};
use netipc::messages::{
    AppsLookup, AppsLookupRequest, CgroupsLookup, CgroupsLookupRequest, CgroupsSnapshot,
    CgroupsSnapshotRequest, Increment, IpToAsn, IpToAsnRequest, PidTraffic, PidTrafficRequest, StringReverse,
};
use serde_json::{Map, Value, json};

use crate::args::{self, ServiceName};
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
fn layouts(message: ServiceName) -> (&'static Layout, &'static Layout) {
    match message {
        ServiceName::Increment => (Increment::LAYOUT, Increment::LAYOUT),
        ServiceName::StringReverse => (StringReverse::LAYOUT, StringReverse::LAYOUT),
        ServiceName::CgroupsSnapshot => (CgroupsSnapshotRequest::LAYOUT, CgroupsSnapshot::LAYOUT),
        ServiceName::CgroupsLookup => (CgroupsLookupRequest::LAYOUT, CgroupsLookup::LAYOUT),
        ServiceName::AppsLookup => (AppsLookupRequest::LAYOUT, AppsLookup::LAYOUT),
        ServiceName::IpToAsn => (IpToAsnRequest::LAYOUT, IpToAsn::LAYOUT),
        ServiceName::PidTraffic => (PidTrafficRequest::LAYOUT, PidTraffic::LAYOUT),
    }
}

/// A layout as JSON. `item` is the layout of a list's items, `row` that of a table's rows, or null; `tail` says what
/// follows the header, in words.
fn of_layout(layout: &Layout) -> Value {
    let (item, row) = match layout.tail {
        Tail::Directory { item, .. } => (Some(item), None),
        Tail::Strings { table: Some((_, row)), .. } => (None, Some(row)),
        _ => (None, None),
    };
    json!({
        "name": layout.name,
        "doc": layout.doc,
        "method": layout.method,
        "header_len": layout.header_len,
        "fields": layout.fields.iter().map(of_field).collect::<Vec<_>>(),
        "rules": layout.rules,
        "tail": layout.tail.to_string(),
        "item": item.map(of_layout),
        "row": row.map(of_layout),
    })
}

/// A field as JSON. `values` are the named values of an enum, or null.
fn of_field(field: &Field) -> Value {
    let bits = field.size * 8;
    let mut values = Value::Null;
    let (kind, rule) = match field.kind {
        FieldKind::Unsigned => (format!("u{bits}"), None),
        FieldKind::Signed => (format!("i{bits}"), None),
        FieldKind::Constant(value) => (format!("u{bits}"), Some(format!("always {value}"))),
        FieldKind::Enum { variants, closed } => {
            let names = variants.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value)));
            values = Value::Object(names.collect::<Map<_, _>>());
            (format!("u{bits}"), closed.then(|| "one of the values".to_owned()))
        }
        FieldKind::Reserved => ("reserved".to_owned(), Some("always 0".to_owned())),
        FieldKind::String { place, min, max } => ("str".to_owned(), string_rule(place, min, max)),
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
        "values": values,
        "doc": field.doc,
    })
}

fn string_rule(place: Option<u32>, min: u32, max: u32) -> Option<String> {
    let place = place.map(|at| format!("offset always {at}"));
    let least = (min > 0).then(|| format!("length {min} or more"));
    let most = (max < u32::MAX).then(|| format!("length {max} or less"));
    let rules: Vec<_> = [place, least, most].into_iter().flatten().collect();
    (!rules.is_empty()).then(|| rules.join(", "))
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
            for inner in ["item", "row"] {
                if layout[inner].is_object() {
                    check(&layout[inner]);
                }
            }
        }
        for message in ServiceName::value_variants() {
            let (request, response) = layouts(*message);
            assert_eq!(request.method, response.method);
            check(&of_layout(request));
            check(&of_layout(response));
        }
    }

    #[test]
    fn a_snapshot_is_described_down_to_its_items() {
        let (_, response) = layouts(ServiceName::CgroupsSnapshot);
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

    fn field<'a>(layout: &'a Value, name: &str) -> &'a Value {
        let fields = layout["fields"].as_array().expect("a list");
        fields.iter().find(|field| field["name"] == name).unwrap_or_else(|| panic!("no {name}"))
    }

    #[test]
    fn a_lookup_is_described_with_its_values_rules_and_rows() {
        let (request, response) = layouts(ServiceName::AppsLookup);
        let (request, response) = (of_layout(request), of_layout(response));
        assert_eq!(request["item"]["name"], "Pid");
        assert_eq!(request["row"], Value::Null);
        let item = &response["item"];
        assert_eq!(field(item, "status")["values"]["OversizedItem"], 3);
        assert_eq!(field(item, "status")["rule"], "one of the values");
        assert_eq!(field(item, "orchestrator")["rule"], Value::Null, "others are handed on");
        assert_eq!(field(item, "comm")["rule"], "length 15 or less");
        assert_eq!(item["rules"].as_array().map(Vec::len), Some(6));
        assert!(item["tail"].as_str().is_some_and(|tail| tail.contains("no two share bytes")), "{item}");
        assert_eq!(field(&item["row"], "key")["rule"], "length 1 or more");
    }
}
