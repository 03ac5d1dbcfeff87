//! Asking providers what they agree to, many at a time.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use netipc::transport::envelope::MAX_PAYLOAD_LEN;
use netipc::transport::{Agreed, ClientSession, ConnectOptions};
use netipc::{Abort, ConnectError, Deadline, Endpoint, Profiles};

use super::{Item, State};

pub(super) type Answer = Result<Agreed, ConnectError>;

/// Providers that are asked at the same time. Those that do not answer cost their time-out once for so many.
const AT_ONCE: usize = 64;

/// What each provider answers; `None` for what is not the endpoint of one.
pub(super) fn ask_all(
    run_dir: &Path,
    items: &[Item],
    auth_token: u64,
    timeout: Duration,
) -> Vec<Option<Answer>> {
    let endpoint = |item: &Item| {
        let listens = item.is_endpoint() && item.state == State::InUse;
        Endpoint::new(run_dir, item.service.as_str()).ok().filter(|_| listens)
    };
    let endpoints: Vec<(usize, Endpoint)> =
        items.iter().enumerate().filter_map(|(index, item)| Some((index, endpoint(item)?))).collect();
    let answers = Mutex::new(std::iter::repeat_with(|| None).take(items.len()).collect::<Vec<_>>());
    let next = AtomicUsize::new(0);
    let ask_some = || {
        while let Some((index, endpoint)) = endpoints.get(next.fetch_add(1, Ordering::Relaxed)) {
            let answer = ask(endpoint, auth_token, timeout);
            let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(place) = answers.get_mut(*index) {
                *place = Some(answer);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..endpoints.len().min(AT_ONCE) {
            // Where there can be no more threads, those that are there do it.
            if thread::Builder::new().spawn_scoped(scope, ask_some).is_err() {
                break;
            }
        }
        ask_some();
    });
    answers.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// What a client gets that proposes the contract's defaults.
fn ask(endpoint: &Endpoint, auth_token: u64, timeout: Duration) -> Answer {
    let options = ConnectOptions {
        auth_token,
        supported_profiles: Profiles::CARRIED,
        // A client's own ceiling hides what the provider offers above it.
        max_response_payload_bytes: MAX_PAYLOAD_LEN,
        ..ConnectOptions::default()
    };
    let session = ClientSession::connect(endpoint, &options, Deadline::after(timeout), &Abort::new())?;
    Ok(*session.agreed())
}

#[cfg(test)]
mod tests {
    use netipc::transport::{ListenOptions, Listener};

    use super::super::look;
    use super::*;

    #[test]
    fn only_the_endpoints_of_servers_are_asked_and_each_has_its_answer() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let listen = |service: &str| {
            let endpoint = Endpoint::new(directory.path(), service).expect("a name");
            Listener::bind(&endpoint, &ListenOptions::default()).expect("a free name")
        };
        // More than are asked at the same time. Nobody accepts, so that none of them answers.
        let services: Vec<String> = (0..AT_ONCE + 3).map(|number| format!("silent-{number}")).collect();
        let _listeners: Vec<_> = services.iter().map(|service| listen(service)).collect();
        let found = |service: &String| look(directory.path(), Some(service)).expect("it can be looked at");
        let mut items: Vec<Item> = services.iter().flat_map(found).collect();
        items[7].state = State::Foreign;
        let answers = ask_all(directory.path(), &items, 0, Duration::from_millis(10));
        assert_eq!((items.len(), answers.len()), (services.len(), services.len()));
        for (index, (item, answer)) in items.iter().zip(answers).enumerate() {
            if index == 7 {
                assert!(answer.is_none());
            } else {
                let answer = answer.expect("it has been asked");
                let endpoint = answer.expect_err("nobody answers").endpoint().clone();
                assert_eq!(endpoint.service(), item.service);
            }
        }
    }
}
