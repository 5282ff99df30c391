//! The application's name: the DNS switch is set, and DNS is looked at until it leads to the region that writes.

use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_domain::failover::StepName;

use crate::CloudError;
use crate::engine::facts;
use crate::engine::turn::{Look, Trouble, Turn};
use crate::preview::steps::thrown;

/// The metric behind the switch is fed again this often while DNS does not follow.
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

/// Waits until DNS leads there; feeds the switch meanwhile.
pub(super) async fn wait(turn: &mut Turn<'_>) -> Result<Look, Trouble> {
    let (cloud, target) = (turn.cloud, turn.target);
    let answer = turn.ask("looking the name up", "DNS", cloud.name(target)).await?;
    if answer.region.as_deref() == Some(turn.to.region.as_str()) {
        turn.leave(facts::MOVED_AT, turn.now());
        return Ok(Look::Done(format!("{} leads to {}", target.name, turn.to.region)));
    }
    feed(turn).await?;
    let leads = answer.region.as_deref().unwrap_or("neither region");
    Ok(Look::Wait(format!("{} leads to {leads}", target.name)))
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
