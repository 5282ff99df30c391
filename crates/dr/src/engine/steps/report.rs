//! The end: the automation learns of the change of roles, the metrics are published, the slot is given back.

use lifeboat_domain::failover::report::Report;
use lifeboat_domain::failover::{FailoverKind, StepName};

use crate::engine::turn::{Look, Trouble, Turn};
use crate::engine::{facts, measure};
use crate::{CloudError, MetricValue, SlotLease};

pub(super) async fn tell(turn: &mut Turn<'_>) -> Result<Look, Trouble> {
    if !turn.fact::<bool>(turn.step(), facts::TOLD).unwrap_or_default() {
        note_change(turn).await?;
        publish(turn).await;
        turn.leave(facts::TOLD, true);
        turn.save().await?;
    }
    release(turn).await?;
    Ok(Look::Done("measured; the operation slot is free".to_owned()))
}

/// From here on the automation's anti-flap window runs. It must know before it may act again.
async fn note_change(turn: &mut Turn<'_>) -> Result<(), CloudError> {
    turn.held()?;
    let moved_at = turn
        .failover
        .step(StepName::AwaitWriter)
        .and_then(|step| step.ended_at);
    let at = moved_at.unwrap_or_else(|| turn.now());
    let (cloud, target, id) = (turn.cloud, turn.target, turn.failover.id.to_string());
    let back = turn.failover.kind == FailoverKind::Failback;
    let noting = cloud.note_roles_changed(target, &id, back, at);
    turn.ask("noting that the roles changed", &target.standby.region, noting)
        .await
}

/// Dashboards can do without; the failover cannot wait for them.
async fn publish(turn: &mut Turn<'_>) {
    let report = measure::report(&turn.failover);
    let values = metrics(turn.failover.kind, &report);
    let (cloud, target) = (turn.cloud, turn.target);
    let putting = cloud.put_metrics(target, &values);
    if let Err(error) = turn
        .ask("publishing the metrics", &target.standby.region, putting)
        .await
    {
        tracing::warn!(failover = %turn.failover.id, %error, "publishing the metrics");
    }
}

fn metrics(kind: FailoverKind, report: &Report) -> Vec<MetricValue<'static>> {
    let seconds = |name, value: Option<f64>| {
        value.map(|value| MetricValue {
            name,
            value,
            unit: "Seconds",
        })
    };
    let rto = report.rto_from_failure_seconds.or(report.rto_seconds);
    let found = match kind {
        FailoverKind::Failback => [seconds("FailbackDuration", report.rto_seconds), None],
        FailoverKind::Failover | FailoverKind::Switchover => [
            seconds("FailoverRto", rto),
            seconds("FailoverDataLoss", report.lost_seconds),
        ],
    };
    found.into_iter().flatten().collect()
}

/// By the token in the record: an earlier worker may have come as far as here, and what is free stays free.
async fn release(turn: &mut Turn<'_>) -> Result<(), CloudError> {
    let Some(token) = turn.fact(StepName::TakeSlot, facts::TOKEN) else {
        return Ok(());
    };
    // It is not kept any more: the answer may be lost.
    turn.lease = None;
    let lease = SlotLease {
        holder: turn.holder(),
        token,
    };
    let (cloud, target) = (turn.cloud, turn.target);
    let releasing = cloud.release_slot(target, &lease);
    turn.ask(
        "giving the operation slot back",
        &target.standby.region,
        releasing,
    )
    .await?;
    Ok(())
}
