//! What stands in the way of each kind, and what must not.

use chrono::TimeDelta;
use lifeboat_domain::AccountId;
use lifeboat_domain::failover::StepName;
use lifeboat_domain::failover::preview::{Precondition, Verdict, Weight};
use lifeboat_domain::failover::report::StepTime;
use lifeboat_domain::reading::{
    Alarm, Automation, ClusterState, Heartbeat, Member, NameAnswer, Probe, Reading, SlotHolder, Topology,
};

use super::*;
use crate::TargetRegion;
use crate::readings::{testing, unread};

/// An environment of which everything is known and well.
struct Scene {
    target: Target,
    readings: Readings,
    facts: PortalFacts,
    now: DateTime<Utc>,
}

impl Scene {
    /// `writer` is the region that writes.
    fn new(writer: &str) -> Self {
        let target = testing::target(AccountId::generate(), "demo");
        let now = Utc::now();
        let readings = readings(&target, writer, now);
        Self {
            target,
            readings,
            facts: facts(),
            now,
        }
    }

    fn of(kind: FailoverKind) -> Self {
        match kind {
            FailoverKind::Failback => Self::new(testing::STANDBY),
            FailoverKind::Switchover | FailoverKind::Failover => Self::new(testing::PRIMARY),
        }
    }

    fn preview(&self, kind: FailoverKind) -> Preview {
        let objectives = Objectives {
            rto_seconds: 300,
            rpo_seconds: 60,
        };
        preview(
            kind,
            &self.target,
            objectives,
            &self.readings,
            &self.facts,
            self.now,
        )
    }

    fn blockers(&self, kind: FailoverKind) -> Vec<String> {
        self.preview(kind).blockers().map(|it| it.name.clone()).collect()
    }

    fn acknowledgements(&self, kind: FailoverKind) -> Vec<String> {
        self.preview(kind).acknowledgements().map(str::to_owned).collect()
    }

    fn found(&self, kind: FailoverKind, name: &str) -> Precondition {
        let found = self.preview(kind).preconditions;
        found
            .into_iter()
            .find(|it| it.name == name)
            .unwrap_or_else(|| panic!("no precondition {name}"))
    }

    fn automation(&mut self) -> &mut Automation {
        self.readings.automation.value.as_mut().unwrap()
    }

    fn region(&mut self, region: &str) -> &mut lifeboat_domain::reading::RegionReadings {
        self.readings
            .regions
            .iter_mut()
            .find(|it| it.region == region)
            .unwrap()
    }

    /// Nothing of that region is known any more.
    fn silence(&mut self, region: &str) {
        let now = self.now;
        let region = self.region(region);
        silence(&mut region.cluster, now);
        silence(&mut region.application, now);
        silence(&mut region.health_check, now);
        silence(&mut region.alarms, now);
    }
}

/// The last value is an hour old.
fn silence<T>(reading: &mut Reading<T>, now: DateTime<Utc>) {
    reading.observed_at = Some(now - TimeDelta::hours(1));
    reading.trouble = Some("no answer".to_owned());
}

fn facts() -> PortalFacts {
    PortalFacts {
        environment_state: EnvironmentState::Ready,
        guarded: false,
        applying: None,
        planning: None,
        open_failover: None,
        last_plan: Some(LastPlan {
            made_at: Utc::now(),
            drifted: false,
        }),
        experience: Vec::new(),
    }
}

