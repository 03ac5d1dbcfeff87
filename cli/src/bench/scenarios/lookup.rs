//! The codec alone: a CGROUPS_LOOKUP of 16 known cgroups, from its request to its response.

use std::hint::black_box;
use std::time::Duration;

use netipc_floor::lookup::cgroups::Round;
use netipc_floor::lookup::{Mix, data};

use super::super::measure::{Contest, Exchange, Floor, Measured};
use super::Site;
use crate::error::Failure;

const ITEMS: usize = 16;
const LABELS: usize = 2;

/// Encodes a request, answers it, and reads the response, in this process; beside the same written by hand.
pub(super) fn measure(site: &Site<'_>, time: Duration) -> Result<Measured, Failure> {
    let entries = data::entries(ITEMS, LABELS, Mix::Known);
    let ours = Box::new(Rounds { round: Round::new(&entries), of: Round::generated });
    let floor = Box::new(Rounds { round: Round::new(&entries), of: Round::floor });
    let floors = vec![Floor { name: "by hand", exchange: floor }];
    Contest { unit: "rounds", ours, floors, peer: None }.run(time, &site.stopped())
}

struct Rounds<'a> {
    round: Round<'a>,
    of: fn(&mut Round<'a>) -> u64,
}

impl Exchange for Rounds<'_> {
    fn exchange(&mut self) -> Result<u64, Failure> {
        black_box((self.of)(&mut self.round));
        Ok(1)
    }
}
