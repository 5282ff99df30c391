//! What the tests share: both databases, and rows to begin with.

use std::time::Duration;

use lifeboat_domain::account::Account;
use lifeboat_domain::environment::Environment;
use lifeboat_domain::failover::preview::Preview;
use lifeboat_domain::failover::{Acknowledgements, Failover, FailoverKind};
use lifeboat_domain::parameter::ParameterValue;
use lifeboat_domain::person::{Team, User};
use lifeboat_domain::plan::Counts;
use lifeboat_domain::run::{Decision, Run, RunChange, RunKind};
use lifeboat_domain::{Digest, EnvironmentId, FailoverId, RunId, UserId, WorkerId};
pub(crate) use lifeboat_store::testing::TestStore;
use lifeboat_store::{
    ChangeFacts, Claim, Engine, FailoverClaim, NewAccount, NewApproval, NewAuditEvent, NewEnvironmentRow,
    NewFailoverRow, NewRunRow, NewUser, PlanFacts,
};

/// Makes each `async fn(Scene)` a test on SQLite and one on PostgreSQL. One that is left out is dead code.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            use crate::support::Scene;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(Scene::on(lifeboat_store::Engine::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$name(Scene::on(lifeboat_store::Engine::Postgres).await).await;
            }
        }
    )+};
}
pub(crate) use on_both;

pub(crate) const LEASE: Duration = Duration::from_secs(30);

/// A store with two people, a team and a guarded account.
pub(crate) struct Scene {
    pub(crate) test: TestStore,
    pub(crate) asker: User,
    pub(crate) approver: User,
    pub(crate) team: Team,
    pub(crate) account: Account,
}

impl std::ops::Deref for Scene {
    type Target = lifeboat_store::Store;

    fn deref(&self) -> &Self::Target {
        &self.test.store
    }
}

pub(crate) fn audit(action: &str) -> NewAuditEvent {
    NewAuditEvent {
        actor: "ada".to_owned(),
        action: action.to_owned(),
        subject: "test/1".to_owned(),
        detail: serde_json::json!({ "why": "test" }),
        team: None,
        environment: None,
    }
}

pub(crate) fn user(login: &str) -> NewUser {
    NewUser {
        id: UserId::generate(),
        login: login.to_owned(),
        display_name: login.to_uppercase(),
        is_admin: false,
        password_hash: Some(format!("hash of {login}").into()),
    }
}

pub(crate) fn new_run(kind: RunKind, by: UserId) -> NewRunRow {
    NewRunRow {
        id: RunId::generate(),
        kind,
        requested_by: by,
    }
}

pub(crate) fn account() -> NewAccount {
    NewAccount {
        name: "sandbox".to_owned(),
        aws_account_id: "123456789012".to_owned(),
        plan_role_arn: None,
        apply_role_arn: Some("arn:aws:iam::123456789012:role/apply".to_owned()),
        operate_role_arn: None,
        external_id: None,
        guarded: true,
        endpoint: Some("http://127.0.0.1:5000".to_owned()),
    }
}

impl Scene {
    pub(crate) async fn on(engine: Engine) -> Self {
        let test = TestStore::on(engine).await;
        let store = &test.store;
        let asker = store
            .create_user(user("asker"), audit("user.create"))
            .await
            .unwrap();
        let approver = store
            .create_user(user("approver"), audit("user.create"))
            .await
            .unwrap();
        let team = store.ensure_team("payments").await.unwrap();
        let account = store.upsert_account(account()).await.unwrap();
        Self {
            asker,
            approver,
            team,
            account,
            test,
        }
    }

    /// The same database with connections of its own, as another process has them.
    pub(crate) async fn another_process(&self) -> lifeboat_store::Store {
        lifeboat_store::Store::connect(&self.test.url).await.unwrap()
    }

    pub(crate) fn new_environment(&self, suffix: &str) -> NewEnvironmentRow {
        NewEnvironmentRow {
            id: EnvironmentId::generate(),
            suffix: suffix.to_owned(),
            team_id: self.team.id,
            account_id: self.account.id,
            profile: "transactions".to_owned(),
            profile_digest: Digest::of(b"profile 1"),
            active_region: "eu-central-1".to_owned(),
            standby_region: "eu-west-1".to_owned(),
            parameters: [(
                "environment_suffix".to_owned(),
                ParameterValue::Text(suffix.to_owned()),
            )]
            .into(),
            created_by: self.asker.id,
        }
    }

    /// An environment with its provision run queued.
    pub(crate) async fn environment(&self, suffix: &str) -> (Environment, Run) {
        let new = self.new_environment(suffix);
        let run = new_run(RunKind::Provision, self.asker.id);
        let made = self
            .create_environment(new, run, None, audit("environment.create"))
            .await;
        made.unwrap().into_inner()
    }

