//! What `netipc bench --help` says at its end, in lines that fit on 100 columns.

use clap::ValueEnum;

use super::{Scenario, name};

/// Scenarios, fields, floors and examples.
pub(super) fn after() -> String {
    let all = Scenario::value_variants();
    let longest = all.iter().map(|scenario| name(scenario).len()).max().unwrap_or_default();
    let scenarios: String = all.iter().map(|scenario| line(scenario, longest)).collect();
    format!("Scenarios:\n{scenarios}\n{FIELDS}{IDLE_FIELDS}\n\n{FLOORS}{PIPELINE_FLOOR}\n\n{EXAMPLES}")
}

/// A name, and what it means, beside the others.
fn line(scenario: &Scenario, longest: usize) -> String {
    let (name, indent) = (name(scenario), " ".repeat(2 + longest + 2));
    format!("  {name:longest$}  {}\n", scenario.help.replace('\n', &format!("\n{indent}")))
}

const FIELDS: &str = "\
Fields of a JSON object, one a line for each scenario:
  scenario, placement
  rate                     round trips a second, or items; the median of all turns
  p50_us, p99_us, p999_us  microseconds that 50, 99 and 99.9 % of the round trips took at most,
                           from a request to its response; every 16th is timed
  cpu_client, cpu_server   seconds of CPU time that either process takes in a second
  floor                    the floor's rate, in the same unit
  ratio                    floor / rate: how many times as long as the floor's ours takes; 1.15 is
                           15 % longer, and a pipeline at 0.9 of the floor's rate has 1.11
";

#[cfg(not(windows))]
const IDLE_FIELDS: &str = "\
An idle scenario has scenario, placement, seconds, wakeups_client and wakeups_server instead.";

#[cfg(windows)]
const IDLE_FIELDS: &str = "\
An idle scenario has scenario, placement, seconds, cpu_client and cpu_server instead: Windows does
not tell how often a process wakes up. It counts CPU time in ticks of some 15 milliseconds, so that
a short measurement says little.";

const FLOORS: &str = "\
The floor, by placement:
  one-cpu   both sides wait in the kernel
  two-cpus  both sides look again and again (in shared memory, with the wakes that the contract
            demands)
  free      the better of the two
The floors of cache-lookup and lookup-codec are code for these messages alone, written by hand.
";

#[cfg(not(windows))]
const PIPELINE_FLOOR: &str = "\
For pipelines it is the best of single system calls and of sendmmsg with a receiver that drains its
socket, where there are two CPUs with either way to wait.";

#[cfg(windows)]
const PIPELINE_FLOOR: &str = "\
In shared memory where neither side ever blocks, both look again and again wherever they run.
For pipelines it is the best of receivers that take one message at a time and that drain their pipe,
where there are two CPUs with either way to wait.";

#[cfg(not(windows))]
const EXAMPLES: &str = "\
Examples:
  netipc bench
  netipc bench uds-ping-pong --placement one-cpu,two-cpus --seconds 10
  netipc bench uds-pipeline-16 --placement one-cpu --json
  netipc bench idle-uds --seconds 10";

#[cfg(windows)]
const EXAMPLES: &str = "\
Examples:
  netipc bench
  netipc bench pipe-ping-pong --placement one-cpu,two-cpus --seconds 10
  netipc bench pipe-pipeline-16 --placement one-cpu --json
  netipc bench idle-pipe --seconds 10";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_fits_on_100_columns() {
        for line in after().lines() {
            assert!(line.len() <= 100, "{line}");
        }
    }
}
