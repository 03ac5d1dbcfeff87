use std::{mem, process};

use netipc_tests::support::{Pair, pair_with, soon, watched};
use netipc_transport::{ConnectOptions, ListenOptions, Profiles};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork};

pub(crate) fn a_child_that_drops_what_it_has_inherited_ends_nothing_of_its_parents() {
    for profile in [Profiles::BASELINE, Profiles::SHM_HYBRID] {
        let connect = ConnectOptions { supported_profiles: profile, ..ConnectOptions::default() };
        let listen = ListenOptions { supported_profiles: profile, ..ListenOptions::default() };
        let Pair { place, listener, mut client, mut server } = pair_with(&connect, &listen);
        let names = place.names();
        // On its way when the child drops the end that it is for.
        client.send(3, 1, b"abc", soon()).unwrap();
        #[allow(unsafe_code, reason = "there is no other way to fork")]
        // SAFETY: this process has one thread: those that have made the session have ended.
        let child = match unsafe { fork() }.unwrap() {
            ForkResult::Parent { child } => child,
            ForkResult::Child => {
                drop((client, server, listener));
                // It is the parent's too.
                mem::forget(place);
                process::exit(0);
            }
        };
        watched(move || assert_eq!(waitpid(child, None).unwrap(), WaitStatus::Exited(child, 0)));
        assert_eq!(place.names(), names, "{profile:?}");
        let header = server.receive(soon()).unwrap().header;
        server.respond(header, b"cba", soon()).unwrap();
        assert_eq!(client.receive(soon()).unwrap().payload, b"cba");
        drop((client, server, listener));
        assert_eq!(place.names(), Vec::<String>::new(), "{profile:?}");
    }
}
