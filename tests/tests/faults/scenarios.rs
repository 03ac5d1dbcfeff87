//! What is done while calls fail.

use std::fs;
use std::thread;

use netipc_tests::conformance::Transport;
use netipc_tests::support::counting;
use netipc_tests::support::raw::RawListener;
use netipc_transport::{
    Abort, BatchBuilder, ClientSession, ConnectError, ConnectOptions, ListenOptions, Listener, ReceiveError,
    ServerSession, Status,
};

use crate::sides::{Outcome, Outcomes, Sides, answer_all, in_time};

fn ask(session: &mut ClientSession, id: u64, payload: &[u8]) -> Outcome {
    session.send(3, id, payload, in_time())?;
    let response = session.receive(in_time())?;
    assert_eq!(response.header.message_id, id);
    assert!(response.payload.iter().rev().eq(payload), "a wrong answer");
    Ok(())
}

pub(crate) fn listening<T: Transport>(sides: &Sides) -> Outcomes {
    sides.served(&T::listen_options(), || Ok(()))
}

pub(crate) fn taking_over<T: Transport>(sides: &Sides) -> Outcomes {
    drop(RawListener::at(&sides.place.endpoint));
    let server = || -> Outcome {
        drop(Listener::bind(&sides.place.endpoint, &T::listen_options())?);
        Ok(())
    };
    let server = sides.server.during(server);
    if server.is_err() {
        // Whoever did not get the endpoint may leave it as it was.
        let _ = fs::remove_file(sides.place.endpoint.socket_path());
    }
    Outcomes { server, client: Ok(()) }
}

pub(crate) fn adopting<T: Transport>(sides: &Sides) -> Outcomes {
    let manager = RawListener::at(&sides.place.endpoint);
    let path = sides.place.endpoint.socket_path();
    let server = || -> Outcome {
        drop(Listener::adopt(manager.fd, &sides.place.endpoint, &T::listen_options())?);
        Ok(())
    };
    let server = sides.server.during(server);
    // The socket is its maker's, whatever becomes of the listener.
    fs::remove_file(path).expect("it is still there");
    Outcomes { server, client: Ok(()) }
}

pub(crate) fn sweeping<T: Transport>(sides: &Sides) -> Outcomes {
    // What a region is not, and one whose server is dead.
    let run_dir = sides.place.dir.path();
    let leftovers = [(1u64, vec![0; 10]), (2, region_of_the_dead())];
    for (session_id, bytes) in &leftovers {
        fs::write(run_dir.join(format!("web-{session_id:016x}.ipcshm")), bytes).expect("a file");
    }
    let outcomes = sides.served(&T::listen_options(), || Ok(()));
    for (session_id, _) in leftovers {
        // What could not be removed now is left to the next server, and must not count here.
        let path = run_dir.join(format!("web-{session_id:016x}.ipcshm"));
        if fs::remove_file(path).is_ok() {
            assert!(sides.server.has_acted(), "swept away without a fault");
        }
    }
    outcomes
}

/// A region's header with an owner that does not live.
pub(crate) fn region_of_the_dead() -> Vec<u8> {
    let mut header = vec![0; 4_096];
    header[..4].copy_from_slice(&0x4e53_484d_u32.to_ne_bytes());
    header[4..6].copy_from_slice(&3u16.to_ne_bytes());
    header[6..8].copy_from_slice(&64u16.to_ne_bytes());
    header[8..12].copy_from_slice(&i32::MAX.to_ne_bytes());
    header[12..16].copy_from_slice(&1u32.to_ne_bytes());
    header
}

pub(crate) fn a_handshake<T: Transport>(sides: &Sides) -> Outcomes {
    sides.served(&T::listen_options(), || {
        let session = sides.connect(&T::connect_options())?;
        session.peer_credentials()?;
        Ok(())
    })
}

pub(crate) fn a_rejected_handshake<T: Transport>(sides: &Sides) -> Outcomes {
    let wrong = ConnectOptions { auth_token: 1, ..T::connect_options() };
    sides.served(&T::listen_options(), || match sides.connect(&wrong) {
        Err(ConnectError::AuthFailed { .. }) => Ok(()),
        Err(error) => Err(error.into()),
        Ok(session) => panic!("accepted: {session:?}"),
    })
}

