//! The application's name: the DNS switch is set, and DNS is looked at until it leads to the region that writes and the switch holds
//! it there.

use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_domain::failover::StepName;

use crate::CloudError;
use crate::engine::facts;
use crate::engine::turn::{Halt, Look, Trouble, Turn};
use crate::preview::steps::thrown;

/// The metric behind the switch is fed again this often while DNS or the alarm does not follow.
const FEED_EVERY: TimeDelta = TimeDelta::seconds(15);

pub(super) async fn set_switch(turn: &mut Turn<'_>) -> Result<Look, Trouble> {
    set(turn).await?;
    let now = turn.now();
    if turn
        .fact::<DateTime<Utc>>(turn.step(), facts::SWITCHED_AT)
        .is_none()
    {
        turn.leave(facts::SWITCHED_AT, now);
    }
    Ok(Look::Done(match thrown(turn.failover.kind) {
        true => format!("thrown: {} is to lead to {}", turn.target.name, turn.to.region),
        false => format!("released: {} follows {} again", turn.target.name, turn.to.region),
    }))
}

/// Waits until DNS leads there and the switch's alarm agrees; feeds the switch meanwhile.
///
/// A failing health check of the other region's host leads the name there, too, and home again as soon as that host answers. Only the
/// alarm tells that the switch holds it. The RTO ends when the name leads there; waiting for the alarm is not charged to it.
pub(super) async fn wait(turn: &mut Turn<'_>) -> Result<Look, Trouble> {
    let (cloud, target) = (turn.cloud, turn.target);
    let answer = turn.ask("looking the name up", "DNS", cloud.name(target)).await?;
    if answer.region.as_deref() != Some(turn.to.region.as_str()) {
        // It may have led there before: what counts is when it came to stay.
        turn.take_back(facts::MOVED_AT);
        feed(turn).await?;
        let leads = answer.region.as_deref().unwrap_or("neither region");
        return Ok(Look::Wait(format!("{} leads to {leads}", target.name)));
    }
    note_moved(turn).await?;
    let asking = cloud.switch_alarm(target);
    let alarm = turn
        .ask("reading the switch's alarm", &target.standby.region, asking)
        .await;
    let wanted = alarm_wanted(turn);
    if matches!(&alarm, Ok(Some(state)) if state == wanted) {
        turn.leave(facts::CONFIRMED_AT, turn.now());
        return Ok(Look::Done(format!(
            "{} leads to {}, and the switch's alarm says {wanted}",
            target.name, turn.to.region
        )));
    }
    feed_gently(turn).await?;
    Ok(Look::Wait(not_held(turn, &alarm)))
}

/// What the alarm says when the switch is as it should be.
fn alarm_wanted(turn: &Turn<'_>) -> &'static str {
    match thrown(turn.failover.kind) {
        true => "ALARM",
        false => "OK",
    }
}

/// DNS leads there, recorded at once: another worker that goes on must not charge its waiting to the RTO.
async fn note_moved(turn: &mut Turn<'_>) -> Result<(), Halt> {
    if turn.fact::<DateTime<Utc>>(turn.step(), facts::MOVED_AT).is_some() {
        return Ok(());
    }
    turn.leave(facts::MOVED_AT, turn.now());
    turn.save().await
}

/// Why the name cannot be called moved yet, and what people can do when it stays so.
fn not_held(turn: &Turn<'_>, alarm: &Result<Option<String>, CloudError>) -> String {
    let (target, wanted) = (turn.target, alarm_wanted(turn));
    let said = match alarm {
        Ok(Some(state)) => format!("says {state} and not {wanted}"),
        Ok(None) => "does not exist".to_owned(),
        Err(error) => format!("could not be read ({error})"),
    };
    format!(
        "{name} leads to {to}, but the switch's alarm {alarm} {said}: until it says {wanted}, the health check of {from} alone may turn \
         the name. Look at the alarm and its metric StandbyTakesOver in {standby}, then retry; skip leaves the name as it is",
        name = target.name,
        to = turn.to.region,
        alarm = target.switch_alarm,
        from = turn.from.region,
        standby = target.standby.region,
    )
}

/// Feeds the switch; a CloudWatch that takes no metric is told by its alarm already.
async fn feed_gently(turn: &mut Turn<'_>) -> Result<(), CloudError> {
    match feed(turn).await {
        Err(CloudError::SlotLost) => Err(CloudError::SlotLost),
        Err(error) => {
            tracing::warn!(failover = %turn.failover.id, %error, "feeding the DNS switch");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

async fn feed(turn: &mut Turn<'_>) -> Result<(), CloudError> {
    let now = turn.now();
    let fed = turn
        .fact::<DateTime<Utc>>(turn.step(), facts::FED_AT)
        .or_else(|| turn.fact(StepName::MoveName, facts::SWITCHED_AT));
    if fed.is_some_and(|at| now - at < FEED_EVERY) {
        return Ok(());
    }
    set(turn).await?;
    turn.leave(facts::FED_AT, now);
    Ok(())
}

async fn set(turn: &mut Turn<'_>) -> Result<(), CloudError> {
    let lease = turn.held()?;
    let (cloud, target) = (turn.cloud, turn.target);
    let setting = cloud.set_switch(target, thrown(turn.failover.kind), &lease);
    let done = turn
        .ask("setting the DNS switch", &target.standby.region, setting)
        .await?;
    let step = turn.step();
    if let (Some(id), Some(record)) = (done.request_id, turn.record(step)) {
        record.request_ids.push(id);
    }
    Ok(())
}
