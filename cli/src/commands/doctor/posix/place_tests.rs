use std::path::PathBuf;

use super::*;
use crate::commands::doctor::check::{Verdict, is};

/// A directory that nothing is wrong with, of the user who asks.
fn facts() -> Facts {
    Facts {
        run_dir: "/run/x".into(),
        is_made_by_providers: false,
        refused: None,
        service: None,
        uid: 1000,
        directory: Err(ErrorKind::NotFound.into()),
        items: Ok(Vec::new()),
    }
}

fn good() -> Directory {
    Directory {
        uid: 1000,
        gid: 1000,
        mode: 0o755,
        may_list: true,
        may_enter: true,
        may_write: true,
        space: Ok(room(1 << 30)),
    }
}

fn room(free_bytes: u64) -> Space {
    Space { is_read_only: false, free_bytes, free_files: Some(10) }
}

#[test]
fn a_directory_that_is_there_is_fine() {
    let facts = Facts { directory: Ok(good()), ..facts() };
    is(&directory(&facts), Verdict::Fine, "/run/x is a directory");
}

#[test]
fn a_directory_that_does_not_exist_is_wrong_unless_providers_make_it() {
    is(&directory(&facts()), Verdict::Wrong, "does not exist");
    let made = Facts { is_made_by_providers: true, ..facts() };
    is(&directory(&made), Verdict::Note, "does not exist yet");
}

#[test]
fn what_is_no_directory_or_cannot_be_looked_at_is_wrong() {
    let file = Facts { directory: Err(ErrorKind::NotADirectory.into()), ..facts() };
    let check = directory(&file);
    is(&check, Verdict::Wrong, "is not a directory");
    assert!(check.advice.is_some_and(|advice| !advice.contains("remove")), "it is somebody's");
    let closed = Facts { directory: Err(ErrorKind::PermissionDenied.into()), ..facts() };
    is(&directory(&closed), Verdict::Wrong, "cannot be looked at: permission denied");
}

#[test]
fn a_path_has_room_for_all_names_or_for_some_or_for_none() {
    let of_len =
        |len: usize| Facts { run_dir: PathBuf::from(format!("/{}", "d".repeat(len - 1))), ..facts() };
    is(&path(&of_len(80)), Verdict::Fine, "up to 21 bytes");
    // `/.sock` and the directory leave 15 of 107.
    is(&path(&of_len(86)), Verdict::Wrong, "up to 15 bytes, and these have more: cgroups-snapshot");
    is(&path(&of_len(101)), Verdict::Wrong, "the path has 101 bytes");
    let web = Facts { service: Some("web".to_owned()), ..of_len(86) };
    is(&path(&web), Verdict::Fine, "up to 15 bytes");
    let long = Facts { service: Some("n".repeat(16)), ..of_len(86) };
    is(&path(&long), Verdict::Wrong, "nnnnnnnnnnnnnnnn");
}

#[test]
fn a_directory_that_others_may_write_to_is_no_place_for_a_provider() {
    let with = |mode| owner(&facts(), &Directory { mode, ..good() });
    is(&with(0o755), Verdict::Fine, "mode 755");
    is(&with(0o775), Verdict::Note, "group 1000 may put sockets into it");
    is(&with(0o757), Verdict::Wrong, "everybody may put a socket into it");
    // Whoever may only add files can be the provider of what is not served.
    is(&with(0o1777), Verdict::Wrong, "(mode 1777)");
}

#[test]
fn a_directory_of_somebody_else_is_to_be_noted() {
    let of = |uid| owner(&facts(), &Directory { uid, ..good() });
    is(&of(1000), Verdict::Fine, "only user");
    is(&of(0), Verdict::Fine, "only user root");
    is(&of(1001), Verdict::Note, "who may replace every provider in it");
}

#[test]
fn a_directory_that_the_commands_refuse_is_wrong_as_they_say() {
    let facts = |mend: Option<&str>| {
        let refusal = Refusal { why: "it is what it is".to_owned(), mend: mend.map(str::to_owned) };
        Facts { refused: Some(refusal), ..facts() }
    };
    let check = owner(&facts(Some("chmod 700 /run/x")), &good());
    is(&check, Verdict::Wrong, "it is what it is");
    assert_eq!(check.advice.as_deref(), Some("chmod 700 /run/x"));
    let check = owner(&facts(None), &good());
    assert!(check.advice.is_some_and(|advice| advice.contains("--run-dir")));
}

#[test]
fn what_the_user_may_not_do_is_said() {
    let check = |directory| access(&facts(), &directory);
    is(&check(good()), Verdict::Fine, "may provide and call");
    is(&check(Directory { may_write: false, ..good() }), Verdict::Note, "not provide any");
    is(&check(Directory { may_list: false, ..good() }), Verdict::Wrong, "may not list it");
    is(&check(Directory { may_enter: false, ..good() }), Verdict::Wrong, "may not enter it");
}

#[test]
fn a_file_system_without_room_is_wrong() {
    is(&file_system(&Ok(room(1 << 20))), Verdict::Fine, "1.00 MiB are left");
    is(&file_system(&Ok(room(3 << 39))), Verdict::Fine, "1.50 TiB are left");
    is(&file_system(&Ok(room(SESSION_BYTES))), Verdict::Fine, "KiB are left");
    is(&file_system(&Ok(room(SESSION_BYTES - 1))), Verdict::Wrong, "it is full");
    is(&file_system(&Ok(Space { free_files: Some(0), ..room(1 << 30) })), Verdict::Wrong, "no inode left");
    is(&file_system(&Ok(Space { free_files: None, ..room(1 << 30) })), Verdict::Fine, "are left");
    is(&file_system(&Ok(Space { is_read_only: true, ..room(1 << 30) })), Verdict::Wrong, "read-only");
    is(&file_system(&Err(ErrorKind::Unsupported.into())), Verdict::Note, "cannot be told");
}
