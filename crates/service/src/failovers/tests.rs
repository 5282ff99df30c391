//! Failovers through the portal: real store, real engine, AWS in memory. `Stage` is what they all start from.

mod commands;
mod evidence;
mod fleet;
mod following;
mod lost;
mod request;
mod rights;
mod runs;
mod whole;

use std::sync::Arc;
use std::time::Duration;

use lifeboat_domain::environment::Environment;
use lifeboat_domain::failover::{Acknowledgements, Failover, FailoverKind, FailoverState, NewFailover};
use lifeboat_domain::parameter::{ParameterValue, ParameterValues};
use lifeboat_domain::run::{Phase, Run, RunChange, RunKind};
use lifeboat_domain::{EnvironmentId, FailoverId, RunId};
use lifeboat_dr::testing::{PRIMARY, STANDBY, StubCloud};
use lifeboat_dr::{Cloud, readings};
use lifeboat_store::{ChangeFacts, Engine, NewEnvironmentRow, NewRunRow};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{FailoverWorker, FailoverWorkerSettings};
use crate::state_backend::RunAccess;
use crate::tests::{OPEN, TEAM, World};
use crate::{Portal, Result, audit};

pub(super) const SUFFIX: &str = "ledger";

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// An environment that was applied, in a cloud where all is well.
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) cloud: Arc<StubCloud>,
    pub(crate) environment: EnvironmentId,
}

/// A failover worker at work.
pub(crate) struct Working {
    stop: CancellationToken,
    task: JoinHandle<Result<()>>,
}

impl Working {
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        let stopped = tokio::time::timeout(PATIENCE, self.task).await;
        stopped.expect("the worker stops").unwrap().unwrap();
    }
}

pub(crate) fn settings() -> FailoverWorkerSettings {
    FailoverWorkerSettings {
        lease: Duration::from_secs(2),
        beat: Duration::from_millis(200),
        poll: Duration::from_millis(20),
        ..FailoverWorkerSettings::default()
    }
}

pub(crate) fn work(portal: &Portal, settings: FailoverWorkerSettings) -> Working {
    let stop = CancellationToken::new();
    let worker = FailoverWorker::new(portal.clone(), settings);
    let task = tokio::spawn(worker.run(stop.clone()));
    Working { stop, task }
}

/// What an operator types.
pub(super) fn wanted(kind: FailoverKind) -> NewFailover {
    NewFailover {
        kind,
        confirmation: SUFFIX.to_owned(),
        reason: "to see that it works".to_owned(),
        acknowledged: Acknowledgements {
            data_loss: kind.may_lose_data(),
            ..Acknowledgements::default()
        },
        drill: true,
    }
}

impl Stage {
    /// On SQLite, in the account where one operator is enough.
    pub(crate) async fn new() -> Self {
        Self::on(Engine::Sqlite, OPEN).await
    }

    pub(crate) async fn on(engine: Engine, account: &str) -> Self {
        let cloud = Arc::new(StubCloud::default());
        let world = World::on(engine, Some(cloud.clone() as Arc<dyn Cloud>)).await;
        let environment = world.applied(account).await;
        let stage = Self {
            world,
            cloud,
            environment,
        };
        stage.read().await;
        stage
    }

    pub(crate) fn portal(&self) -> &Portal {
        &self.world.portal
    }

    /// Another process.
    pub(crate) fn another_portal(&self) -> Portal {
        crate::tests::portal_with(&self.world.store, Some(self.cloud.clone() as Arc<dyn Cloud>))
    }

    pub(crate) async fn environment(&self) -> Environment {
        self.world
            .store
            .store
            .environment(self.environment)
            .await
            .unwrap()
    }

    /// One round of the monitor.
    pub(crate) async fn read(&self) {
        let environment = self.environment().await;
        let target = self.portal().target_of(&environment).await.unwrap();
        let read = readings::read_all(self.cloud.as_ref(), &target, None).await;
        let store = &self.world.store.store;
        store.save_readings(&[(self.environment, read)]).await.unwrap();
    }

    pub(crate) async fn ask(&self, login: &str, new: &NewFailover) -> Result<Failover> {
        let who = self.world.who(login).await;
        self.portal()
            .request_failover(&who, self.environment, new, None)
            .await
    }

    pub(crate) async fn failover(&self, id: FailoverId) -> Failover {
        self.world.store.store.failover(id).await.unwrap()
    }

    /// Waits until the failover is in that state.
    pub(crate) async fn until(&self, id: FailoverId, state: FailoverState) -> Failover {
        let reached = |failover: &Failover| {
            assert!(
                failover.state == state || !failover.state.is_ended(),
                "{:?} instead of {state:?}: {:?}",
                failover.state,
                failover.why
            );
            failover.state == state
        };
        self.until_it(id, reached).await
    }