fn readings(target: &Target, writer: &str, now: DateTime<Utc>) -> Readings {
    let mut readings = unread(target, now);
    let topology = Topology {
        status: "available".to_owned(),
        writer_region: Some(writer.to_owned()),
        members: [&target.primary, &target.standby]
            .map(|of| member(of, writer))
            .to_vec(),
        engine_version: "16.6".to_owned(),
    };
    readings.topology = readings.topology.observed(topology, now);
    readings.lag_seconds = readings.lag_seconds.observed(0.4, now);
    let name = NameAnswer {
        name: target.name.clone(),
        answers: Vec::new(),
        region: Some(writer.to_owned()),
    };
    readings.name = readings.name.observed(name, now);
    let thrown = writer == target.standby.region;
    readings.automation = readings.automation.observed(automation(thrown, now), now);
    for region in &mut readings.regions {
        region.cluster = region.cluster.clone().observed(cluster(), now);
        region.application = region.application.clone().observed(probe(), now);
        region.health_check = region.health_check.clone().observed(true, now);
        region.alarms = region.alarms.clone().observed(Vec::new(), now);
        let beat = Heartbeat {
            number: 7,
            written_at: now,
        };
        region.heartbeat = region.heartbeat.clone().observed(beat, now);
    }
    readings
}

fn member(of: &TargetRegion, writer: &str) -> Member {
    let is_writer = of.region == writer;
    Member {
        region: of.region.clone(),
        cluster_arn: of.cluster_arn.clone(),
        is_writer,
        synchronization: (!is_writer).then(|| "connected".to_owned()),
    }
}

fn automation(thrown: bool, now: DateTime<Utc>) -> Automation {
    Automation {
        armed: true,
        verdict: Some(if thrown { "degraded" } else { "healthy" }.to_owned()),
        verdict_since: Some(now),
        probed_at: Some(now),
        first_failed_at: None,
        switch_thrown: thrown,
        switch_alarm: Some(if thrown { "ALARM" } else { "OK" }.to_owned()),
        slot: None,
        operation_id: None,
        operation_status: None,
        roles_changed_at: None,
        quiet_until: None,
    }
}

fn cluster() -> ClusterState {
    ClusterState {
        status: "available".to_owned(),
        engine_version: "16.6".to_owned(),
        instances: 1,
        available_instances: 1,
        capacity: "0.5 to 16 ACU".to_owned(),
    }
}

fn probe() -> Probe {
    Probe {
        healthy: true,
        status: Some(200),
        milliseconds: 41,
        detail: "200 in 41 ms".to_owned(),
    }
}

#[test]
fn when_all_is_well_only_the_loss_is_to_be_acknowledged() {
    for kind in FailoverKind::ALL {
        let scene = Scene::of(kind);
        assert_eq!(scene.blockers(kind), [""; 0], "{kind:?}");
        let asked: &[&str] = if kind.may_lose_data() { &["data_loss"] } else { &[] };
        assert_eq!(scene.acknowledgements(kind), asked, "{kind:?}");
        for found in scene.preview(kind).preconditions {
            let held = found.verdict == Verdict::Holds;
            let expected = !matches!(found.name.as_str(), "data_loss" | "active_cluster" | "monitor");
            assert!(held || !expected || !kind.may_lose_data(), "{kind:?}: {found:?}");
            assert!(held || kind.may_lose_data(), "{kind:?}: {found:?}");
            assert!(
                !found.source.is_empty() && found.observed_at.is_some(),
                "{kind:?}: {found:?}"
            );
            assert_eq!(found.remedy.is_none(), held, "{kind:?}: {found:?}");
        }
    }
}

#[test]
fn lag_missing_blocks_what_must_lose_nothing() {
    for kind in [FailoverKind::Switchover, FailoverKind::Failback] {
        let mut scene = Scene::of(kind);
        silence(&mut scene.readings.lag_seconds, scene.now);
        assert_eq!(scene.blockers(kind), ["lag"]);
        let found = scene.found(kind, "lag");
        assert_eq!(found.verdict, Verdict::Unknown);
        assert!(
            found.detail.contains("3600 s old") && found.detail.contains("no answer"),
            "{}",
            found.detail
        );
        assert!(found.remedy.is_some());
    }
}

