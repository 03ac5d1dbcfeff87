//! What commands print, held against files in `cli/tests/snapshots`: as a person would see it, with what differs from
//! run to run replaced.

use crate::running::{Host, Output};

/// How snapshots are kept.
pub(crate) fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

/// The same, with `[TIME]`, `[NS]` and `[MS]` for lengths of time.
pub(crate) fn measured() -> insta::Settings {
    let mut settings = settings();
    settings.add_filter(r"\b\d+(\.\d+)?(ns|µs|ms|s)\b", "[TIME]");
    settings.add_filter(r#""((\w+_)?ns)":( ?)\d+(\.\d+)?"#, r#""$1":$3"[NS]""#);
    settings.add_filter(r#""stale_ms":( ?)\d+"#, r#""stale_ms":$1"[MS]""#);
    settings.add_filter(r"takes \d+\.\d ns", "takes [NS] ns");
    // The first column of `netipc lookup`, and what its width does to the others.
    settings.add_filter(r"(?m)^ +NS  ", "  NS  ");
    settings.add_filter(r"(?m)^ +\d+\.\d  ", "[NS]  ");
    settings
}

/// A command line, and what came of it.
pub(crate) fn transcript(host: &Host, lines: &[&str]) -> String {
    lines.iter().map(|line| said(host, line, &host.run(line))).collect()
}

/// The same, of a command that was run already.
pub(crate) fn said(host: &Host, line: &str, output: &Output) -> String {
    let Output { status, stdout, stderr } = output;
    let status = status.code().map_or_else(|| status.to_string(), |code| format!("status {code}"));
    let text = format!("$ netipc {line}\n{stdout}{stderr}[{status}]\n\n");
    text.replace(host.path().to_str().expect("UTF-8"), "[DIR]")
}

/// Holds a text against its file.
macro_rules! assert_shown {
    ($name:expr, $text:expr) => {
        $crate::transcript::assert_shown!($name, $text, $crate::transcript::settings())
    };
    ($name:expr, $text:expr, $settings:expr) => {{
        let text = $text;
        $settings.bind(|| insta::assert_snapshot!($name, text));
    }};
}
pub(crate) use assert_shown;
