//! A terminal, for what is shown to people only.

use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::running::{WATCHDOG, wait};

/// What is written to a terminal, as it comes.
pub(crate) struct Terminal {
    parts: Receiver<Vec<u8>>,
    seen: String,
}

/// What a command writes to a terminal.
pub(crate) fn on_a_terminal(command: &mut Command) -> String {
    on_a_terminal_of(command, 25, 100)
}

/// The same, of this size.
pub(crate) fn on_a_terminal_of(command: &mut Command, rows: u16, columns: u16) -> String {
    let (terminal, end) = Terminal::open(rows, columns);
    let mut child = command.stdout(end).stderr(Stdio::null()).spawn().expect("it starts");
    // The command's own copy of the end, without which there is no end of the output.
    command.stdout(Stdio::null());
    wait(&mut child);
    terminal.rest()
}

impl Terminal {
    /// A terminal, and the end of it that a command gets.
    pub(crate) fn open(rows: u16, columns: u16) -> (Self, OwnedFd) {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&terminal).expect("it is ours");
        unlockpt(&terminal).expect("it is ours");
        let name = ptsname(&terminal, Vec::new()).expect("it has a name");
        let end = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).expect("its end");
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&end, size).expect("a size");
        let (sender, parts) = mpsc::channel();
        thread::spawn(move || {
            let (mut terminal, mut part) = (File::from(terminal), [0; 4096]);
            // EIO is the end of a terminal whose last user has gone.
            while let Ok(len @ 1..) = terminal.read(&mut part) {
                // The test may have seen enough.
                let _ = sender.send(part[..len].to_vec());
            }
        });
        (Self { parts, seen: String::new() }, end)
    }

    /// Waits until something is there, and gives all that came up to it.
    #[track_caller]
    pub(crate) fn until(&mut self, awaited: &str) -> String {
        loop {
            if let Some(at) = self.seen.find(awaited) {
                let rest = self.seen.split_off(at + awaited.len());
                return std::mem::replace(&mut self.seen, rest);
            }
            let part = self.parts.recv_timeout(WATCHDOG).ok();
            let part = part.unwrap_or_else(|| panic!("{awaited:?} does not come: {:?}", self.seen));
            self.seen.push_str(&String::from_utf8_lossy(&part));
        }
    }

    /// All that comes until nobody can write to it any more.
    pub(crate) fn rest(mut self) -> String {
        while let Ok(part) = self.parts.recv_timeout(WATCHDOG) {
            self.seen.push_str(&String::from_utf8_lossy(&part));
        }
        self.seen
    }
}
