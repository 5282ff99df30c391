//! What is asked of the application, its name and the alarms.

use chrono::TimeDelta;
use lifeboat_domain::failover::FailoverKind;
use lifeboat_domain::failover::preview::{Precondition, Weight};
use lifeboat_domain::reading::{Alarm, Automation};

use super::Asked;
use super::question::{Answer, Question, fails, holds, unknown, warns};
use crate::TargetRegion;

/// A verdict of the monitor's says nothing of now when it is older than this, seconds. The orchestrator's own limit.
const VERDICT_AGE: i64 = 60;

/// The application answers in the region that is to serve.
pub(super) fn answers(asked: &Asked<'_>) -> Precondition {
    let title = format!("The application answers in {}", asked.to().region);
    let reading = asked
        .readings_of(asked.to())
        .map(|readings| &readings.application);
    Question::new("application", title, asked.blocks_lossless()).read(reading, asked.now, |probe| match probe
        .healthy
    {
        true => holds(probe.detail.clone()),
        false => fails(
            probe.detail.clone(),
            "See why it does not: the name would lead to it.",
        ),
    })
}

/// What the health monitor says of the region built as primary. A failback goes to that region, so it must not be called dead.
pub(super) fn monitor(asked: &Asked<'_>) -> Precondition {
    let region = &asked.target.primary.region;
    let (title, weight) = match asked.kind {
        FailoverKind::Failback => (
            format!("The health monitor does not call {region} dead"),
            Weight::Blocks,
        ),
        FailoverKind::Switchover => (
            format!("The health monitor does not call {region} dead"),
            Weight::Informs,
        ),
        FailoverKind::Failover => (format!("The health monitor calls {region} dead"), Weight::Informs),
    };
    Question::new("monitor", title, weight).read(Some(&asked.readings.automation), asked.now, |automation| {
        judge_monitor(asked, automation)
    })
}

fn judge_monitor(asked: &Asked<'_>, automation: &Automation) -> Answer {
    let fresh = automation
        .probed_at
        .is_some_and(|at| asked.now - at <= TimeDelta::seconds(VERDICT_AGE));
    let verdict = automation.verdict.as_deref().filter(|_| fresh);
    match (asked.kind, verdict) {
        (_, None | Some("unknown")) => unknown(
            "it has not said anything of late",
            "See that the health monitor runs.",
        ),
        (FailoverKind::Failover, Some("unhealthy")) => holds("unhealthy"),
        (FailoverKind::Failover, Some(other)) => warns(other, "Be sure before you force it."),
        (_, Some("unhealthy")) => fails("unhealthy", "See why; a dead region cannot take part."),
        (_, Some(other)) => holds(other),
    }
}

/// No alarm rings in the regions that take part.
pub(super) fn alarms(asked: &Asked<'_>) -> Precondition {
    let question = Question::new("alarms", "No alarm rings", asked.blocks_lossless());
    let reading = |region: &TargetRegion| asked.readings_of(region).map(|readings| &readings.alarms);
    let here = reading(asked.from()).and_then(|reading| reading.known(asked.now));
    let there = reading(asked.to());
    let there_known = there.is_some_and(|reading| reading.known(asked.now).is_some());
    if asked.lossless() && there_known && here.is_none() {
        return question.read(reading(asked.from()), asked.now, |_| holds(""));
    }
    question.read(there, asked.now, |alarms| {
        // The switch's own alarm rings for as long as the standby takes over: that is its work.
        let rings = |alarm: &&Alarm| alarm.rings() && alarm.name != asked.target.switch_alarm;
        let ringing: Vec<&str> = alarms
            .iter()
            .chain(here.into_iter().flatten())
            .filter(rings)
            .map(|alarm| alarm.name.as_str())
            .collect();
        match ringing.is_empty() {
            true => holds("none rings"),
            false => warns(ringing.join(", "), "See what they say before you go on."),
        }
    })
}

/// The alarm behind the DNS switch works, and says what the switch says.
pub(super) fn dns_switch(asked: &Asked<'_>) -> Precondition {
    let question = Question::new("dns_switch", "The DNS switch works", asked.blocks_lossless());
    question.read(Some(&asked.readings.automation), asked.now, |automation| {
        let state = match automation.switch_thrown {
            true => "ALARM",
            false => "OK",
        };
        match automation.switch_alarm.as_deref() {
            None => unknown(
                "its alarm could not be read",
                "See that CloudWatch answers in the standby region.",
            ),
            Some("INSUFFICIENT_DATA") => fails(
                "its alarm has no data",
                "See that the health monitor runs: it feeds the switch.",
            ),
            Some(seen) if seen == state => holds(format!("its alarm says {seen}, as it should")),
            Some(seen) => warns(
                format!("its alarm says {seen}, the switch says {state}"),
                "The alarm follows within two minutes; wait for it.",
            ),
        }
    })
}

/// The name leads to the region that writes.
pub(super) fn name(asked: &Asked<'_>) -> Precondition {
    let from = &asked.from().region;
    let title = format!("{} leads to {from}", asked.target.name);
    Question::new("name", title, asked.blocks_lossless()).read(
        Some(&asked.readings.name),
        asked.now,
        |name| match name.region.as_deref() {
            Some(region) if region == from => holds(format!("it leads to {region}")),
            Some(region) => warns(
                format!("it leads to {region} already"),
                "See why, unless you expected it.",
            ),
            None => warns("it leads to neither region", "See what DNS answers."),
        },
    )
}

/// What Route 53's checkers say. Nothing depends on it: the switch is made without Route 53's control plane.
pub(super) fn health_check(asked: &Asked<'_>) -> Precondition {
    let title = format!("Route 53 calls {} healthy", asked.to().region);
    let reading = asked
        .readings_of(asked.to())
        .map(|readings| &readings.health_check);
    Question::new("health_check", title, Weight::Informs).read(reading, asked.now, |healthy| match healthy {
        true => holds("healthy"),
        false => warns(
            "unhealthy",
            "See what the application's host answers to the checkers.",
        ),
    })
}
