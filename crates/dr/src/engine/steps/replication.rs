//! Until the other region follows again, so that the next failover has somewhere to go.

use chrono::{DateTime, Utc};
use lifeboat_domain::failover::StepName;

use crate::LagRequest;
use crate::engine::turn::{Look, Trouble, Turn};

pub(super) async fn wait(turn: &mut Turn<'_>) -> Result<Look, Trouble> {
    let topology = turn.topology().await?;
    let from = &turn.from.region;
    let Some(member) = topology.member_in(from) else {
        return Ok(Look::Wait(format!("the global database has no member in {from}")));
    };
    if topology.is_moving() || member.is_writer {
        return Ok(Look::Wait(format!("the global database is {}", topology.status)));
    }
    match member.synchronization.as_deref() {
        Some("connected") => Ok(Look::Done(format!("{from} is connected"))),
        Some(other) => Ok(Look::Wait(format!("{from} is {other}"))),
        None => by_lag(turn).await,
    }
}

/// Where AWS does not say it, a lag within the RPO that was measured after the roles had changed does.
async fn by_lag(turn: &mut Turn<'_>) -> Result<Look, Trouble> {
    let (cloud, target, from) = (turn.cloud, turn.target, turn.from);
    let request = [LagRequest {
        cluster_identifier: from.cluster_identifier.clone(),
        source_region: turn.to.region.clone(),
    }];
    let lags = turn
        .ask(
            "reading the lag",
            &from.region,
            cloud.lags(target, &from.region, &request),
        )
        .await?;
    let moved_at = turn
        .failover
        .step(StepName::AwaitWriter)
        .and_then(|step| step.ended_at);
    let newer = |at: DateTime<Utc>| moved_at.is_none_or(|moved| at > moved);
    let region = &from.region;
    Ok(
        match lags.into_iter().next().flatten().filter(|seen| newer(seen.at)) {
            Some(seen) if seen.value <= f64::from(turn.failover.rpo_seconds) => {
                Look::Done(format!("{region} is {:.1} s behind", seen.value))
            }
            Some(seen) => Look::Wait(format!("{region} is {:.1} s behind", seen.value)),
            None => Look::Wait(format!("the lag of {region} is not known yet")),
        },
    )
}
