//! What is asked of the global database and its clusters.

use chrono::TimeDelta;
use lifeboat_domain::failover::preview::{Precondition, Weight};
use lifeboat_domain::reading::{ClusterState, Reading, Topology};

use super::Asked;
use super::question::{Answer, Question, fails, holds, unknown, warns};

/// While all is well the newest heartbeat is at most this old.
const FRESH_BEAT: TimeDelta = TimeDelta::seconds(15);
/// A writer whose newest heartbeat is older than its end by more was not counted to its end: clocks of different machines meet here.
pub(crate) const BEATS_UNTIL: TimeDelta = TimeDelta::seconds(30);

/// Its members are known, the region that is to write follows, and nothing moves.
pub(super) fn topology(asked: &Asked<'_>) -> Precondition {
    let title = format!(
        "{} follows, and no change of roles is under way",
        asked.to().region
    );
    Question::new("topology", title, Weight::Blocks).read(
        Some(&asked.readings.topology),
        asked.now,
        |topology| judge_topology(asked, topology),
    )
}

fn judge_topology(asked: &Asked<'_>, topology: &Topology) -> Answer {
    let (to, from) = (&asked.to().region, &asked.from().region);
    let writer = topology.writer_region.as_deref();
    if topology.member_in(to).is_none() {
        return fails(
            format!("no member in {to}"),
            "Apply the environment: its standby cluster is gone.",
        );
    }
    if writer == Some(to.as_str()) {
        return fails(
            format!("{to} writes already"),
            "Nothing is to be moved; choose the other direction.",
        );
    }
    if topology.is_moving() {
        return fails(
            format!("it is {} now", topology.status),
            "Wait until the move that is under way has ended.",
        );
    }
    if !asked.lossless() {
        let writes = writer.map_or_else(
            || "no member writes".to_owned(),
            |region| format!("{region} writes"),
        );
        return holds(format!("{writes}, {to} follows; {}", topology.status));
    }
    match writer {
        Some(writer) if writer == from => match topology.status == "available" {
            false => fails(
                format!("its status is {}", topology.status),
                "Wait until it is available.",
            ),
            true => holds(format!("{from} writes, {to} follows")),
        },
        _ => fails(
            format!("{from} does not write"),
            "A lossless change of roles needs a writer; consider a forced failover.",
        ),
    }
}

/// The cluster that is to write could.
pub(super) fn standby_healthy(asked: &Asked<'_>) -> Precondition {
    let title = format!(
        "The cluster in {} is available, with an instance",
        asked.to().region
    );
    let reading = asked.readings_of(asked.to()).map(|readings| &readings.cluster);
    Question::new("standby_healthy", title, Weight::Blocks).read(reading, asked.now, |cluster| match cluster
        .can_write()
    {
        true => holds(in_words(cluster)),
        false => fails(
            in_words(cluster),
            "Bring an instance of that cluster up; nothing could be promoted.",
        ),
    })
}

/// The cluster that writes: a lossless change of roles needs it, a forced one should not be made while it is well.
pub(super) fn active(asked: &Asked<'_>) -> Precondition {
    let region = &asked.from().region;
    let reading = asked.readings_of(asked.from()).map(|readings| &readings.cluster);
    let title = match asked.lossless() {
        true => format!("The cluster in {region} is available, with an instance"),
        false => format!("The cluster in {region} is not well"),
    };
    Question::new("active_cluster", title, asked.blocks_lossless()).read(
        reading,
        asked.now,
        |cluster| match (asked.lossless(), cluster.can_write()) {
            (true, true) | (false, false) => holds(in_words(cluster)),
            (true, false) => fails(
                in_words(cluster),
                "A lossless change of roles needs it; consider a forced failover.",
            ),
            (false, true) => warns(in_words(cluster), "Consider a switchover: it loses nothing."),
        },
    )
}

/// The cluster that is to write is as large as the one that does.
pub(super) fn standby_sized(asked: &Asked<'_>) -> Precondition {
    compared(
        asked,
        "standby_sized",
        "Both clusters are of one size",
        Weight::Informs,
        |to, from| {
            let seen = format!(
                "{} × {} there, {} × {} here",
                to.instances, to.capacity, from.instances, from.capacity
            );
            match to.instances >= from.instances && to.capacity == from.capacity {
                true => holds(seen),
                false => warns(
                    seen,
                    "Expect less capacity there until the environment is changed.",
                ),
            }
        },
    )
}

/// Both clusters run one version.
pub(super) fn same_version(asked: &Asked<'_>) -> Precondition {
    compared(
        asked,
        "same_version",
        "Both clusters run one engine version",
        asked.blocks_lossless(),
        |to, from| match to.engine_version == from.engine_version {
            true => holds(to.engine_version.clone()),
            false => fails(
                format!("{} there, {} here", to.engine_version, from.engine_version),
                "Bring both clusters to one version.",
            ),
        },
    )
}