#[test]
fn lag_missing_leaves_a_forced_failover_to_whoever_acknowledges_it() {
    let mut scene = Scene::of(FailoverKind::Failover);
    silence(&mut scene.readings.lag_seconds, scene.now);
    assert_eq!(scene.blockers(FailoverKind::Failover), [""; 0]);
    assert_eq!(scene.acknowledgements(FailoverKind::Failover), ["data_loss"]);
    assert_eq!(scene.preview(FailoverKind::Failover).at_risk_seconds, None);
    let found = scene.found(FailoverKind::Failover, "data_loss");
    assert!(found.detail.contains("nobody knows"), "{}", found.detail);
}

#[test]
fn a_lag_above_the_rpo_blocks_a_switchover_and_is_at_risk_in_a_failover() {
    let mut scene = Scene::of(FailoverKind::Switchover);
    scene.readings.lag_seconds.value = Some(75.0);
    assert_eq!(scene.blockers(FailoverKind::Switchover), ["lag"]);
    assert_eq!(scene.preview(FailoverKind::Switchover).at_risk_seconds, Some(0.0));
    assert_eq!(scene.blockers(FailoverKind::Failover), [""; 0]);
    assert_eq!(scene.found(FailoverKind::Failover, "lag").verdict, Verdict::Fails);
    assert_eq!(scene.preview(FailoverKind::Failover).at_risk_seconds, Some(75.0));
}

#[test]
fn cloudwatch_failing_blocks_only_what_must_lose_nothing() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        let now = scene.now;
        silence(&mut scene.readings.lag_seconds, now);
        for region in &mut scene.readings.regions {
            silence(&mut region.alarms, now);
        }
        scene.automation().switch_alarm = None;
        for name in ["lag", "alarms", "dns_switch"] {
            assert_eq!(
                scene.found(kind, name).verdict,
                Verdict::Unknown,
                "{kind:?}: {name}"
            );
        }
        let blockers: &[&str] = if kind.may_lose_data() {
            &[]
        } else {
            &["lag", "alarms", "dns_switch"]
        };
        assert_eq!(scene.blockers(kind), blockers, "{kind:?}");
    }
}

#[test]
fn the_alarms_of_one_region_alone_do_not_do() {
    let mut scene = Scene::of(FailoverKind::Switchover);
    let now = scene.now;
    silence(&mut scene.region(testing::PRIMARY).alarms, now);
    assert_eq!(scene.blockers(FailoverKind::Switchover), ["alarms"]);
}

#[test]
fn an_alarm_that_rings_is_said_but_the_switchs_own() {
    let mut scene = Scene::of(FailoverKind::Failback);
    let switch = scene.target.switch_alarm.clone();
    let alarm = |name: &str| Alarm {
        name: name.to_owned(),
        state: "ALARM".to_owned(),
        reason: "threshold crossed".to_owned(),
        since: Utc::now(),
    };
    scene.region(testing::STANDBY).alarms.value = Some(vec![alarm(&switch)]);
    assert_eq!(
        scene.found(FailoverKind::Failback, "alarms").verdict,
        Verdict::Holds
    );
    scene.region(testing::STANDBY).alarms.value = Some(vec![alarm(&switch), alarm("cpu")]);
    let found = scene.found(FailoverKind::Failback, "alarms");
    assert_eq!((found.verdict, found.detail.as_str()), (Verdict::Warns, "cpu"));
    assert_eq!(scene.blockers(FailoverKind::Failback), [""; 0]);
}

#[test]
fn topology_unknown_blocks_every_kind() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        silence(&mut scene.readings.topology, scene.now);
        assert!(scene.blockers(kind).contains(&"topology".to_owned()), "{kind:?}");
        assert_eq!(scene.preview(kind).from_region, None, "{kind:?}");
    }
}

#[test]
fn a_move_under_way_blocks_every_kind() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        scene.readings.topology.value.as_mut().unwrap().status = "failing-over".to_owned();
        assert_eq!(scene.blockers(kind), ["topology"], "{kind:?}");
    }
}

