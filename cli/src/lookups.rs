//! The answers of lookups, and of `pid-traffic`, shown.

use std::net::IpAddr;

use comfy_table::Table;
use netipc::WireEnum;
use netipc::messages::{
    Address, AddressStatus, AppLookupItem, CgroupLookupItem, Label, Network, PathStatus, PidTrafficView,
    ProcessStatus,
};

use crate::output::{new_table, printable};

/// What cgroups are, as a table.
pub(crate) fn cgroups(items: &[CgroupLookupItem]) -> Table {
    let mut table = new_table(&["STATUS", "ORCHESTRATOR", "PATH", "NAME", "LABELS"], &[]);
    for item in items {
        let known = item.status == PathStatus::Known;
        table.add_row([
            name(item.status),
            if known { name(item.orchestrator) } else { String::new() },
            printable(&item.path),
            printable(&item.name),
            joined(&item.labels),
        ]);
    }
    table
}

/// What processes are, as a table.
pub(crate) fn apps(items: &[AppLookupItem]) -> Table {
    let headings =
        ["PID", "STATUS", "COMM", "PPID", "UID", "CGROUP", "ORCHESTRATOR", "PATH", "NAME", "LABELS"];
    let mut table = new_table(&headings, &[0, 3, 4]);
    for item in items {
        if item.status != ProcessStatus::Known {
            table.add_row([item.pid.to_string(), name(item.status)]);
            continue;
        }
        table.add_row([
            item.pid.to_string(),
            name(item.status),
            printable(&item.comm),
            item.ppid.to_string(),
            user(item.uid),
            name(item.cgroup_status),
            name(item.orchestrator),
            printable(&item.cgroup_path),
            printable(&item.cgroup_name),
            joined(&item.labels),
        ]);
    }
    table
}

/// Which networks addresses belong to, as a table.
pub(crate) fn networks(items: &[Network]) -> Table {
    let mut table = new_table(&["ADDRESS", "STATUS", "PREFIX", "AS", "COUNTRY", "ORGANISATION"], &[2, 3]);
    for item in items {
        let (address_high, address_low) = (item.address_high, item.address_low);
        let address = IpAddr::from(Address { address_high, address_low }).to_string();
        if item.status != AddressStatus::Known {
            table.add_row([address, name(item.status)]);
            continue;
        }
        table.add_row([
            address,
            name(item.status),
            format!("/{}", item.prefix_len),
            if item.asn == 0 { "-".to_owned() } else { item.asn.to_string() },
            printable(&item.country),
            printable(&item.organisation),
        ]);
    }
    table
}

/// What processes have sent and received, as a table.
pub(crate) fn traffic(answer: PidTrafficView<'_>) -> Table {
    let headings = ["PID", "COMM", "BYTES IN", "BYTES OUT", "PACKETS IN", "PACKETS OUT"];
    let mut table = new_table(&headings, &[0, 2, 3, 4, 5]);
    for process in answer.processes() {
        table.add_row([
            process.pid().to_string(),
            printable(process.comm()),
            process.bytes_received().to_string(),
            process.bytes_sent().to_string(),
            process.packets_received().to_string(),
            process.packets_sent().to_string(),
        ]);
    }
    table
}

/// How many there are, and of which state of the provider's knowledge.
pub(crate) fn summary(what: &str, count: usize, generation: u64) -> String {
    let plural = match what {
        _ if count == 1 => "",
        _ if what.ends_with('s') => "es",
        _ => "s",
    };
    format!("{count} {what}{plural}, generation {generation}")
}

/// A user ID, or that there is none.
fn user(uid: u32) -> String {
    if uid == u32::MAX { "-".to_owned() } else { uid.to_string() }
}

/// The name of a value, or its number where it has none.
fn name<E: WireEnum>(value: E) -> String {
    let number = value.to_wire().into();
    let name = E::VARIANTS.iter().find(|(_, value)| *value == number);
    name.map_or_else(|| number.to_string(), |(name, _)| (*name).to_owned())
}

fn joined(labels: &[Label]) -> String {
    let label = |label: &Label| format!("{}={}", printable(&label.key), printable(&label.value));
    labels.iter().map(label).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use netipc::messages::{CgroupStatus, Orchestrator};

    use super::*;

    fn label(key: &str, value: &str) -> Label {
        Label { key: key.into(), value: value.into() }
    }

    #[test]
    fn cgroups_have_a_row_each_and_nothing_that_a_terminal_obeys() {
        let known = CgroupLookupItem {
            status: PathStatus::Known,
            orchestrator: Orchestrator::Other(77),
            path: "/a".into(),
            name: "one\x1b[2J".into(),
            labels: vec![label("k", "v"), label("l", "")],
        };
        let unknown = CgroupLookupItem {
            status: PathStatus::UnknownPermanent,
            orchestrator: Orchestrator::Unknown,
            path: "/b".into(),
            name: "".into(),
            labels: Vec::new(),
        };
        let shown = cgroups(&[known, unknown]).to_string();
        for part in ["Known", "77", "/a", "one\\u{1b}[2J", "k=v l=", "UnknownPermanent", "/b"] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        assert!(!shown.contains('\x1b'));
    }

    #[test]
    fn processes_have_a_row_each() {
        let known = AppLookupItem {
            status: ProcessStatus::Known,
            orchestrator: Orchestrator::Docker,
            cgroup_status: CgroupStatus::Known,
            pid: 4711,
            ppid: 1,
            uid: 33,
            starttime: 5,
            comm: "nginx".into(),
            cgroup_path: "/docker/x".into(),
            cgroup_name: "web".into(),
            labels: vec![label("app", "shop")],
        };
        let shown = apps(&[known]).to_string();
        for part in ["4711", "Known", "nginx", "33", "Docker", "/docker/x", "web", "app=shop"] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        assert_eq!(user(u32::MAX), "-");
    }

    #[test]
    fn of_what_is_unknown_nothing_is_shown_but_that() {
        let process = AppLookupItem {
            status: ProcessStatus::Unknown,
            orchestrator: Orchestrator::Unknown,
            cgroup_status: CgroupStatus::Known,
            pid: 4711,
            ppid: 0,
            uid: u32::MAX,
            starttime: 0,
            comm: "".into(),
            cgroup_path: "".into(),
            cgroup_name: "".into(),
            labels: Vec::new(),
        };
        let words = |table: &Table| -> Vec<String> {
            let shown = table.to_string();
            shown.lines().nth(1).expect("a row").split_whitespace().map(str::to_owned).collect()
        };
        assert_eq!(words(&apps(&[process])), ["4711", "Unknown"]);
        let network = |status, asn| Network {
            status,
            prefix_len: 0,
            address_high: 0,
            address_low: 0xffff_c000_0201,
            asn,
            country: "".into(),
            organisation: "".into(),
        };
        let of = |status| words(&networks(&[network(status, 0)]));
        assert_eq!(of(AddressStatus::Unknown), ["192.0.2.1", "Unknown"]);
        assert_eq!(of(AddressStatus::Known), ["192.0.2.1", "Known", "/0", "-"]);
    }

    #[test]
    fn a_summary_counts() {
        assert_eq!(summary("process", 2, 7), "2 processes, generation 7");
        assert_eq!(summary("cgroup", 1, 7), "1 cgroup, generation 7");
        assert_eq!(summary("cgroup", 0, 7), "0 cgroups, generation 7");
    }
}
