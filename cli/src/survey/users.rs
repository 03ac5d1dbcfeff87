//! The names of users.

use nix::unistd::{Uid, User};

/// The user's name, if it has one.
pub(super) fn user_name(uid: u32) -> Option<String> {
    User::from_uid(Uid::from_raw(uid)).ok().flatten().map(|user| user.name)
}

/// The user's name, or number.
pub(crate) fn user_words(uid: u32) -> String {
    user_name(uid).unwrap_or_else(|| uid.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_its_name_or_none() {
        assert_eq!(user_name(0).as_deref(), Some("root"));
        assert_eq!(user_name(u32::MAX - 7), None);
        assert_eq!(
            (user_words(0), user_words(u32::MAX - 7)),
            ("root".to_owned(), (u32::MAX - 7).to_string())
        );
    }
}
