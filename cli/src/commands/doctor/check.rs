//! What a check has found.

use serde_json::{Value, json};

use crate::colour::Tone;

/// What a check has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Check {
    pub(super) name: &'static str,
    /// The service that it is about.
    pub(super) service: Option<String>,
    pub(super) verdict: Verdict,
    /// What is so: a sentence without its full stop.
    pub(super) finding: String,
    /// What to do about it.
    pub(super) advice: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Fine,
    /// It may be as it should be; somebody has to know.
    Note,
    Wrong,
}

impl Verdict {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Note => "note",
            Self::Wrong => "wrong",
        }
    }

    pub(super) fn tone(self) -> Tone {
        match self {
            Self::Fine => Tone::Good,
            Self::Note => Tone::Doubtful,
            Self::Wrong => Tone::Bad,
        }
    }
}

impl Check {
    pub(super) fn fine(name: &'static str, finding: impl Into<String>) -> Self {
        Self { name, service: None, verdict: Verdict::Fine, finding: finding.into(), advice: None }
    }

    pub(super) fn note(name: &'static str, finding: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { verdict: Verdict::Note, advice: Some(advice.into()), ..Self::fine(name, finding) }
    }

    pub(super) fn wrong(name: &'static str, finding: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { verdict: Verdict::Wrong, advice: Some(advice.into()), ..Self::fine(name, finding) }
    }

    pub(super) fn of(self, service: &str) -> Self {
        Self { service: Some(service.to_owned()), ..self }
    }

    /// What it is about, for people.
    pub(super) fn title(&self) -> String {
        let name = self.name.replace('_', " ");
        self.service.as_ref().map_or(name.clone(), |service| format!("{name} {service}"))
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "check": self.name,
            "service": self.service,
            "result": self.verdict.name(),
            "finding": self.finding,
            "advice": self.advice,
        })
    }
}

/// For tests: it says this, and what is wrong or to be noted also what to do.
#[cfg(test)]
#[track_caller]
pub(super) fn is(check: &Check, verdict: Verdict, part: &str) {
    assert_eq!(check.verdict, verdict, "{check:?}");
    assert!(check.finding.contains(part), "{check:?}");
    assert_eq!(check.advice.is_some(), verdict != Verdict::Fine, "{check:?}");
}
