//! A terminal, for what a command says to people only.

use std::fs::File;
use std::io::Read;
use std::process::{Command, Stdio};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::running::wait;

/// What a command writes to a terminal. It has to fit in the kernel's buffer of one: a few lines.
pub(crate) fn on_a_terminal(command: &mut Command) -> String {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&terminal).expect("it is ours");
    unlockpt(&terminal).expect("it is ours");
    let name = ptsname(&terminal, Vec::new()).expect("it has a name");
    let end = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).expect("its other end");
    let size = Winsize { ws_row: 25, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&end, size).expect("a size");
    let mut child = command.stdout(end).stderr(Stdio::null()).spawn().expect("it starts");
    // The command's own copy of the end, without which there is no end of the output.
    command.stdout(Stdio::null());
    wait(&mut child);
    let (mut output, mut part) = (Vec::new(), [0; 1024]);
    let mut terminal = File::from(terminal);
    // EIO is the end of a terminal whose last user has gone.
    while let Ok(len @ 1..) = terminal.read(&mut part) {
        output.extend_from_slice(&part[..len]);
    }
    String::from_utf8(output).expect("what it prints is UTF-8")
}
