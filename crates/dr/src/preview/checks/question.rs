//! How a precondition is put and answered, the same for all of them.

use chrono::{DateTime, Utc};
use lifeboat_domain::failover::preview::{Precondition, Verdict, Weight};
use lifeboat_domain::reading::Reading;

/// A precondition that is not answered yet.
pub(super) struct Question {
    name: &'static str,
    title: String,
    weight: Weight,
    acknowledgement: Option<&'static str>,
}

/// How it stands: the verdict, what was seen, and what to do about it.
pub(super) struct Answer {
    verdict: Verdict,
    detail: String,
    remedy: Option<String>,
}

pub(super) fn holds(detail: impl Into<String>) -> Answer {
    Answer {
        verdict: Verdict::Holds,
        detail: detail.into(),
        remedy: None,
    }
}

pub(super) fn warns(detail: impl Into<String>, remedy: impl Into<String>) -> Answer {
    Answer {
        verdict: Verdict::Warns,
        detail: detail.into(),
        remedy: Some(remedy.into()),
    }
}

pub(super) fn fails(detail: impl Into<String>, remedy: impl Into<String>) -> Answer {
    Answer {
        verdict: Verdict::Fails,
        detail: detail.into(),
        remedy: Some(remedy.into()),
    }
}

pub(super) fn unknown(detail: impl Into<String>, remedy: impl Into<String>) -> Answer {
    Answer {
        verdict: Verdict::Unknown,
        detail: detail.into(),
        remedy: Some(remedy.into()),
    }
}

impl Question {
    pub(super) fn new(name: &'static str, title: impl Into<String>, weight: Weight) -> Self {
        Self {
            name,
            title: title.into(),
            weight,
            acknowledgement: None,
        }
    }

    /// One that people may overrule by acknowledging it.
    pub(super) fn acknowledged(
        name: &'static str,
        title: impl Into<String>,
        acknowledgement: &'static str,
    ) -> Self {
        Self {
            name,
            title: title.into(),
            weight: Weight::NeedsAcknowledgement,
            acknowledgement: Some(acknowledgement),
        }
    }

    /// Answered from a reading; unknown when that is missing or too old.
    pub(super) fn read<T>(
        self,
        reading: Option<&Reading<T>>,
        now: DateTime<Utc>,
        judge: impl FnOnce(&T) -> Answer,
    ) -> Precondition {
        let Some(reading) = reading else {
            return self.answer(
                unknown("never read", "Wait for the next reading."),
                String::new(),
                None,
            );
        };
        let answer = match reading.known(now) {
            Some(value) => judge(value),
            None => unknown(
                why_unknown(reading, now),
                format!("See that {} answers.", asked_where(reading)),
            ),
        };
        self.answer(answer, asked_where(reading), reading.observed_at)
    }

    /// Answered from what two regions say: none for what is missing or too old. As old as the older of what is known; unknown when
    /// nothing is.
    pub(super) fn read_both<T>(
        self,
        [one, other]: [Option<&Reading<T>>; 2],
        now: DateTime<Utc>,
        judge: impl FnOnce(Option<&T>, Option<&T>) -> Answer,
    ) -> Precondition {
        let known = [one, other].map(|reading| reading.filter(|reading| reading.known(now).is_some()));
        let [value, other_value] = known.map(|reading| reading.and_then(|reading| reading.known(now)));
        let oldest = known
            .into_iter()
            .flatten()
            .filter_map(|reading| reading.observed_at)
            .min();
        let mut sources = known.into_iter().flatten();
        let Some(first) = sources.next() else {
            return self.read(one, now, |_| unknown("not known", "Wait for the next reading."));
        };
        let mut source = asked_where(first);
        if let Some(second) = sources.next() {
            source = format!("{source} and {}", second.region);
        }
        self.answer(judge(value, other_value), source, oldest)
    }

    /// Answered from what the portal knows by itself, now.
    pub(super) fn portal(self, now: DateTime<Utc>, answer: Answer) -> Precondition {
        self.answer(answer, "Lifeboat".to_owned(), Some(now))
    }

    fn answer(self, answer: Answer, source: String, observed_at: Option<DateTime<Utc>>) -> Precondition {
        Precondition {
            name: self.name.to_owned(),
            title: self.title,
            verdict: answer.verdict,
            weight: self.weight,
            acknowledgement: self.acknowledgement.map(str::to_owned),
            detail: answer.detail,
            remedy: answer.remedy,
            source,
            observed_at,
        }
    }
}

fn asked_where<T>(reading: &Reading<T>) -> String {
    match reading.region.is_empty() {
        true => reading.source.clone(),
        false => format!("{} in {}", reading.source, reading.region),
    }
}

fn why_unknown<T>(reading: &Reading<T>, now: DateTime<Utc>) -> String {
    let age = match (&reading.value, reading.age_seconds(now)) {
        (Some(_), Some(age)) => format!(
            "the newest value is {age} s old, {} s is the limit",
            reading.max_age_seconds
        ),
        _ => "no value".to_owned(),
    };
    match &reading.trouble {
        Some(trouble) => format!("{age}: {trouble}"),
        None => age,
    }
}
