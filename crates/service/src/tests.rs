//! Tests through the portal, on the real store. `World` is what they all start from.

mod creation;
mod decisions;
pub(crate) mod face;
mod identity;
mod impact;
mod live;
mod rights;
mod settings;
mod state_backend;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use lifeboat_domain::environment::NewEnvironment;
use lifeboat_domain::parameter::{ParameterValue, ParameterValues};
use lifeboat_domain::person::{Principal, Team};
use lifeboat_domain::plan::{Action, Counts, Plan, ResourceChange};
use lifeboat_domain::role::Role;
use lifeboat_domain::run::{Phase, Run, RunChange};
use lifeboat_domain::{Digest, RunId, UserId, WorkerId};
use lifeboat_dr::Cloud;
use lifeboat_runner::Catalog;
use lifeboat_store::testing::TestStore;
use lifeboat_store::{ArtifactPath, ChangeFacts, Claim, Engine, NewAccount, NewUser, PlanFacts};
use serde_json::json;

use crate::views::CreatedEnvironment;
use crate::{Portal, PortalParts, Result, audit};

/// The team everybody but the outsider is in.
pub(crate) const TEAM: &str = "ledger";
/// An account on which requesters do not approve.
pub(crate) const GUARDED: &str = "guarded";
/// An account on which they may.
pub(crate) const OPEN: &str = "open";

/// A portal with people, a team, two accounts and the tiny profile.
pub(crate) struct World {
    pub(crate) portal: Portal,
    pub(crate) store: TestStore,
}

/// Everybody: a portal admin, one person for each role in the team, and one of another team.
pub(crate) const EVERYBODY: [&str; 7] = [
    "root",
    "viewer",
    "requester",
    "approver",
    "operator",
    "admin",
    "outsider",
];

impl World {
    pub(crate) async fn new() -> Self {
        Self::on(Engine::Sqlite, None).await
    }

    /// On `engine`, with a way into that cloud.
    pub(crate) async fn on(engine: Engine, cloud: Option<Arc<dyn Cloud>>) -> Self {
        let store = TestStore::on(engine).await;
        let portal = portal_with(&store, cloud);
        for (name, guarded) in [(GUARDED, true), (OPEN, false)] {
            portal.sync_accounts(vec![account(name, guarded)]).await.unwrap();
        }
        let world = Self { portal, store };
        let team = world.store.store.ensure_team(TEAM).await.unwrap();
        let other = world.store.store.ensure_team("others").await.unwrap();
        world.add("root", None, &[]).await;
        world.add("outsider", Some(&other), &[Role::Admin]).await;
        for role in Role::ALL {
            world.add(role.as_str(), Some(&team), &[role]).await;
        }
        world
    }

    /// A person with roles in a team.
    pub(crate) async fn add(&self, login: &str, team: Option<&Team>, roles: &[Role]) {
        let store = &self.store.store;
        let event = || audit::event("test", "user.create", login.to_owned(), json!({}));
        let user = NewUser {
            id: UserId::generate(),
            login: login.to_owned(),
            display_name: login.to_owned(),
            is_admin: login == "root",
            password_hash: None,
        };
        let user = store.create_user(user, event()).await.unwrap();
        if let Some(team) = team {
            let roles: BTreeSet<Role> = roles.iter().copied().collect();
            store
                .set_membership(user.id, team.id, &roles, event())
                .await
                .unwrap();
        }
    }

    pub(crate) async fn who(&self, login: &str) -> Principal {
        let user = self
            .store
            .store
            .user_by_login(login)
            .await
            .unwrap()
            .expect("a known login");
        self.portal.principal_of_session(user.id).await.unwrap()
    }

    /// An environment asked for by `login`.
    pub(crate) async fn create(
        &self,
        login: &str,
        suffix: &str,
        account: &str,
    ) -> Result<CreatedEnvironment> {
        let who = self.who(login).await;
        self.portal
            .create_environment(&who, &new_environment(suffix, account), None)
            .await
    }

    /// Claims the oldest waiting run, as a worker does.
    pub(crate) async fn claim(&self) -> Claim {
        let claimed = self
            .store
            .store
            .claim_run(WorkerId::generate(), Duration::from_secs(30))
            .await;
        claimed.unwrap().expect("a run to claim")
    }

