//! Who is not asked.

use super::{Item, State};

/// Providers that are asked in one survey. They are asked 64 at a time, so that those that do not answer, of which on Windows
/// anybody may make any number, cost 16 time-outs.
const MOST_ASKED: usize = 1_024;

/// Leaves out, of those that would be asked, who is not to see the token, and who would be one too many. A token of 0 is no
/// secret.
pub(super) fn withhold(items: &mut [Item], auth_token: u64) {
    withhold_all_but(MOST_ASKED, items, auth_token);
}

fn withhold_all_but(most: usize, items: &mut [Item], auth_token: u64) {
    let mut asked = 0;
    for item in items.iter_mut().filter(|item| item.is_endpoint() && item.state == State::InUse) {
        if let Some(why) = item.distrusted.as_ref().filter(|_| auth_token != 0) {
            item.reason = Some(format!("{why}; --service shows it the token"));
            item.state = State::Unasked;
        } else if asked == most {
            item.reason = Some(format!("{most} others are asked; --service asks it"));
            item.state = State::Unasked;
        } else {
            asked += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pipe(state: State, distrusted: Option<&str>) -> Item {
        Item { distrusted: distrusted.map(str::to_owned), ..Item::example("web", state, None) }
    }

    #[test]
    fn a_token_is_shown_to_nobody_who_is_not_trusted() {
        let mut items = [
            pipe(State::InUse, None),
            pipe(State::InUse, Some("its pipe belongs to S-1-5-7")),
            pipe(State::Foreign, Some("its pipe belongs to S-1-5-7")),
        ];
        withhold(&mut items, 7);
        assert_eq!(items.each_ref().map(|item| item.state), [State::InUse, State::Unasked, State::Foreign]);
        let reason = items[1].reason.as_deref().unwrap_or_default();
        assert!(reason.contains("S-1-5-7") && reason.contains("--service"), "{reason}");
        assert_eq!((&items[0].reason, &items[2].reason), (&None, &None));
    }

    #[test]
    fn however_many_there_are_only_so_many_are_asked() {
        let mut items = [
            pipe(State::InUse, Some("its pipe belongs to S-1-5-7")),
            pipe(State::InUse, None),
            pipe(State::Unknown, None),
            pipe(State::InUse, None),
            pipe(State::InUse, None),
        ];
        withhold_all_but(2, &mut items, 7);
        let states = items.each_ref().map(|item| item.state);
        let (unasked, in_use) = (State::Unasked, State::InUse);
        assert_eq!(states, [unasked, in_use, State::Unknown, in_use, unasked]);
        let reason = items[4].reason.as_deref().unwrap_or_default();
        assert!(reason.starts_with("2 others are asked") && reason.contains("--service"), "{reason}");
    }

    #[test]
    fn a_token_of_0_is_shown_to_everybody() {
        let mut items = [pipe(State::InUse, Some("it cannot be told whose its pipe is"))];
        withhold(&mut items, 0);
        assert_eq!((items[0].state, &items[0].reason), (State::InUse, &None));
    }
}
