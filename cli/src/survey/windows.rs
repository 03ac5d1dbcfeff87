//! Which pipes there are for a run directory. There are no files beside them.

use std::io;
use std::path::Path;

use clap::ValueEnum;
use netipc::transport::{Inventory, PipeState, ServedPipe};

use super::{Item, Kind, State};
use crate::args::ServiceName;
use crate::error::complain;

/// A user, as Windows writes it: `S-1-5-…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct User(pub(crate) String);

impl User {
    /// Users have none.
    #[allow(clippy::unused_self, reason = "elsewhere they have one")]
    pub(crate) fn number(&self) -> Option<u32> {
        None
    }

    /// What it is called.
    #[allow(clippy::unnecessary_wraps, reason = "elsewhere some have none")]
    pub(crate) fn name(&self) -> Option<String> {
        Some(self.words())
    }

    /// What it is called.
    pub(crate) fn words(&self) -> String {
        self.0.clone()
    }
}

/// Looks without asking anybody. Where pipes cannot be listed, as under Wine, it looks for the services that it knows.
///
/// # Errors
/// The pipes cannot be looked at.
pub(crate) fn look(run_dir: &Path, service: Option<&str>) -> io::Result<Vec<Item>> {
    match Inventory::take(run_dir, service) {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {
            complain(
                "this system does not list its pipes: looked for are the services that netipc has messages of, and \
                 --service looks for another one",
            );
            let mut items = Vec::new();
            for service in ServiceName::value_variants() {
                items.extend(of(&Inventory::take(run_dir, Some(&service.name()))?));
            }
            items.sort_by(|one, other| one.service.cmp(&other.service));
            Ok(items)
        }
        taken => {
            let inventory = taken?;
            if !inventory.is_complete() {
                complain("there are more pipes than are looked at: --service looks for one service");
            }
            Ok(of(&inventory))
        }
    }
}

fn of(inventory: &Inventory) -> Vec<Item> {
    inventory.pipes().iter().map(|pipe| Item::of(pipe, inventory.trusts(pipe))).collect()
}

impl Item {
    /// A pipe of which only the inventory knows.
    fn of(pipe: &ServedPipe, is_trusted: bool) -> Self {
        let (state, reason) = state(&pipe.state);
        Self {
            service: pipe.service.clone(),
            kind: Kind::Endpoint,
            path: pipe.name.clone().into(),
            state,
            reason,
            pid: pipe.pid,
            user: pipe.user.clone().map(User),
            bytes: 0,
            windows_session: pipe.windows_session,
            distrusted: (!is_trusted).then(|| distrusted(pipe.owner.as_deref())),
            agreed: None,
        }
    }
}

/// Why a pipe of this owner may be anybody's.
fn distrusted(owner: Option<&str>) -> String {
    owner.map_or("it cannot be told whose its pipe is".to_owned(), |owner| {
        format!("its pipe belongs to {owner}, who is not this user, LocalSystem or the administrators")
    })
}

/// The library's verdict, and why, where that is not plain.
fn state(found: &PipeState) -> (State, Option<String>) {
    match found {
        PipeState::InUse => (State::InUse, None),
        PipeState::Foreign => (State::Foreign, Some("the pipe carries no messages".to_owned())),
        PipeState::Unknown(why) => (State::Unknown, Some(why.to_string())),
        _ => (State::Unknown, None),
    }
}
