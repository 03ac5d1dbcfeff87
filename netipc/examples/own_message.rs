//! A new kind of message, its server and its client: from the id of a user to the name, as `/etc/passwd` has it.
//!
//! `cargo run -p netipc --example own_message`, or with ids: `-- 0 33`.

use std::collections::HashMap;
use std::error::Error;
use std::fs;

use netipc::{Client, ClientConfig, Endpoint, Server, ServerConfig, WireEnum, WireMessage, WireString};

/// Asks for the name of a user.
#[derive(WireMessage, Clone, Copy, Debug)]
#[wire(method = 0x8200, header = 8, constant(layout_version: u16 = 1, at = 0), reserved(at = 2, len = 2))]
pub struct UserNameRequest {
    /// The user's id.
    #[wire(at = 4)]
    pub uid: u32,
}

/// The name. That there is no such user is an answer, and no failure.
#[derive(WireMessage, Clone, Debug)]
#[wire(method = 0x8200, header = 16, constant(layout_version: u16 = 1, at = 0), reserved(at = 4, len = 4),
       strings(no_nul), end = exact, rule(status != Known => name = empty))]
pub struct UserName {
    /// Whether there is such a user.
    #[wire(at = 2, repr = u16)]
    pub status: UserStatus,
    /// The name.
    #[wire(at = 8)]
    pub name: WireString,
}

/// Whether there is such a user.
#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
#[wire(closed)]
pub enum UserStatus {
    /// No.
    Unknown = 0,
    /// Yes.
    Known = 1,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut uids: Vec<u32> = std::env::args().skip(1).map(|uid| uid.parse()).collect::<Result<_, _>>()?;
    if uids.is_empty() {
        uids = vec![0, u32::MAX];
    }
    let run_dir = tempfile::tempdir()?;
    let endpoint = Endpoint::new(run_dir.path(), "user-name")?;

    // The provider, usually a program of its own. Its handler is called from the threads of all sessions at once.
    let names = names(&fs::read_to_string("/etc/passwd")?);
    let server = Server::<UserNameRequest, UserName>::spawn(
        endpoint.clone(),
        ServerConfig::default(),
        move |request, response, _context| {
            match names.get(&request.uid()) {
                Some(name) => {
                    response.status(UserStatus::Known);
                    response.name(name);
                }
                None => {
                    response.status(UserStatus::Unknown);
                }
            }
            Ok(())
        },
    )?;

    // The consumer.
    let mut client = Client::<UserNameRequest, UserName>::new(endpoint, ClientConfig::default());
    client.refresh();
    for uid in uids {
        let user = client.call(&UserNameRequest { uid })?;
        match user.status() {
            UserStatus::Known => println!("user {uid} is {}", user.name()),
            UserStatus::Unknown => println!("there is no user {uid}"),
        }
    }

    server.stop();
    Ok(())
}

/// Ids and names of all users.
fn names(passwd: &str) -> HashMap<u32, String> {
    let user = |line: &str| {
        let mut fields = line.split(':');
        let (name, uid) = (fields.next()?, fields.nth(1)?);
        Some((uid.parse().ok()?, name.to_owned()))
    };
    passwd.lines().filter_map(user).collect()
}
