//! Proof that the new writer takes writes, and how far the old one's heartbeats had come.

use std::time::Duration;

use chrono::{DateTime, Utc};
use lifeboat_domain::reading::Heartbeat;

use crate::engine::facts;
use crate::engine::measure::lost_seconds;
use crate::engine::turn::{Look, Trouble, Turn};

/// A proof is up to eight calls in a row, most of them to the Data API, which is slow while a cluster has just begun to write: each may take
/// seconds, and a proof that is cut short is begun anew and never comes to its end.
const PROOF_LIMIT: Duration = Duration::from_secs(40);
/// The old writer's mark is only for the measurement: silence about it must not hold the failover up.
const MARK_ATTEMPTS: u32 = 3;

pub(super) async fn prove(turn: &mut Turn<'_>) -> Result<Look, Trouble> {
    let step = turn.step();
    if turn.fact::<DateTime<Utc>>(step, facts::FIRST_WRITE_AT).is_none() {
        write(turn).await?;
    }
    let committed = committed(turn).await;
    turn.leave(facts::COMMITTED, committed);
    let from = &turn.from.region;
    Ok(Look::Done(match lost_seconds(&turn.failover) {
        Some(lost) => format!("a write was taken; {lost:.1} s of the writes of {from} are gone"),
        None => format!("a write was taken; what of {from} is gone could not be measured"),
    }))
}

async fn write(turn: &mut Turn<'_>) -> Result<(), Trouble> {
    let (cloud, target, to) = (turn.cloud, turn.target, turn.to);
    let writing = cloud.write_heartbeat(target, to);
    let (_, arrived) = turn
        .ask_for(PROOF_LIMIT, "writing a heartbeat", &to.region, writing)
        .await?;
    turn.leave(facts::FIRST_WRITE_AT, turn.now());
    turn.leave(facts::ARRIVED, arrived);
    turn.save().await?;
    Ok(())
}

/// The newest heartbeat that the old writer committed, by its mark in the standby region.
async fn committed(turn: &mut Turn<'_>) -> Option<Heartbeat> {
    let (cloud, target, from) = (turn.cloud, turn.target, turn.from);
    for _ in 0..MARK_ATTEMPTS {
        let asking = cloud.heartbeat(target, &from.region);
        match turn
            .ask("reading the old writer's mark", &target.standby.region, asking)
            .await
        {
            Ok(mark) => return mark,
            Err(error) => {
                tracing::warn!(failover = %turn.failover.id, %error, "reading the old writer's mark");
            }
        }
        turn.sleep(Duration::from_secs(1)).await;
    }
    None
}