/// A precondition of both clusters; the older reading is the one it is as old as.
fn compared(
    asked: &Asked<'_>,
    name: &'static str,
    title: &'static str,
    weight: Weight,
    judge: impl FnOnce(&ClusterState, &ClusterState) -> Answer,
) -> Precondition {
    let to = asked.readings_of(asked.to()).map(|readings| &readings.cluster);
    let from = asked.readings_of(asked.from()).map(|readings| &readings.cluster);
    let question = Question::new(name, title, weight);
    let known =
        |reading: Option<&Reading<ClusterState>>| reading.is_some_and(|it| it.known(asked.now).is_some());
    match (to, from.and_then(|reading| reading.known(asked.now))) {
        (Some(_), Some(here)) if known(to) => question.read(to, asked.now, |there| judge(there, here)),
        _ if known(to) => question.read(from, asked.now, |_| unknown("only one cluster is known", "Wait.")),
        _ => question.read(to, asked.now, |_| unknown("only one cluster is known", "Wait.")),
    }
}

/// AWS says that the follower is connected.
pub(super) fn replication(asked: &Asked<'_>) -> Precondition {
    let to = &asked.to().region;
    let question = Question::new(
        "replication",
        format!("{to} is connected to the writer"),
        asked.blocks_lossless(),
    );
    question.read(
        Some(&asked.readings.topology),
        asked.now,
        |topology| match topology
            .member_in(to)
            .map(|member| member.synchronization.as_deref())
        {
            Some(Some("connected")) => holds("connected"),
            Some(Some(other)) => fails(
                other,
                "Wait until it is connected; a forced failover does not need it.",
            ),
            Some(None) => warns("AWS does not say", "Go by the lag."),
            None => fails(
                format!("no member in {to}"),
                "Apply the environment: its standby cluster is gone.",
            ),
        },
    )
}

/// How far the follower is behind.
pub(super) fn lag(asked: &Asked<'_>) -> Precondition {
    let title = format!(
        "{} is behind by less than the RPO of {} s",
        asked.to().region,
        asked.rpo_seconds
    );
    Question::new("lag", title, asked.blocks_lossless()).read(
        Some(&asked.readings.lag_seconds),
        asked.now,
        |lag| match *lag <= f64::from(asked.rpo_seconds) {
            true => holds(format!("{lag:.1} s behind")),
            false => fails(
                format!("{lag:.1} s behind"),
                "Wait until it has caught up: writes stop for as long.",
            ),
        },
    )
}

/// What a forced failover would lose. Always asked for: nobody can promise that it is nothing.
pub(super) fn data_loss(asked: &Asked<'_>) -> Option<Precondition> {
    if asked.lossless() {
        return None;
    }
    let question = Question::acknowledged("data_loss", "No write is lost", "data_loss");
    let mut found = question.read(Some(&asked.readings.lag_seconds), asked.now, |lag| {
        fails(
            format!("about {lag:.1} s of writes are at risk"),
            "Acknowledge the loss, or choose a switchover.",
        )
    });
    if asked.readings.lag_seconds.known(asked.now).is_none() {
        found.detail = format!("nobody knows how much is at risk: {}", found.detail);
        found.remedy = Some("Acknowledge the loss; how much it was is measured afterwards.".to_owned());
    }
    Some(found)
}

/// The heartbeats by which the loss is measured: they must go on now, or have gone on until the writer failed.
pub(super) fn heartbeat(asked: &Asked<'_>) -> Precondition {
    let reading = asked
        .readings_of(asked.from())
        .map(|readings| &readings.heartbeat);
    let question = Question::new("heartbeat", "What is lost can be measured", Weight::Informs);
    let automation = asked.readings.automation.known(asked.now);
    let failed_at = automation
        .and_then(|automation| automation.first_failed_at)
        .filter(|_| !asked.lossless());
    let limit = match asked.lossless() {
        true => FRESH_BEAT,
        false => BEATS_UNTIL,
    };
    question.read(reading, asked.now, |beat| {
        let age = (failed_at.unwrap_or(asked.now) - beat.written_at).max(TimeDelta::zero());
        let seconds = age.num_seconds();
        let seen = match failed_at {
            Some(_) => format!(
                "heartbeat {}, {seconds} s before the first failed probe",
                beat.number
            ),
            None => format!("heartbeat {}, {seconds} s ago", beat.number),
        };
        match age <= limit {
            true => holds(seen),
            false => warns(
                seen,
                "See that the heartbeat function runs; until then nobody counts what is lost.",
            ),
        }
    })
}

fn in_words(cluster: &ClusterState) -> String {
    format!(
        "{}, {} of {} instances available",
        cluster.status, cluster.available_instances, cluster.instances
    )
}