#[test]
fn what_writes_already_cannot_be_made_the_writer() {
    let scene = Scene::new(testing::STANDBY);
    for kind in [FailoverKind::Switchover, FailoverKind::Failover] {
        assert!(scene.blockers(kind).contains(&"topology".to_owned()), "{kind:?}");
    }
    let scene = Scene::new(testing::PRIMARY);
    assert!(
        scene
            .blockers(FailoverKind::Failback)
            .contains(&"topology".to_owned())
    );
}

#[test]
fn a_region_without_a_member_cannot_take_over() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        let to = steps::to_region(kind, &scene.target).region.clone();
        scene
            .readings
            .topology
            .value
            .as_mut()
            .unwrap()
            .members
            .retain(|member| member.region != to);
        assert!(scene.blockers(kind).contains(&"topology".to_owned()), "{kind:?}");
    }
}

#[test]
fn a_secondary_without_instances_blocks_every_kind() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        let to = steps::to_region(kind, &scene.target).region.clone();
        let cluster = scene.region(&to).cluster.value.as_mut().unwrap();
        (cluster.instances, cluster.available_instances) = (0, 0);
        assert_eq!(scene.blockers(kind), ["standby_healthy"], "{kind:?}");
        assert_eq!(
            scene.found(kind, "standby_sized").verdict,
            Verdict::Warns,
            "{kind:?}"
        );
    }
}

#[test]
fn an_unknown_secondary_blocks_every_kind() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        let to = steps::to_region(kind, &scene.target).region.clone();
        let now = scene.now;
        silence(&mut scene.region(&to).cluster, now);
        assert!(
            scene.blockers(kind).contains(&"standby_healthy".to_owned()),
            "{kind:?}"
        );
    }
}

#[test]
fn a_silent_primary_region_does_not_stand_in_the_way_of_a_forced_failover() {
    let mut scene = Scene::of(FailoverKind::Failover);
    scene.silence(testing::PRIMARY);
    silence(&mut scene.readings.lag_seconds, scene.now);
    silence(&mut scene.readings.name, scene.now);
    assert_eq!(scene.blockers(FailoverKind::Failover), [""; 0]);
    assert_eq!(scene.acknowledgements(FailoverKind::Failover), ["data_loss"]);
    for name in ["active_cluster", "standby_sized", "same_version"] {
        let found = scene.found(FailoverKind::Failover, name);
        assert_eq!(
            (found.verdict, found.weight),
            (Verdict::Unknown, Weight::Informs),
            "{name}"
        );
    }
    for name in ["active_cluster", "same_version", "lag", "alarms", "name"] {
        assert!(
            scene
                .blockers(FailoverKind::Switchover)
                .contains(&name.to_owned()),
            "{name}"
        );
    }
}

#[test]
fn an_apply_running_blocks_or_is_to_be_acknowledged() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        scene.facts.applying = Some(12);
        let found = scene.found(kind, "no_apply");
        assert!(found.detail.contains("run 12"), "{}", found.detail);
        match kind.may_lose_data() {
            true => assert_eq!(scene.acknowledgements(kind), ["data_loss", "running_apply"]),
            false => assert_eq!(scene.blockers(kind), ["no_apply"]),
        }
    }
}

#[test]
fn a_plan_under_way_gives_way() {
    let mut scene = Scene::of(FailoverKind::Switchover);
    scene.facts.planning = Some(13);
    assert_eq!(scene.blockers(FailoverKind::Switchover), [""; 0]);
    assert_eq!(
        scene.found(FailoverKind::Switchover, "no_apply").verdict,
        Verdict::Warns
    );
}

#[test]
fn a_kill_switch_disarmed_or_unknown_blocks_every_kind() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        scene.automation().armed = false;
        assert_eq!(scene.blockers(kind), ["kill_switch"], "{kind:?}");
        silence(&mut scene.readings.automation, scene.now);
        assert!(
            scene.blockers(kind).contains(&"kill_switch".to_owned()),
            "{kind:?}"
        );
    }
}

