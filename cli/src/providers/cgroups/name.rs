//! What a cgroup is called, made from its path alone: the same path gets the same name in every scan.

use bstr::ByteSlice;

/// Suffixes of the systemd units that have a cgroup.
const UNITS: [&[u8]; 6] = [b".slice", b".scope", b".service", b".mount", b".socket", b".swap"];

/// A name for people: the path without the slices that only group systemd units, with systemd's escapes taken back.
///
/// Within one systemd the names of units are unique wherever they are grouped, so nothing is lost; what lies below a
/// unit, and everything that systemd has not made, keeps all of its path.
///
/// | path | name |
/// |---|---|
/// | `/system.slice/ssh.service` | `ssh.service` |
/// | `/user.slice/user-7.slice/user@7.service/app.slice/a\x2db.service` | `user@7.service/a-b.service` |
/// | `/docker/abc123` | `docker/abc123` |
pub(crate) fn readable(path: &[u8]) -> Vec<u8> {
    let mut parts = path.split(|byte| *byte == b'/').filter(|part| !part.is_empty()).peekable();
    let mut name = Vec::with_capacity(path.len());
    while let Some(part) = parts.next() {
        if part.ends_with(b".slice") && parts.peek().is_some_and(|next| is_unit(next)) {
            continue;
        }
        if !name.is_empty() {
            name.push(b'/');
        }
        unescape(part, &mut name);
    }
    name
}

/// Whether systemd would call a unit that.
pub(super) fn is_unit(part: &[u8]) -> bool {
    UNITS.iter().any(|suffix| part.len() > suffix.len() && part.ends_with(suffix))
}

/// `part` with `\xHH` decoded.
pub(super) fn unescaped(part: &[u8]) -> Vec<u8> {
    let mut name = Vec::with_capacity(part.len());
    unescape(part, &mut name);
    name
}

/// A container's id in the short form that its tools show.
pub(super) fn short_id(id: &[u8]) -> &[u8] {
    id.get(..12).unwrap_or(id)
}

/// `name` with every run of 64 hexadecimal digits, which is the id of some container, in its short form.
pub(super) fn with_short_ids(name: &[u8]) -> Vec<u8> {
    let mut short = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some(first) = rest.first() {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let (run, after) = rest.split_at(digits);
        if run.is_empty() {
            short.push(*first);
            rest = &rest[1..];
        } else {
            short.extend_from_slice(if digits == 64 { short_id(run) } else { run });
            rest = after;
        }
    }
    short
}

/// Appends `part` with `\xHH` decoded. A NUL stays escaped: it would end the name for readers in C.
fn unescape(part: &[u8], name: &mut Vec<u8>) {
    let mut rest = part;
    while let Some(at) = rest.find(b"\\x") {
        let (before, escape) = rest.split_at(at);
        name.extend_from_slice(before);
        let code = escape.get(2..4).and_then(|digits| u8::from_str_radix(digits.to_str().ok()?, 16).ok());
        let taken = match code {
            Some(byte) if byte != 0 && escape[2] != b'+' => {
                name.push(byte);
                4
            }
            _ => {
                name.extend_from_slice(&escape[..2]);
                2
            }
        };
        rest = &escape[taken..];
    }
    name.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(path: &str) -> String {
        String::from_utf8(readable(path.as_bytes())).expect("these names are UTF-8")
    }

    #[test]
    fn slices_that_group_units_are_left_out() {
        assert_eq!(name("/system.slice/ssh.service"), "ssh.service");
        assert_eq!(name("/user.slice/user-7.slice/session-3.scope"), "session-3.scope");
        assert_eq!(name("/user.slice/user-7.slice"), "user-7.slice");
        assert_eq!(name("/user.slice"), "user.slice");
    }

    #[test]
    fn two_users_services_of_one_name_stay_apart() {
        let of =
            |user| name(&format!("/user.slice/user-{user}.slice/user@{user}.service/app.slice/bus.service"));
        assert_eq!(of(7), "user@7.service/bus.service");
        assert_ne!(of(7), of(8));
    }

    #[test]
    fn what_systemd_did_not_make_keeps_its_path() {
        assert_eq!(name("/docker/abc123"), "docker/abc123");
        assert_eq!(name("/kubepods.slice/abc123"), "kubepods.slice/abc123");
        assert_eq!(name("/a.slice/.service/x"), "a.slice/.service/x");
    }

    #[test]
    fn systemd_escapes_are_decoded() {
        assert_eq!(name(r"/system.slice/dev-disk-by\x2duuid-1.swap"), "dev-disk-by-uuid-1.swap");
        assert_eq!(readable(br"/\xff"), b"\xff");
    }

    #[test]
    fn what_only_looks_like_an_escape_stays() {
        for odd in [r"a\x", r"a\x2", r"a\xzz", r"a\x+2", r"a\x00b", r"\", r"\\x"] {
            assert_eq!(name(odd), odd);
        }
    }

    #[test]
    fn ids_of_containers_are_shortened_and_nothing_else() {
        let id = "0123456789abcdef".repeat(4);
        let shortened = |name: &str| String::from_utf8(with_short_ids(name.as_bytes())).expect("UTF-8");
        assert_eq!(shortened(&format!("pool/{id}/x-{id}.scope")), "pool/0123456789ab/x-0123456789ab.scope");
        for other in [&id[1..], &format!("{id}0"), "abc", ""] {
            assert_eq!(shortened(other), other);
        }
    }

    #[test]
    fn bytes_that_are_not_utf_8_stay() {
        assert_eq!(readable(b"/a\xffb/c"), b"a\xffb/c");
    }

    proptest::proptest! {
        #[test]
        fn any_path_gets_a_name_no_longer_than_itself(path: Vec<u8>) {
            proptest::prop_assert!(readable(&path).len() <= path.len());
            proptest::prop_assert!(with_short_ids(&path).len() <= path.len());
        }
    }
}
