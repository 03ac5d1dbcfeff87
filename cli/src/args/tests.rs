//! Command lines, and what they mean.

use std::time::Duration;

use clap::{CommandFactory, ValueEnum};
use netipc::transport::defaults;

use super::bench::{Carrier, Placement, Scenario, What};
use super::*;
use crate::commands::SNAPSHOT_BYTES;

fn parse(line: &str) -> Result<Args, clap::Error> {
    Args::try_parse_from(std::iter::once("netipc").chain(line.split_whitespace()))
}

fn serve(line: &str) -> Serve {
    match parse(line).expect(line).command {
        Command::Serve(serve) => serve,
        other => panic!("{line}: {other:?}"),
    }
}

fn call(line: &str) -> Call {
    match parse(line).expect(line).command {
        Command::Call(call) => call,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn the_definition_holds_together() {
    Args::command().debug_assert();
}

#[test]
fn options_may_stand_before_and_behind_the_service() {
    for line in ["serve --run-dir /x increment", "serve increment --run-dir /x"] {
        assert_eq!(serve(line).endpoint.directory.run_dir.as_deref(), Some("/x".as_ref()), "{line}");
    }
}

#[test]
fn every_option_reaches_its_place() {
    let serve = serve(
        "serve cgroups-snapshot --service mine --auth-token 0x10 --profile shm --packet-size 4096 \
         --max-request-payload 1 --max-response-payload 2 --max-sessions 3 --timeout 4 --refresh 5s \
         --host-root /host",
    );
    assert_eq!(serve.endpoint.service.as_deref(), Some("mine"));
    assert_eq!(serve.endpoint.auth_token, 16);
    assert_eq!(serve.session.profile, Profile::Shm);
    assert_eq!(serve.session.packet_size, Some(4096));
    assert_eq!(serve.session.max_request_payload, Some(1));
    assert_eq!(serve.session.max_response_payload, Some(2));
    assert_eq!(serve.max_sessions, 3);
    assert_eq!(serve.timeout, Duration::from_secs(4));
    let ServeService::CgroupsSnapshot { refresh, host } = serve.service else {
        panic!("{:?}", serve.service)
    };
    assert_eq!((refresh, host.host_root.as_path()), (Duration::from_secs(5), "/host".as_ref()));
}

#[test]
fn what_is_not_said_is_left_to_the_library() {
    let call = call("call cgroups-snapshot");
    assert_eq!(call.caller.session.profile, Profile::Auto);
    assert_eq!(call.caller.session.packet_size, None);
    assert_eq!(call.caller.session.max_response_payload, None);
    assert!(!call.json);
}

#[test]
fn a_call_takes_its_argument() {
    let CallService::Increment { value } = call("call increment 41 --json").service else { panic!() };
    assert_eq!(value, 41);
    let CallService::StringReverse { text } = call("call string-reverse -- --text").service else { panic!() };
    assert_eq!(text, "--text");
}

#[test]
fn every_name_of_a_profile_parses_to_itself() {
    for profile in [Profile::Baseline, Profile::Shm, Profile::Auto] {
        assert_eq!(
            call(&format!("call increment 1 --profile {}", profile.name())).caller.session.profile,
            profile
        );
    }
}

#[test]
fn bad_usage_is_refused() {
    for line in [
        "serve",
        "serve nothing",
        "call",
        "call increment",
        "call increment x",
        "call increment -1",
        "call increment 18446744073709551616",
        "call increment 1 2",
        "call increment 1 --profile tcp",
        "call increment 1 --packet-size 32",
        "call increment 1 --max-request-payload 0",
        "call increment 1 --auth-token secret",
        "call increment 1 --timeout 0",
        "call increment 1 --max-sessions 1",
        "serve increment --max-sessions 0",
        "serve increment --json",
        "serve increment --refresh 1s",
        "serve increment --host-root /host",
        "serve ip-to-asn --db x --host-root /host",
        "demo --calls 0",
        "demo --run-dir /x",
        "decode increment",
        "decode nothing 00",
        "decode shm_region_header 00",
        "decode batch_payload 00 --item-count -1",
        "encode increment",
        "encode increment {} --packed-area-len 4294967296",
        "bench nothing",
        "bench --placement three-cpus",
        "bench --seconds 0",
        "bench --seconds soon",
        "list web",
        "list --timeout 0",
        "list --dry-run",
        "clean --auth-token 1",
        "clean web",
        "doctor --profile shm",
        "ping",
        "ping nothing",
        "ping increment --count 0",
        "ping increment --interval -1",
        "ping increment --timeout 0",
        "watch",
        "watch cgroups-snapshot --interval 0",
        "watch cgroups-snapshot --count 0",
        "lookup",
        "lookup nothing",
        "completions",
        "completions cmd",
        "man call --dir /x",
        "nothing",
    ] {
        let error = parse(line).expect_err(line);
        assert_eq!(error.exit_code(), 2, "{line}");
    }
}

#[test]
fn input_stands_on_the_command_line_in_a_file_or_on_stdin() {
    let input = |text: &str| match parse(&format!("decode increment {text}")).expect(text).command {
        Command::Decode(decode) => decode.bytes,
        other => panic!("{other:?}"),
    };
    assert_eq!(input("00"), Input::Here("00".into()));
    assert_eq!(input("@a@b"), Input::File("a@b".into()));
    assert_eq!(input("@-"), Input::File("-".into()));
    assert_eq!(input("-"), Input::Stdin);
}

#[test]
fn a_kind_that_is_none_is_answered_with_those_there_are() {
    let error = parse("decode shm_region_header 00").expect_err("not built yet").to_string();
    for kind in Kind::value_variants() {
        assert!(error.contains(&kind.to_string()), "{error}");
    }
}

#[test]
fn a_token_with_a_slip_of_the_finger_is_not_repeated() {
    let error = parse("call increment 1 --auth-token 12o4").expect_err("no number");
    assert!(error.to_string().contains("--auth-token, or NETIPC_AUTH_TOKEN, has to be a number"), "{error}");
    assert!(!error.to_string().contains("12o4"), "{error}");
}

#[test]
fn a_number_that_is_none_is_told_which_there_are() {
    for (line, range) in [
        ("call increment abc", "from 0 to 18446744073709551615"),
        ("call increment 18446744073709551616", "from 0 to 18446744073709551615"),
        ("call increment -1", "from 0 to 18446744073709551615"),
        ("demo --calls 0", "from 1 to 1000000"),
        ("ping increment --count x", "from 1 to 18446744073709551615"),
        ("serve increment --packet-size 32", "from 33 to 4294967295"),
        ("decode batch_payload 00 --item-count x", "from 0 to 4294967295"),
    ] {
        let error = parse(line).expect_err(line).to_string();
        assert!(error.contains(&format!("it has to be a number {range}")), "{error}");
    }
}

#[test]
fn an_empty_directory_is_told_where_it_may_come_from() {
    let line = ["netipc", "list", "--run-dir", ""];
    let error = Args::try_parse_from(line).expect_err("no directory has such a name").to_string();
    assert!(error.contains("--run-dir, or NETIPC_RUN_DIR, is empty"), "{error}");
}

#[test]
fn the_defaults_that_the_help_tells_are_the_library_s() {
    let serve = serve("serve increment");
    assert_eq!(serve.timeout, defaults::HANDSHAKE_TIMEOUT);
    for line in ["serve --help", "call --help"] {
        let help = parse(line).expect_err("help comes as an error").to_string();
        let told = |bytes: u32| help.contains(&bytes.to_string());
        assert!(told(defaults::MAX_REQUEST_PAYLOAD_BYTES), "{help}");
        assert!(told(defaults::MAX_RESPONSE_PAYLOAD_BYTES), "{help}");
        assert!(told(defaults::AUTOMATIC_CEILING_BYTES) && told(SNAPSHOT_BYTES), "{help}");
    }
}

#[test]
fn a_benchmark_s_scenarios_and_placements_have_their_names() {
    let parse = |line: &str| match parse(line).expect(line).command {
        Command::Bench(bench) => bench,
        other => panic!("{line}: {other:?}"),
    };
    let Bench { scenarios, placement, seconds, json } = parse("bench");
    assert_eq!((scenarios, placement, seconds), (vec![], vec![Placement::Free], Duration::from_secs(3)));
    assert!(!json);
    let baseline = if cfg!(windows) { "pipe" } else { "uds" };
    let Bench { scenarios, placement, .. } =
        parse(&format!("bench {baseline}-pipeline-batch-16 snapshot-shm --placement one-cpu,two-cpus"));
    let chosen: Vec<_> = scenarios.iter().map(|scenario| (scenario.what, scenario.carrier)).collect();
    assert_eq!(chosen, [(What::PipelineBatch, Carrier::Baseline), (What::Snapshot, Carrier::Shm)]);
    assert_eq!(placement, [Placement::OneCpu, Placement::TwoCpus]);
}

#[test]
fn a_benchmark_s_help_explains_every_scenario() {
    let help = parse("bench --help").expect_err("help comes as an error").to_string();
    for scenario in Scenario::value_variants() {
        let name = bench::name(scenario);
        assert!(help.contains(&name), "{name}");
    }
}

#[test]
fn every_command_s_long_help_has_examples() {
    fn check(command: &clap::Command) {
        let help = command.clone().render_long_help().to_string();
        assert!(help.contains("Example"), "{}", command.get_name());
        for subcommand in command.get_subcommands().filter(|command| command.get_name() != "help") {
            check(subcommand);
        }
    }
    check(&Args::command());
}

#[test]
fn a_service_that_there_is_not_is_named_beside_those_there_are() {
    for line in ["call no\u{1b}thing", "serve no\u{1b}thing", "ping no\u{1b}thing", "layout no\u{1b}thing"] {
        let sentence = service::unknown(&parse(line).expect_err(line)).expect(line);
        assert!(sentence.starts_with("there is no service \"no\\u{1b}thing\"; there are"), "{sentence}");
        for service in ServiceName::value_variants() {
            assert!(sentence.contains(&service.name()), "{sentence}");
        }
    }
    for line in ["nothing", "ping increment --count x", "decode nothing 00", "call increment x"] {
        assert_eq!(service::unknown(&parse(line).expect_err(line)), None, "{line}");
    }
}

#[test]
fn ping_and_watch_ask_every_second_until_they_are_told_to_end() {
    let Command::Ping(ping) = parse("ping apps-lookup").expect("it is one").command else { panic!() };
    assert_eq!((ping.contract, ping.count), (ServiceName::AppsLookup, None));
    assert_eq!((ping.interval, ping.timeout), (Duration::from_secs(1), Duration::from_secs(5)));
    let Command::Watch(watch) = parse("watch cgroups-snapshot -c 3 -i 50ms").expect("it is one").command
    else {
        panic!()
    };
    assert_eq!((watch.count, watch.interval), (Some(3), Duration::from_millis(50)));
}
