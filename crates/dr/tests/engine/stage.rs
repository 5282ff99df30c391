//! A world, a failover to be made in it, workers that make it, and what must be true in the end.

use std::time::Duration;

use lifeboat_domain::failover::preview::Preview;
use lifeboat_domain::failover::{
    Acknowledgements, Failover, FailoverKind, FailoverState, Origin, StepName, StepRecord, StepState,
};
use lifeboat_domain::{EnvironmentId, FailoverId, TeamId, UserId};
use lifeboat_dr::Target;
use lifeboat_dr::engine::{Clock, Ended, execute, slot_holder};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::book::Book;
use crate::faults::{Death, Fault, Which};
use crate::state::{PRIMARY, STANDBY};
use crate::world::World;

/// The portal's own lease: nobody resumes a failover before a dead worker's has ended.
pub(crate) const LEASE: Duration = Duration::from_secs(15);
/// Longer than any failover may take before people are asked.
const PATIENCE: Duration = Duration::from_secs(3_600);

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Switchover,
    /// Forced, while the primary region is well.
    Forced,
    /// Forced, while the primary region answers nothing.
    Dead,
    Failback,
}

impl Act {
    pub(crate) const ALL: [Self; 4] = [Self::Switchover, Self::Forced, Self::Dead, Self::Failback];

    pub(crate) fn kind(self) -> FailoverKind {
        match self {
            Self::Switchover => FailoverKind::Switchover,
            Self::Forced | Self::Dead => FailoverKind::Failover,
            Self::Failback => FailoverKind::Failback,
        }
    }

    fn regions(self) -> (&'static str, &'static str) {
        match self {
            Self::Failback => (STANDBY, PRIMARY),
            _ => (PRIMARY, STANDBY),
        }
    }
}

pub(crate) struct Stage {
    pub(crate) act: Act,
    pub(crate) world: World,
    pub(crate) book: Book,
    pub(crate) target: Target,
}

impl Stage {
    pub(crate) async fn new(act: Act) -> Self {
        let (from, _) = act.regions();
        let world = World::new(from);
        if act == Act::Dead {
            world.state().dead_since = Some(world.clock.now());
            world.plan().faults.push((Which::Region(PRIMARY), Fault::Hang));
            tokio::time::sleep(Duration::from_secs(20)).await;
        }
        let book = Book::new(failover(act, &world));
        Self {
            act,
            world,
            book,
            target: target(),
        }
    }

    /// A worker takes the failover as far as it gets; none when it died.
    pub(crate) async fn work(&self) -> Option<Ended> {
        let (failover, pen) = self.book.claim();
        let stop = CancellationToken::new();
        let ended = execute(failover, &self.target, &self.world, &pen, &self.world.clock, stop);
        tokio::select! {
            ended = tokio::time::timeout(PATIENCE, ended) => Some(ended.expect("a failover that never ends")),
            () = self.world.died.notified() => None,
            () = self.book.died.notified() => None,
        }
    }

    /// Workers take the failover on until one comes to an end.
    pub(crate) async fn work_on(&self) -> Ended {
        for _ in 0..10 {
            if let Some(ended) = self.work().await {
                return ended;
            }
            tokio::time::sleep(LEASE).await;
        }
        panic!("ten workers died");
    }

    /// A worker freezes at a call, another one ends the failover, then the first goes on as if nothing had happened.
    pub(crate) async fn work_beside_frozen(&self) -> Option<(Ended, Ended)> {
        let (failover, pen) = self.book.claim();
        let stop = CancellationToken::new();
        let frozen = execute(failover, &self.target, &self.world, &pen, &self.world.clock, stop);
        tokio::pin!(frozen);
        tokio::select! {
            _ = &mut frozen => return None,
            () = self.world.died.notified() => {}
        }
        self.world.plan().deaths.clear();
        tokio::time::sleep(LEASE).await;
        let ended = self.work_on().await;
        self.world.thaw.notify_one();
        Some((ended, frozen.await))
    }

    /// The right end, whatever happened on the way.
    pub(crate) fn assert_finished(&self, what: &str) {
        self.assert_ended(what);
        self.assert_slot_free(what);
    }

    /// The right end, but for the slot.
    pub(crate) fn assert_ended(&self, what: &str) {
        let failover = self.book.failover();
        let (_, to) = self.act.regions();
        assert_eq!(
            failover.state,
            FailoverState::Finished,
            "{what}: {:?}",
            failover.why
        );
        for step in &failover.steps {
            assert_eq!(step.state, StepState::Done, "{what}: {:?}", step);
        }
        let state = self.world.state();
        assert_eq!(state.writer, to, "{what}");
        assert_eq!(state.name_region, to, "{what}");
        assert_eq!(state.thrown, to == STANDBY, "{what}");
        assert!(
            state
                .noted
                .iter()
                .all(|(back, _)| *back == (self.act == Act::Failback)),
            "{what}"
        );
        assert!(!state.noted.is_empty(), "{what}");
        drop(state);
        self.assert_one_move(1, what);
        self.assert_measured(&failover, what);
    }

    pub(crate) fn assert_one_move(&self, moves: u32, what: &str) {
        let state = self.world.state();
        assert_eq!(
            state.doubled, 0,
            "{what}: a second request while one was under way"
        );
        assert_eq!(
            state.moves + u32::from(state.moving.is_some()),
            moves,
            "{what}: moves of the writer"
        );
    }

