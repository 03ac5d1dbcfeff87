//! Who is not asked.

use super::{Item, State};

/// Leaves out, of those that would be asked, who is not to see the token. 0 is no secret.
pub(super) fn withhold(items: &mut [Item], auth_token: u64) {
    for item in items.iter_mut().filter(|item| item.is_endpoint() && item.state == State::InUse) {
        if let Some(why) = item.distrusted.as_ref().filter(|_| auth_token != 0) {
            item.reason = Some(format!("{why}; --service shows it the token"));
            item.state = State::Unasked;
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
    fn a_token_of_0_is_shown_to_everybody() {
        let mut items = [pipe(State::InUse, Some("it cannot be told whose its pipe is"))];
        withhold(&mut items, 0);
        assert_eq!((items[0].state, &items[0].reason), (State::InUse, &None));
    }
}