    pub(crate) async fn queue(&self, environment: EnvironmentId, kind: RunKind) -> Run {
        let run = new_run(kind, self.asker.id);
        let queued = self.queue_run(environment, run, None, audit("run.queue")).await;
        queued.unwrap().into_inner()
    }

    pub(crate) async fn claim(&self) -> Option<Claim> {
        self.claim_run(WorkerId::generate(), LEASE).await.unwrap()
    }

    /// Reports the claimed run's plan, made from the state as it is.
    pub(crate) async fn plan(&self, claim: &Claim, has_changes: bool) -> Run {
        let facts = ChangeFacts {
            plan: Some(PlanFacts {
                digest: plan_digest(claim.run.id),
                counts: Counts {
                    add: 2,
                    change: 1,
                    destroy: 0,
                },
                state_serial: claim.environment.state_serial,
            }),
            ..ChangeFacts::default()
        };
        let change = RunChange::PlanFinished { has_changes };
        self.change_run(claim.run.id, change, Some(claim.fence), facts)
            .await
            .unwrap()
    }

    pub(crate) async fn approve(&self, run: RunId) -> lifeboat_store::Result<Run> {
        self.decide(
            run,
            approval(run, self.approver.id, Decision::Approve),
            audit("run.approve"),
        )
        .await
    }

    pub(crate) async fn report(&self, claim: &Claim, change: RunChange) -> lifeboat_store::Result<Run> {
        self.change_run(claim.run.id, change, Some(claim.fence), ChangeFacts::default())
            .await
    }

    /// From queued to applying; the claim of the apply.
    pub(crate) async fn applying(&self) -> Claim {
        let claim = self.claim().await.unwrap();
        self.plan(&claim, true).await;
        self.approve(claim.run.id).await.unwrap();
        self.claim().await.unwrap()
    }

    pub(crate) fn new_failover(&self, environment: EnvironmentId, kind: FailoverKind) -> NewFailoverRow {
        NewFailoverRow {
            id: FailoverId::generate(),
            environment_id: environment,
            kind,
            needs_confirmation: false,
            from_region: "eu-central-1".to_owned(),
            to_region: "eu-west-1".to_owned(),
            reason: "the region\0 is gone".to_owned(),
            drill: true,
            acknowledged: Acknowledgements {
                data_loss: true,
                ..Acknowledgements::default()
            },
            requested_by: self.asker.id,
            preview: preview(kind),
            rto_seconds: 300,
            rpo_seconds: 5,
        }
    }

    pub(crate) async fn request(&self, new: NewFailoverRow) -> Failover {
        let made = self.create_failover(new, None, audit("failover.request")).await;
        made.unwrap().into_inner()
    }

    /// A queued failover of the environment.
    pub(crate) async fn fail_over(&self, environment: EnvironmentId) -> Failover {
        self.request(self.new_failover(environment, FailoverKind::Failover))
            .await
    }

    pub(crate) async fn claim_over(&self) -> Option<FailoverClaim> {
        self.claim_failover(WorkerId::generate(), LEASE).await.unwrap()
    }

    /// A statement that no method makes: time that passes, or a program that does not keep to the rules.
    pub(crate) async fn sql(&self, statement: &'static str) -> Result<u64, sqlx::Error> {
        use secrecy::ExposeSecret;
        let pool = sqlx::AnyPool::connect(self.test.url.expose_secret()).await?;
        let done = sqlx::query(statement).execute(&pool).await;
        pool.close().await;
        Ok(done?.rows_affected())
    }

    /// An environment that was provisioned.
    pub(crate) async fn ready(&self, suffix: &str) -> Environment {
        let (environment, _) = self.environment(suffix).await;
        let claim = self.applying().await;
        self.report(&claim, RunChange::ApplyFinished).await.unwrap();
        self.test.store.environment(environment.id).await.unwrap()
    }
}

pub(crate) fn plan_digest(run: RunId) -> Digest {
    Digest::of(run.to_string().as_bytes())
}

pub(crate) fn approval(run: RunId, by: UserId, decision: Decision) -> NewApproval {
    NewApproval {
        decision,
        by,
        plan_digest: plan_digest(run),
        comment: Some("read it".to_owned()),
    }
}

pub(crate) fn preview(kind: FailoverKind) -> Preview {
    Preview {
        kind,
        made_at: chrono::DateTime::from_timestamp_micros(1_700_000_000_123_456).unwrap(),
        from_region: None,
        to_region: "eu-west-1".to_owned(),
        lossless: !kind.may_lose_data(),
        at_risk_seconds: Some(0.25),
        rpo_seconds: 5,
        rto_seconds: 300,
        expected_seconds: None,
        experience: 0,
        preconditions: Vec::new(),
        steps: Vec::new(),
    }
}