pub(crate) fn a_call<T: Transport>(sides: &Sides) -> Outcomes {
    let (connect, listen) = (T::connect_options(), T::listen_options());
    sides.paired::<T>(&connect, &listen, answer_all, |mut session| {
        (1..4).try_for_each(|id| ask(&mut session, id, b"question"))
    })
}

/// Options with which large messages travel, in small packets where there are packets.
fn large<T: Transport>() -> (ConnectOptions, ListenOptions) {
    let connect = ConnectOptions {
        packet_size: 4_096,
        max_request_payload_bytes: 1 << 20,
        max_request_batch_items: 100,
        ..T::connect_options()
    };
    (connect, T::listen_options())
}

pub(crate) fn a_large_call<T: Transport>(sides: &Sides) -> Outcomes {
    let (connect, listen) = large::<T>();
    sides.paired::<T>(&connect, &listen, answer_all, |mut session| {
        (1..3).try_for_each(|id| ask(&mut session, id, &counting(10_000)))
    })
}

pub(crate) fn a_batch<T: Transport>(sides: &Sides) -> Outcomes {
    let (connect, listen) = large::<T>();
    sides.paired::<T>(&connect, &listen, answer_all, |mut session| {
        let mut batch = BatchBuilder::new();
        batch.start(3, 1_000)?;
        for item in [b"one", b"two", b"six"] {
            batch.push(item)?;
        }
        session.send_batch(3, 1, &batch.finish()?, in_time())?;
        assert_eq!(session.receive(in_time())?.items().map(|items| items.item_count()), Some(3));
        Ok(())
    })
}

pub(crate) fn a_refusal<T: Transport>(sides: &Sides) -> Outcomes {
    let (connect, listen) = (T::connect_options(), T::listen_options());
    let server = |mut session: ServerSession| -> Outcome {
        let header = session.receive(in_time())?.header;
        Ok(session.refuse(header, Status::InternalError, in_time())?)
    };
    sides.paired::<T>(&connect, &listen, server, |mut session| {
        session.send(3, 1, b"unwanted", in_time())?;
        assert_eq!(session.receive(in_time())?.header.transport_status, Status::InternalError);
        match session.receive(in_time()) {
            Err(ReceiveError::Closed) => Ok(()),
            Err(error) => Err(error.into()),
            Ok(message) => panic!("after the refusal: {message:?}"),
        }
    })
}

pub(crate) fn closing<T: Transport>(sides: &Sides) -> Outcomes {
    let (connect, listen) = (T::connect_options(), T::listen_options());
    // The server closes with a request unread, the client waits for its end.
    let server = |session: ServerSession| -> Outcome {
        drop(session);
        Ok(())
    };
    sides.paired::<T>(&connect, &listen, server, |mut session| {
        // It may have gone already.
        let _ = session.send(3, 1, b"unread", in_time());
        match session.receive(in_time()) {
            Err(ReceiveError::Closed | ReceiveError::Broken { .. } | ReceiveError::SessionEnded) => Ok(()),
            Err(error) => Err(error.into()),
            Ok(message) => panic!("from nobody: {message:?}"),
        }
    })
}

pub(crate) fn accepting_many<T: Transport>(sides: &Sides) -> Outcomes {
    sides.served(&T::listen_options(), || {
        thread::scope(|scope| {
            let clients: Vec<_> = (0..5)
                .map(|_| {
                    scope.spawn(|| {
                        sides
                            .client
                            .during(|| ask(&mut sides.connect(&T::connect_options())?, 1, b"one of many"))
                    })
                })
                .collect();
            let ended = clients.into_iter().map(|client| client.join().expect("it does not panic"));
            ended.fold(Ok(()), Result::and)
        })
    })
}

pub(crate) fn an_abort<T: Transport>(sides: &Sides) -> Outcomes {
    let abort = Abort::new();
    sides.served(&T::listen_options(), || {
        let mut session =
            ClientSession::connect(&sides.place.endpoint, &T::connect_options(), in_time(), &abort)?;
        thread::scope(|scope| {
            let waiter = scope.spawn(|| sides.client.during(|| session.receive(in_time()).map(drop)));
            sides.client.during(|| abort.abort());
            match waiter.join().expect("it does not panic") {
                Err(ReceiveError::Aborted) => Ok(()),
                Err(error) => Err(error.into()),
                Ok(()) => panic!("a response to nothing"),
            }
        })
    })
}