#[test]
fn a_slot_held_by_the_orchestrator_blocks_every_kind() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        let now = scene.now;
        let slot = |lease_until, unfinished| SlotHolder {
            holder: "failover:incident".to_owned(),
            purpose: "failover".to_owned(),
            lease_until,
            unfinished,
        };
        let (ahead, over) = (now + TimeDelta::seconds(20), now - TimeDelta::seconds(20));
        for (lease_until, unfinished) in [(ahead, false), (ahead, true), (over, true)] {
            scene.automation().slot = Some(slot(lease_until, unfinished));
            assert_eq!(scene.blockers(kind), ["automation_slot"], "{kind:?}");
            let found = scene.found(kind, "automation_slot");
            assert!(found.detail.contains("failover:incident"), "{}", found.detail);
        }
        scene.automation().slot = Some(slot(over, false));
        assert_eq!(
            scene.blockers(kind),
            [""; 0],
            "{kind:?}: its lease is over and nothing is unfinished"
        );
    }
}

#[test]
fn the_orchestrator_at_work_without_a_lease_blocks_every_kind() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        scene.automation().operation_status = Some("running".to_owned());
        assert_eq!(scene.blockers(kind), ["automation_slot"], "{kind:?}");
    }
}

#[test]
fn another_failover_of_the_portals_blocks_every_kind() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        scene.facts.open_failover = Some(3);
        assert_eq!(scene.blockers(kind), ["portal_slot"], "{kind:?}");
    }
}

#[test]
fn flapping_is_to_be_acknowledged() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        let now = scene.now;
        scene.automation().quiet_until = Some(now + TimeDelta::seconds(90));
        assert_eq!(scene.blockers(kind), [""; 0], "{kind:?}");
        assert!(
            scene.acknowledgements(kind).contains(&"flapping".to_owned()),
            "{kind:?}"
        );
        let found = scene.found(kind, "anti_flap");
        assert!(found.detail.contains("90 s"), "{}", found.detail);
        scene.automation().quiet_until = Some(now - TimeDelta::seconds(1));
        assert!(
            !scene.acknowledgements(kind).contains(&"flapping".to_owned()),
            "{kind:?}"
        );
    }
}

#[test]
fn a_dead_primary_region_is_nowhere_to_fail_back_to() {
    let mut scene = Scene::of(FailoverKind::Failback);
    let now = scene.now;
    scene.automation().verdict = Some("unhealthy".to_owned());
    assert_eq!(scene.blockers(FailoverKind::Failback), ["monitor"]);
    scene.automation().verdict = Some("healthy".to_owned());
    scene.automation().probed_at = Some(now - TimeDelta::seconds(61));
    assert_eq!(
        scene.blockers(FailoverKind::Failback),
        ["monitor"],
        "the verdict is old"
    );
    assert_eq!(
        scene.found(FailoverKind::Failback, "monitor").verdict,
        Verdict::Unknown
    );
}

#[test]
fn different_versions_block_only_what_must_lose_nothing() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        scene
            .region(testing::STANDBY)
            .cluster
            .value
            .as_mut()
            .unwrap()
            .engine_version = "16.4".to_owned();
        let blockers: &[&str] = if kind.may_lose_data() {
            &[]
        } else {
            &["same_version"]
        };
        assert_eq!(scene.blockers(kind), blockers, "{kind:?}");
        assert_eq!(
            scene.found(kind, "same_version").verdict,
            Verdict::Fails,
            "{kind:?}"
        );
    }
}

#[test]
fn an_application_that_does_not_answer_there_blocks_only_what_must_lose_nothing() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        let to = steps::to_region(kind, &scene.target).region.clone();
        scene.region(&to).application.value.as_mut().unwrap().healthy = false;
        let blockers: &[&str] = if kind.may_lose_data() {
            &[]
        } else {
            &["application"]
        };
        assert_eq!(scene.blockers(kind), blockers, "{kind:?}");
    }
}

