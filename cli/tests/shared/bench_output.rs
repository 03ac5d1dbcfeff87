//! What the tests of `netipc bench` read on every platform.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

pub(crate) fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
}

pub(crate) fn number(object: &Value, name: &str) -> f64 {
    object[name].as_f64().unwrap_or_else(|| panic!("{name}: {object}"))
}

/// Whether a line of a scenario with exchanges has all that it should, and it is plausible.
pub(crate) fn assert_plausible(line: &Value) {
    assert_eq!(line["placement"], "free");
    assert_eq!(line.as_object().map(serde_json::Map::len), Some(10), "{line}");
    for name in ["rate", "p50_us", "floor", "ratio"] {
        assert!(number(line, name) > 0.0, "{name}: {line}");
    }
    assert!(number(line, "p50_us") <= number(line, "p99_us"), "{line}");
    assert!(number(line, "p99_us") <= number(line, "p999_us"), "{line}");
    for name in ["cpu_client", "cpu_server"] {
        assert!(number(line, name) >= 0.0, "{name}: {line}");
    }
    let ratio = number(line, "floor") / number(line, "rate");
    assert!((number(line, "ratio") - ratio).abs() <= 0.001 + ratio * 0.001, "{line}");
}

/// What `look` sees, as soon as it sees something.
pub(crate) fn until<T>(watchdog: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(start.elapsed() < watchdog, "it hangs");
        thread::sleep(Duration::from_millis(5));
    }
}
