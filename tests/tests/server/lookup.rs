//! A server of a lookup: its builder knows the keys of the request.

use netipc::codec::WireEnum;
use netipc::messages::{
    CgroupLookupItemRef, CgroupPath, CgroupsLookup, CgroupsLookupRequest, Orchestrator, PathStatus,
};
use netipc::{CallError, Client, Server, ServerConfig, Status};

use crate::common::{Place, client_config, server_config};

fn server(
    place: &Place,
    max_response_payload_bytes: u32,
    known: impl Fn(&[u8]) -> Option<Vec<u8>> + Send + Sync + 'static,
) -> Server<CgroupsLookupRequest, CgroupsLookup> {
    let config = ServerConfig { max_response_payload_bytes, ..server_config() };
    Server::<CgroupsLookupRequest, CgroupsLookup>::spawn(
        place.endpoint(),
        config,
        move |request, response, _| {
            response.generation(7);
            for key in request.paths() {
                let name = known(key.path());
                response.items().push(CgroupLookupItemRef {
                    status: if name.is_some() { PathStatus::Known } else { PathStatus::UnknownPermanent },
                    path: key.path(),
                    name: name.as_deref().unwrap_or_default(),
                    orchestrator: Orchestrator::ZERO,
                    labels: &[],
                })?;
            }
            Ok(())
        },
    )
    .expect("the endpoint is free")
}

fn client(place: &Place) -> Client<CgroupsLookupRequest, CgroupsLookup> {
    let mut client = Client::new(place.endpoint(), client_config());
    client.refresh();
    client
}

fn paths(paths: &[&str]) -> CgroupsLookupRequest {
    CgroupsLookupRequest { paths: paths.iter().map(|path| CgroupPath { path: (*path).into() }).collect() }
}

#[test]
fn every_key_is_answered_in_order() {
    let place = Place::new();
    let _server = server(&place, 0, |path| (path == b"/web").then(|| b"web".to_vec()));
    let mut client = client(&place);
    let response = client.call(&paths(&["/web", "/none", "/web"])).expect("it is served");
    let seen: Vec<_> = response.items().iter().map(|item| (item.status(), item.name().to_string())).collect();
    let (known, none) =
        ((PathStatus::Known, "web".to_owned()), (PathStatus::UnknownPermanent, String::new()));
    assert_eq!(seen, [known.clone(), none, known]);
}

#[test]
fn items_that_do_not_fit_are_marked() {
    let place = Place::new();
    let _server = server(&place, 200, |_| Some(vec![b'n'; 40]));
    let mut client = client(&place);
    let response = client.call(&paths(&["/a", "/b", "/c"])).expect("markers fit");
    let seen: Vec<_> = response.items().iter().map(|item| item.status()).collect();
    assert_eq!(seen, [PathStatus::Known, PathStatus::PayloadExceeded, PathStatus::PayloadExceeded]);
}

#[test]
fn a_handler_that_answers_too_few_keys_has_failed() {
    let place = Place::new();
    let server =
        Server::<CgroupsLookupRequest, CgroupsLookup>::spawn(place.endpoint(), server_config(), |_, _, _| {
            Ok(())
        })
        .expect("the endpoint is free");
    let error = client(&place).call(&paths(&["/a"])).expect_err("one item is missing");
    assert!(matches!(error, CallError::Rejected(Status::InternalError)), "{error}");
    let reason = server.last_handler_failure();
    assert_eq!(reason.as_deref(), Some("the handler built no valid response: 0 items for 1 keys"));
}

#[test]
fn a_handler_that_echoes_another_key_has_failed() {
    let place = Place::new();
    let server = Server::<CgroupsLookupRequest, CgroupsLookup>::spawn(
        place.endpoint(),
        server_config(),
        |_, response, _| {
            let _ =
                response.items().push(CgroupLookupItemRef { path: b"/b", ..CgroupLookupItemRef::default() });
            Ok(())
        },
    )
    .expect("the endpoint is free");
    let error = client(&place).call(&paths(&["/a"])).expect_err("the echo is wrong");
    assert!(matches!(error, CallError::Rejected(Status::InternalError)), "{error}");
    let reason = server.last_handler_failure().expect("it is kept");
    assert!(reason.ends_with("item 0 does not echo key 0"), "{reason}");
}
