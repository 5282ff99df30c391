//! Moving the writer: Aurora is asked once, and a request whose answer was lost is looked for before it is asked again.

use chrono::TimeDelta;
use lifeboat_domain::failover::FailoverKind;
use lifeboat_domain::reading::Topology;

use crate::engine::facts;
use crate::engine::turn::{Halt, LEASE_SECONDS, Look, Trouble, Turn};
use crate::{CloudError, WriterMove};

/// A request whose answer was lost may take this long to show.
const SETTLE: TimeDelta = TimeDelta::seconds(10);
/// When nothing moves for this long, Aurora dropped what it had accepted.
const GAVE_UP: TimeDelta = TimeDelta::seconds(60);

/// Asks Aurora; sees what an earlier worker asked for.
pub(super) async fn ask_once(turn: &mut Turn<'_>) -> Result<Look, Trouble> {
    let topology = turn.topology().await?;
    let writes = topology.writer_region.as_deref() == Some(turn.to.region.as_str());
    let Some(asked_at) = turn.asked_at() else {
        may_ask(turn, &topology, writes)?;
        check_kill_switch(turn).await?;
        return ask(turn, true).await;
    };
    if writes || topology.is_moving() {
        return Ok(Look::Done(format!(
            "Aurora was asked at {}",
            asked_at.format("%H:%M:%S UTC")
        )));
    }
    if turn.now() - asked_at < SETTLE {
        return Ok(Look::Wait("an earlier request may not show yet".to_owned()));
    }
    check_kill_switch(turn).await?;
    ask(turn, false).await
}

/// Nobody else moves the writer.
fn may_ask(turn: &Turn<'_>, topology: &Topology, writes: bool) -> Result<(), Halt> {
    let region = &turn.to.region;
    if writes {
        return Err(Halt::Refused(format!(
            "{region} writes already, and this failover did not ask for it"
        )));
    }
    if topology.is_moving() {
        return Err(Halt::Refused(format!(
            "the global database is {}, and this failover did not ask for it",
            topology.status
        )));
    }
    match topology.member_in(region) {
        Some(_) => Ok(()),
        None => Err(Halt::Refused(format!(
            "the global database has no member in {region}"
        ))),
    }
}

/// The operators' switch, once more: it may have been thrown since the preconditions were asked.
async fn check_kill_switch(turn: &mut Turn<'_>) -> Result<(), Trouble> {
    let (cloud, target) = (turn.cloud, turn.target);
    let region = &target.standby.region;
    let automation = turn
        .ask("reading the kill switch", region, cloud.automation(target))
        .await?;
    if automation.armed {
        return Ok(());
    }
    let why = "the kill switch was thrown: arm it, then retry".to_owned();
    Err(match turn.asked_at() {
        None => Halt::Refused(why),
        Some(_) => Halt::Failed(why),
    }
    .into())
}

/// Records that Aurora is asked, then asks. After both the slot and the record were written, this process still is the one.
async fn ask(turn: &mut Turn<'_>, first: bool) -> Result<Look, Trouble> {
    turn.renew(LEASE_SECONDS).await?;
    turn.leave(facts::ASKED_AT, turn.now());
    turn.save().await?;
    let (cloud, target, to) = (turn.cloud, turn.target, turn.to);
    let how = match turn.failover.kind {
        FailoverKind::Failover => WriterMove::Forced,
        FailoverKind::Switchover | FailoverKind::Failback => WriterMove::Switchover,
    };
    let moving = cloud.move_writer(target, to, how);
    match turn.ask("moving the writer", &to.region, moving).await {
        Ok(done) => {
            let step = turn.step();
            if let (Some(id), Some(record)) = (done.request_id, turn.record(step)) {
                record.request_ids.push(id);
            }
            Ok(Look::Done("Aurora accepted".to_owned()))
        }
        // A plain no to the only request there ever was: nothing is under way, and nothing was changed.
        Err(error @ CloudError::Refused { .. }) if first => {
            turn.take_back(facts::ASKED_AT);
            turn.save().await?;
            Err(error.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Waits until the region's cluster writes and is available.
pub(super) async fn wait(turn: &mut Turn<'_>) -> Result<Look, Trouble> {
    let topology = turn.topology().await?;
    if topology.writer_region.as_deref() != Some(turn.to.region.as_str()) {
        return match gave_up(turn, &topology) {
            true => ask_again(turn).await,
            false => Ok(Look::Wait(in_words(&topology))),
        };
    }
    turn.leave(facts::WRITER_MOVED, true);
    let (cloud, target, to) = (turn.cloud, turn.target, turn.to);
    let cluster = turn
        .ask("describing the cluster", &to.region, cloud.cluster(target, to))
        .await?;
    match cluster.can_write() {
        true => Ok(Look::Done(format!(
            "{} writes and is available",
            to.cluster_identifier
        ))),
        false => Ok(Look::Wait(format!(
            "{} writes; it is {}, {} of {} instances available",
            to.cluster_identifier, cluster.status, cluster.available_instances, cluster.instances
        ))),
    }
}

fn gave_up(turn: &Turn<'_>, topology: &Topology) -> bool {
    let asked_at = turn.asked_at();
    !topology.is_moving() && asked_at.is_none_or(|at| turn.now() - at >= GAVE_UP)
}

/// Aurora dropped what it had accepted. After a forced failover the name leads to the new region by now: the way is on. A switchover
/// changed nothing yet: people decide, and their retry asks again.
async fn ask_again(turn: &mut Turn<'_>) -> Result<Look, Trouble> {
    let told: bool = turn.fact(turn.step(), facts::GAVE_UP).unwrap_or_default();
    if !turn.failover.kind.may_lose_data() && !told {
        turn.leave(facts::GAVE_UP, true);
        let why = "Aurora gave the switchover up, and the roles are as they were: retry asks again, abort leaves them so";
        return Err(Halt::Failed(why.to_owned()).into());
    }
    check_kill_switch(turn).await?;
    turn.take_back(facts::GAVE_UP);
    ask(turn, false).await?;
    Ok(Look::Wait(
        "Aurora was asked again, for it gave up what it had accepted".to_owned(),
    ))
}

fn in_words(topology: &Topology) -> String {
    let writer = topology.writer_region.as_deref().unwrap_or("no member");
    format!("the global database is {}; {writer} writes", topology.status)
}