#[test]
fn a_switch_without_data_is_no_switch() {
    let mut scene = Scene::of(FailoverKind::Switchover);
    scene.automation().switch_alarm = Some("INSUFFICIENT_DATA".to_owned());
    assert_eq!(scene.blockers(FailoverKind::Switchover), ["dns_switch"]);
    assert_eq!(scene.blockers(FailoverKind::Failover), [""; 0]);
}

#[test]
fn what_was_never_applied_cannot_fail_over() {
    for state in [EnvironmentState::New, EnvironmentState::Destroyed] {
        let mut scene = Scene::of(FailoverKind::Failover);
        scene.facts.environment_state = state;
        assert_eq!(
            scene.blockers(FailoverKind::Failover),
            ["environment"],
            "{state:?}"
        );
    }
}

#[test]
fn drift_and_guards_are_said() {
    let mut scene = Scene::of(FailoverKind::Switchover);
    scene.facts.last_plan = Some(LastPlan {
        made_at: scene.now,
        drifted: true,
    });
    scene.facts.guarded = true;
    assert_eq!(
        scene.found(FailoverKind::Switchover, "no_drift").verdict,
        Verdict::Warns
    );
    assert_eq!(
        scene.found(FailoverKind::Switchover, "second_operator").verdict,
        Verdict::Warns
    );
    scene.facts.last_plan = None;
    assert_eq!(
        scene.found(FailoverKind::Switchover, "no_drift").verdict,
        Verdict::Unknown
    );
    assert_eq!(scene.blockers(FailoverKind::Switchover), [""; 0]);
}

#[test]
fn nothing_read_yet_is_nothing_known() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        scene.readings = unread(&scene.target, scene.now);
        for name in ["topology", "standby_healthy", "kill_switch", "automation_slot"] {
            assert!(
                scene.blockers(kind).contains(&name.to_owned()),
                "{kind:?}: {name}"
            );
        }
        scene.readings.regions.clear();
        assert!(
            scene.blockers(kind).contains(&"standby_healthy".to_owned()),
            "{kind:?}"
        );
    }
}

#[test]
fn steps_are_announced_with_what_they_usually_took() {
    let mut scene = Scene::of(FailoverKind::Failover);
    assert_eq!(scene.preview(FailoverKind::Failover).expected_seconds, None);
    scene.facts.experience = [40.0, 100.0, 60.0].map(report).to_vec();
    let preview = scene.preview(FailoverKind::Failover);
    assert_eq!((preview.expected_seconds, preview.experience), (Some(60.0), 3));
    let announced: Vec<StepName> = preview.steps.iter().map(|step| step.name).collect();
    assert_eq!(announced, StepName::of(FailoverKind::Failover));
    let promote = preview
        .steps
        .iter()
        .find(|step| step.name == StepName::Promote)
        .unwrap();
    assert_eq!(promote.usual_seconds, Some(30.0));
    assert!(promote.undo.as_deref().is_some_and(|undo| undo.contains("lost")));
}

fn report(seconds: f64) -> Report {
    Report {
        first_failed_at: None,
        triggered_at: Utc::now(),
        first_write_at: None,
        name_moved_at: None,
        rto_seconds: Some(seconds),
        rto_from_failure_seconds: None,
        lost_seconds: None,
        rto_objective_seconds: 300,
        rpo_objective_seconds: 60,
        steps: vec![StepTime {
            name: StepName::Promote,
            seconds: seconds / 2.0,
        }],
        own_seconds: 0.1,
    }
}

#[test]
fn the_middle_of_an_even_number_lies_between_two() {
    assert_eq!(steps::median([1.0, 4.0, 2.0, 8.0].into_iter()), Some(3.0));
    assert_eq!(steps::median([].into_iter()), None);
}
