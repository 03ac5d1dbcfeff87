//! Outputs of the command as files under `cli/tests/snapshots`, with what differs from run to run replaced.

use nix::unistd::{Uid, User};

use crate::running::{Host, Output};

/// All that a command has said, and its status.
pub(crate) fn said(host: &Host, output: &Output) -> String {
    let Output { status, stdout, stderr } = output;
    let code = status.code().map_or_else(|| status.to_string(), |code| code.to_string());
    let text = format!("status {code}\n--- stdout\n{stdout}--- stderr\n{stderr}");
    text.replace(host.path().to_str().expect("UTF-8"), "[DIR]")
}

/// Snapshots with the ids of processes and users, and the sizes of this host, replaced.
pub(crate) fn settings() -> insta::Settings {
    let mut settings = crate::transcript::settings();
    let user = User::from_uid(Uid::effective()).expect("users can be read").expect("a user with a name").name;
    settings.add_filter(&format!(r"\b{user}\b"), "[USER]");
    settings.add_filter(r#""uid": \d+"#, r#""uid": "[UID]""#);
    settings.add_filter(r#""pid": \d+"#, r#""pid": "[PID]""#);
    settings.add_filter(r"process \d+", "process [PID]");
    settings.add_filter(r"\[USER\] +\d+\n", "[USER]  [PID]\n");
    settings.add_filter(r"USER +PID\n", "USER    PID\n");
    settings.add_filter(r"[\d.]+ \w*B are left", "[ROOM] are left");
    settings.add_filter(r"up to \d+ bytes", "up to [N] bytes");
    settings
}

/// Compares what a command says with its snapshot.
macro_rules! assert_said {
    ($name:literal, $host:expr, $arguments:expr) => {{
        let host: &$crate::running::Host = $host;
        let said = $crate::shown::said(host, &host.run($arguments));
        $crate::shown::settings().bind(|| insta::assert_snapshot!($name, said));
    }};
}
pub(crate) use assert_said;