    /// Claims the oldest queued run and reports a plan with one change for it.
    pub(crate) async fn plan_next(&self) -> Run {
        let claim = self.claim().await;
        assert_eq!(claim.phase, Phase::Plan);
        let plan = sample_plan(&claim);
        let json = serde_json::to_vec(&plan).unwrap();
        self.store
            .artifacts
            .put(ArtifactPath::PlanJson(claim.run.id), &json)
            .await
            .unwrap();
        self.store
            .artifacts
            .put(ArtifactPath::PlanFile(claim.run.id), b"plan")
            .await
            .unwrap();
        let facts = ChangeFacts {
            plan: Some(PlanFacts {
                digest: plan.digest,
                counts: plan.counts,
                state_serial: plan.state_serial,
            }),
            ..ChangeFacts::default()
        };
        self.report(&claim, RunChange::PlanFinished { has_changes: true }, facts)
            .await
    }

    pub(crate) async fn report(&self, claim: &Claim, change: RunChange, facts: ChangeFacts) -> Run {
        let store = &self.store.store;
        store
            .change_run(claim.run.id, change, Some(claim.fence), facts)
            .await
            .unwrap()
    }

    /// An environment asked for by `login`, its plan waiting for approval.
    pub(crate) async fn planned(&self, login: &str, suffix: &str, account: &str) -> Run {
        let made = self.create(login, suffix, account).await.unwrap();
        let planned = self.plan_next().await;
        assert_eq!(planned.id, made.run.id, "an earlier run was still waiting");
        planned
    }
}

pub(crate) fn portal_over(store: &TestStore) -> Portal {
    portal_with(store, None)
}

/// Another process over the same store, with a way into that cloud.
pub(crate) fn portal_with(store: &TestStore, cloud: Option<Arc<dyn Cloud>>) -> Portal {
    portal_offering(store, cloud, &profiles())
}

/// The same, offering the profiles of `folder`.
pub(crate) fn portal_offering(store: &TestStore, cloud: Option<Arc<dyn Cloud>>, folder: &Path) -> Portal {
    Portal::new(PortalParts {
        store: store.store.clone(),
        artifacts: store.artifacts.clone(),
        catalog: Arc::new(Catalog::load(folder).unwrap()),
        credentials: None,
        cloud,
        faults: None,
    })
}

/// The folder with the tiny profile.
pub(crate) fn profiles() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/terraform")
}

fn account(name: &str, guarded: bool) -> NewAccount {
    NewAccount {
        name: name.to_owned(),
        aws_account_id: "000000000000".to_owned(),
        plan_role_arn: None,
        apply_role_arn: None,
        operate_role_arn: None,
        external_id: Some("an external id".to_owned()),
        guarded,
        endpoint: None,
    }
}

pub(crate) fn new_environment(suffix: &str, account: &str) -> NewEnvironment {
    let suffix = ParameterValue::Text(suffix.to_owned());
    NewEnvironment {
        profile: "tiny".to_owned(),
        team: TEAM.to_owned(),
        account: account.to_owned(),
        parameters: ParameterValues::from([("environment_suffix".to_owned(), suffix)]),
    }
}

fn sample_plan(claim: &Claim) -> Plan {
    Plan {
        digest: Digest::of(b"plan"),
        state_serial: claim.environment.state_serial,
        profile_digest: claim.run.profile_digest.clone(),
        counts: Counts {
            add: 1,
            ..Counts::default()
        },
        unchanged: 0,
        changes: vec![ResourceChange {
            address: "terraform_data.greeting[0]".to_owned(),
            module: String::new(),
            kind: "terraform_data".to_owned(),
            region: String::new(),
            action: Action::Create,
            attributes: Vec::new(),
        }],
        outputs: Vec::new(),
        drift: Vec::new(),
        impact: Vec::new(),
    }
}

/// What became of a call: `ok`, or the slug of the refusal.
pub(crate) fn outcome<T>(result: Result<T>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(error) => error.kind().slug(),
    }
}

/// A run nobody has.
pub(crate) fn no_run() -> RunId {
    RunId::generate()
}