    pub(crate) async fn until_it(&self, id: FailoverId, reached: impl Fn(&Failover) -> bool) -> Failover {
        let waited = tokio::time::timeout(PATIENCE, async {
            loop {
                let failover = self.failover(id).await;
                if reached(&failover) {
                    return failover;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
        match waited.await {
            Ok(failover) => failover,
            Err(_) => panic!("{:#?}", self.failover(id).await),
        }
    }

    /// Actions in the audit chain about the failover, oldest first.
    pub(crate) async fn audited(&self, id: FailoverId) -> Vec<String> {
        self.audited_of(&format!("failover/{id}")).await
    }

    /// Actions in the audit chain about `subject`, oldest first.
    pub(crate) async fn audited_of(&self, subject: &str) -> Vec<String> {
        let root = self.world.who("root").await;
        let page = self
            .portal()
            .audit_events(&root, &Default::default())
            .await
            .unwrap();
        let mut told: Vec<_> = page
            .items
            .into_iter()
            .filter(|event| event.subject == subject)
            .map(|event| event.action)
            .collect();
        told.reverse();
        told
    }
}

impl World {
    /// An environment whose first run was applied, with the outputs that watching needs.
    async fn applied(&self, account: &str) -> EnvironmentId {
        let store = &self.store.store;
        let profile = &self.portal.catalog().get("tiny").expect("the profile").profile;
        let requester = self.who("requester").await;
        let row = NewEnvironmentRow {
            id: EnvironmentId::generate(),
            suffix: SUFFIX.to_owned(),
            team_id: store.team_by_name(TEAM).await.unwrap().expect("the team").id,
            account_id: store.account_by_name(account).await.unwrap().expect("it").id,
            profile: profile.name.clone(),
            profile_digest: profile.digest.clone(),
            active_region: PRIMARY.to_owned(),
            standby_region: STANDBY.to_owned(),
            parameters: ParameterValues::from([
                (
                    "environment_suffix".to_owned(),
                    ParameterValue::Text(SUFFIX.to_owned()),
                ),
                (
                    "anti_flap_seconds".to_owned(),
                    ParameterValue::Number(3_600.into()),
                ),
            ]),
            created_by: requester.user.id,
        };
        let id = row.id;
        let run = NewRunRow {
            id: RunId::generate(),
            kind: RunKind::Provision,
            requested_by: requester.user.id,
        };
        let event = audit::event("test", "environment.create", String::new(), json!({}));
        store.create_environment(row, run, None, event).await.unwrap();
        let planned = self.plan_next().await;
        self.apply(&planned, 1).await;
        id
    }

    /// Approves the run and applies it: a state with outputs comes of it.
    pub(super) async fn apply(&self, planned: &Run, serial: i64) {
        self.approve(planned).await;
        let claim = self.claim().await;
        let access = RunAccess {
            run: claim.run.id,
            environment: claim.environment.id,
            fence: claim.fence,
            phase: Phase::Apply,
        };
        let state = serde_json::to_vec(&state(serial)).unwrap();
        self.portal.keep_state(&access, None, &state, true).await.unwrap();
        self.report(&claim, RunChange::ApplyFinished, ChangeFacts::default())
            .await;
    }
}

/// A state with the outputs that every profile has.
pub(crate) fn state(serial: i64) -> Value {
    let names = [
        ("primary_region", PRIMARY),
        ("secondary_region", STANDBY),
        ("primary_cluster_identifier", "cluster-primary"),
        ("secondary_cluster_identifier", "cluster-secondary"),
        ("primary_cluster_arn", "arn:cluster-primary"),
        ("secondary_cluster_arn", "arn:cluster-secondary"),
        ("database_secret_arn", "arn:secret-primary"),
        ("database_replica_secret_arn", "arn:secret-secondary"),
        ("primary_endpoint", "primary.example.net"),
        ("secondary_endpoint", "secondary.example.net"),
        ("primary_health_check_id", "check-primary"),
        ("secondary_health_check_id", "check-secondary"),
        ("health_check_path", "/health"),
        ("global_cluster_identifier", "global"),
        ("database_name", "ledger"),
        ("application_fqdn", "ledger.example.net"),
        ("state_table_name", "table"),
        ("kill_switch_parameter_name", "/kill-switch"),
        ("switch_alarm_name", "alarm-standby-takes-over"),
    ];
    let outputs: serde_json::Map<String, Value> = names
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!({ "value": value, "type": "string" })))
        .collect();
    json!({
        "version": 4, "terraform_version": "1.11.4", "serial": serial, "lineage": "line",
        "outputs": outputs, "resources": [],
    })
}
