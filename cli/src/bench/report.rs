//! What came of it, for people and for programs.

use serde_json::{Value, json};

use super::measure::Measured;
use super::scenarios::{Activity, Idle};
use crate::args::bench::{self, Placement, Scenario};
use crate::error::Failure;
use crate::output::{self, new_table};

/// Of one scenario.
pub(super) struct Report {
    pub(super) scenario: Scenario,
    pub(super) placement: Placement,
    pub(super) outcome: Outcome,
}

pub(super) enum Outcome {
    Measured(Measured),
    Idle(Idle),
}

impl Report {
    pub(super) fn json(&self) -> Value {
        let mut value = json!({
            "scenario": bench::name(&self.scenario),
            "placement": bench::name(&self.placement),
        });
        let fields = match &self.outcome {
            Outcome::Measured(measured) => json!({
                "rate": rounded(measured.rate, 1),
                "p50_us": rounded(micros(measured, 0.5), 3),
                "p99_us": rounded(micros(measured, 0.99), 3),
                "p999_us": rounded(micros(measured, 0.999), 3),
                "cpu_client": rounded(measured.cpu_client, 3),
                "cpu_server": rounded(measured.cpu_server, 3),
                "floor": rounded(measured.floor, 1),
                "ratio": rounded(measured.floor / measured.rate, 3),
            }),
            Outcome::Idle(idle) => json!({
                "seconds": rounded(idle.time.as_secs_f64(), 3),
                (Activity::FIELDS[0]): idle.client.json(idle.time),
                (Activity::FIELDS[1]): idle.server.json(idle.time),
            }),
        };
        if let (Value::Object(value), Value::Object(fields)) = (&mut value, fields) {
            value.extend(fields);
        }
        value
    }
}

/// Prints tables: one of what was measured, one of idle sessions.
pub(super) fn print(reports: &[Report]) -> Result<(), Failure> {
    let mut exchanges = new_table(
        &[
            "SCENARIO",
            "PLACEMENT",
            "RATE/S",
            "OF",
            "P50 us",
            "P99 us",
            "P99.9 us",
            "CPU",
            "PEER CPU",
            "FLOOR/S",
            "RATIO",
            "FLOOR",
        ],
        &[2, 4, 5, 6, 7, 8, 9, 10],
    );
    let [own, other] = Activity::COLUMNS;
    let mut idle = new_table(&["SCENARIO", "PLACEMENT", "SECONDS", own, other], &[2, 3, 4]);
    for report in reports {
        let mut row = vec![bench::name(&report.scenario), bench::name(&report.placement)];
        match &report.outcome {
            Outcome::Measured(measured) => {
                row.extend(cells(measured));
                exchanges.add_row(row);
            }
            Outcome::Idle(session) => {
                row.push(format!("{:.1}", session.time.as_secs_f64()));
                row.extend([session.client, session.server].map(|activity| activity.cell(session.time)));
                idle.add_row(row);
            }
        }
    }
    let any_exchanges = !exchanges.is_empty();
    let tables = [exchanges, idle].into_iter().filter(|table| !table.is_empty());
    for (index, table) in tables.enumerate() {
        if index > 0 {
            output::line("")?;
        }
        output::table(table)?;
    }
    if any_exchanges {
        output::line("\nRATIO is FLOOR/S divided by RATE/S: 1.15 takes 15 % longer than the floor.")
    } else {
        Ok(())
    }
}

fn cells(measured: &Measured) -> [String; 10] {
    [
        format!("{:.0}", measured.rate),
        measured.unit.to_owned(),
        format!("{:.2}", micros(measured, 0.5)),
        format!("{:.2}", micros(measured, 0.99)),
        format!("{:.2}", micros(measured, 0.999)),
        format!("{:.2}", measured.cpu_client),
        format!("{:.2}", measured.cpu_server),
        format!("{:.0}", measured.floor),
        format!("{:.2}", measured.floor / measured.rate),
        measured.floor_name.to_owned(),
    ]
}

fn micros(measured: &Measured, quantile: f64) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "a minute has fewer nanoseconds than 2^52")]
    let nanoseconds = measured.latencies.value_at_quantile(quantile) as f64;
    nanoseconds / 1e3
}

pub(super) fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10f64.powi(digits);
    (value * scale).round() / scale
}