    pub(crate) fn assert_slot_free(&self, what: &str) {
        assert_eq!(self.world.state().slot.holder, None, "{what}: the slot is held");
    }

    fn assert_measured(&self, failover: &Failover, what: &str) {
        let report = failover
            .report
            .clone()
            .unwrap_or_else(|| panic!("{what}: no report"));
        let rto = report.rto_seconds.unwrap_or_else(|| panic!("{what}: no RTO"));
        let total = (self.world.clock.now() - failover.created_at).as_seconds_f64();
        assert!(rto > 4.0 && rto <= total, "{what}: RTO {rto} of {total}");
        let lost = report
            .lost_seconds
            .unwrap_or_else(|| panic!("{what}: loss not measured"));
        let truth = if self.act.kind().may_lose_data() { 2.0 } else { 0.0 };
        assert!(
            (lost - truth).abs() < 0.01,
            "{what}: {lost} s lost, in truth {truth}"
        );
        assert_eq!(
            report.rto_from_failure_seconds.is_some(),
            self.act == Act::Dead,
            "{what}"
        );
        assert!(
            report.own_seconds.is_some_and(|own| own < 2.0),
            "{what}: {:?} s of its own",
            report.own_seconds
        );
        assert_eq!(report.steps.len(), failover.steps.len(), "{what}");
    }

    /// Refused means that nothing was changed.
    pub(crate) fn assert_untouched(&self, what: &str) {
        let state = self.world.state();
        assert_eq!(state.thrown, self.act.regions().0 == STANDBY, "{what}");
        assert!(state.noted.is_empty(), "{what}");
        drop(state);
        self.assert_one_move(0, what);
    }

    pub(crate) fn holder(&self) -> String {
        slot_holder(self.book.failover().id)
    }
}

pub(crate) fn step_of(kind: FailoverKind) -> StepName {
    if kind.may_lose_data() {
        StepName::Promote
    } else {
        StepName::SwitchOver
    }
}

fn failover(act: Act, world: &World) -> Failover {
    let now = world.clock.now();
    let (from, to) = act.regions();
    Failover {
        id: FailoverId::generate(),
        environment_id: EnvironmentId::generate(),
        environment_suffix: "demo".to_owned(),
        team_id: TeamId::generate(),
        number: 1,
        origin: Origin::Portal,
        kind: act.kind(),
        state: FailoverState::Queued,
        from_region: from.to_owned(),
        to_region: to.to_owned(),
        reason: "test".to_owned(),
        drill: false,
        acknowledged: Acknowledgements {
            data_loss: true,
            ..Acknowledgements::default()
        },
        requested_by: Some(UserId::generate()),
        requested_by_login: Some("ada".to_owned()),
        confirmed_by_login: None,
        preview: Some(Preview {
            kind: act.kind(),
            made_at: now,
            from_region: Some(from.to_owned()),
            to_region: to.to_owned(),
            lossless: !act.kind().may_lose_data(),
            at_risk_seconds: None,
            rpo_seconds: 60,
            rto_seconds: 300,
            expected_seconds: None,
            experience: 0,
            preconditions: Vec::new(),
            steps: Vec::new(),
        }),
        steps: StepName::of(act.kind())
            .iter()
            .map(|name| StepRecord::pending(*name))
            .collect(),
        pause_requested: false,
        why: None,
        report: None,
        rto_seconds: 300,
        rpo_seconds: 60,
        revision: 1,
        created_at: now,
        started_at: None,
        ended_at: None,
    }
}

fn target() -> Target {
    let region = |region: &str, role| lifeboat_dr::TargetRegion {
        region: region.to_owned(),
        built_as: role,
        cluster_identifier: format!("cluster-{region}"),
        cluster_arn: format!("arn:aws:rds:{region}:123456789012:cluster:cluster-{region}"),
        secret_arn: format!("arn:aws:secretsmanager:{region}:123456789012:secret:db"),
        host: format!("{region}.demo.example"),
        health_path: "/health".to_owned(),
        health_check: "check".to_owned(),
        alarm_word: "demo".to_owned(),
    };
    let account = json!({
        "id": uuid(), "name": "sandbox", "aws_account_id": "123456789012", "guarded": false,
    });
    Target {
        environment: EnvironmentId::generate(),
        suffix: "demo".to_owned(),
        account: serde_json::from_value(account).unwrap(),
        primary: region(PRIMARY, lifeboat_domain::reading::RegionRole::Primary),
        standby: region(STANDBY, lifeboat_domain::reading::RegionRole::Standby),
        global_cluster: "global-demo".to_owned(),
        database: "payments".to_owned(),
        name: "api.demo.example".to_owned(),
        state_table: "state-demo".to_owned(),
        kill_switch: "/demo/kill-switch".to_owned(),
        switch_alarm: "standby-takes-over".to_owned(),
        anti_flap_seconds: 3600,
    }
}

fn uuid() -> String {
    EnvironmentId::generate().to_string()
}

/// Kinds of death a worker may die at a call or at a save.
pub(crate) const DEATHS: [Death; 2] = [Death::Before, Death::After];
