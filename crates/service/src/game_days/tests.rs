//! Game days through the portal: who may, where, what is written down. The emulator is one in memory.

use std::sync::Arc;

use lifeboat_domain::EnvironmentId;
use lifeboat_domain::audit::AuditEvent;
use lifeboat_domain::game_day::{Fault, GameDay};
use lifeboat_dr::{FaultError, Faults, StubFaults};
use lifeboat_runner::Catalog;
use lifeboat_store::NewAccount;

use crate::failovers::tests::Stage;
use crate::tests::{EVERYBODY, OPEN, outcome, profiles};
use crate::{Portal, PortalParts, ProblemKind, Result};

const ENDPOINT: &str = "http://127.0.0.1:5566";

/// An applied environment in an account whose endpoint an emulator answers at.
struct Sandbox {
    stage: Stage,
    portal: Portal,
    faults: Arc<StubFaults>,
}

impl Sandbox {
    async fn new() -> Self {
        let sandbox = Self::on(Some(ENDPOINT)).await;
        assert_eq!(broken(&sandbox.look("operator").await.unwrap()), []);
        sandbox
    }

    async fn on(endpoint: Option<&str>) -> Self {
        let stage = Stage::new().await;
        let faults = Arc::new(StubFaults::default());
        let portal = Portal::new(PortalParts {
            store: stage.world.store.store.clone(),
            artifacts: stage.world.store.artifacts.clone(),
            catalog: Arc::new(Catalog::load(&profiles()).unwrap()),
            credentials: None,
            cloud: None,
            faults: Some(faults.clone() as Arc<dyn Faults>),
        });
        let account = NewAccount {
            name: OPEN.to_owned(),
            aws_account_id: "000000000000".to_owned(),
            plan_role_arn: None,
            apply_role_arn: None,
            operate_role_arn: None,
            external_id: None,
            guarded: false,
            endpoint: endpoint.map(str::to_owned),
        };
        portal.sync_accounts(vec![account]).await.unwrap();
        Self {
            stage,
            portal,
            faults,
        }
    }

    fn id(&self) -> EnvironmentId {
        self.stage.environment
    }

    async fn look(&self, login: &str) -> Result<GameDay> {
        let who = self.stage.world.who(login).await;
        let detail = self.portal.game_day(&who, self.id()).await?;
        assert_eq!(detail.environment.id, self.id());
        Ok(detail.game_day)
    }

    async fn break_it(&self, login: &str, fault: Fault) -> Result<GameDay> {
        let who = self.stage.world.who(login).await;
        self.portal.break_in_emulator(&who, self.id(), fault).await
    }

    async fn mend(&self, login: &str, only: Option<Fault>) -> Result<GameDay> {
        let who = self.stage.world.who(login).await;
        self.portal.mend_in_emulator(&who, self.id(), only).await
    }

    /// What was written down of game days, oldest first.
    async fn audited(&self) -> Vec<AuditEvent> {
        let root = self.stage.world.who("root").await;
        let page = self.portal.audit_events(&root, &Default::default()).await;
        let mut events = page.unwrap().items;
        events.retain(|event| event.action.starts_with("game_day."));
        events.reverse();
        events
    }
}

fn broken(day: &GameDay) -> Vec<Fault> {
    day.broken().map(|(state, _)| state.fault).collect()
}

#[tokio::test]
async fn only_operators_break_and_mend_and_the_team_looks_on() {
    let sandbox = Sandbox::new().await;
    let expected = [
        ("ok", "ok"),
        ("ok", "forbidden"),
        ("ok", "forbidden"),
        ("ok", "forbidden"),
        ("ok", "ok"),
        ("ok", "ok"),
        ("not-found", "not-found"),
    ];
    for (login, (look, operate)) in EVERYBODY.into_iter().zip(expected) {
        assert_eq!(outcome(sandbox.look(login).await), look, "{login}");
        let who = sandbox.stage.world.who(login).await;
        if let Ok(detail) = sandbox.portal.game_day(&who, sandbox.id()).await {
            assert_eq!(detail.operate.allowed, operate == "ok", "{login}");
        }
        let done = sandbox.break_it(login, Fault::LagGrowing).await;
        assert_eq!(outcome(done), operate, "{login} breaks");
        assert_eq!(sandbox.faults.world().link_stopped, operate == "ok", "{login}");
        assert_eq!(outcome(sandbox.mend(login, None).await), operate, "{login} mends");
        assert!(!sandbox.faults.world().link_stopped, "{login}");
    }
}

#[tokio::test]
async fn what_was_broken_is_written_down_with_what_it_hit() {
    let sandbox = Sandbox::new().await;
    let day = sandbox.break_it("operator", Fault::Flapping).await.unwrap();
    assert_eq!(broken(&day), [Fault::Flapping]);
    sandbox.break_it("operator", Fault::DnsStuck).await.unwrap();
    let day = sandbox.mend("admin", Some(Fault::DnsStuck)).await.unwrap();
    assert_eq!(broken(&day), [Fault::Flapping], "the other one stays");
    assert_eq!(broken(&sandbox.mend("root", None).await.unwrap()), []);
    sandbox.mend("root", None).await.unwrap();
    let audited = sandbox.audited().await;
    let told: Vec<_> = audited
        .iter()
        .map(|event| {
            (
                event.actor.as_str(),
                event.action.as_str(),
                event.detail["fault"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [
        ("operator", "game_day.break", "flapping"),
        ("operator", "game_day.break", "dns_stuck"),
        ("admin", "game_day.mend", "dns_stuck"),
        ("root", "game_day.mend", "flapping"),
    ];
    assert_eq!(told, expected, "nothing was written for what was not broken");
    assert_eq!(audited[0].detail["hits"], "us-east-1, which writes now");
    assert_eq!(audited[0].subject, format!("environment/{}", sandbox.id()));
}

#[tokio::test]
async fn what_is_broken_is_what_the_emulator_says() {
    let sandbox = Sandbox::new().await;
    sandbox.faults.world().standby.instances_failed = true;
    let day = sandbox.look("viewer").await.unwrap();
    assert_eq!(broken(&day), [Fault::SecondaryDown], "whoever broke it");
    let again = sandbox.break_it("operator", Fault::SecondaryDown).await;
    let refused = again.unwrap_err();
    assert_eq!(refused.kind(), ProblemKind::Conflict);
    assert!(refused.to_string().contains("mend it first"), "{refused}");
    sandbox.faults.world().standby.instances_failed = false;
    assert_eq!(
        broken(&sandbox.look("viewer").await.unwrap()),
        [],
        "a reset forgets it"
    );
    assert!(sandbox.audited().await.is_empty());
}

#[tokio::test]
async fn an_account_of_aws_is_never_broken() {
    let sandbox = Sandbox::on(None).await;
    let refused = sandbox
        .break_it("root", Fault::PrimaryRegionDown)
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), ProblemKind::Conflict);
    assert!(
        refused.to_string().contains("the account open is AWS itself"),
        "{refused}"
    );
    assert_eq!(outcome(sandbox.look("root").await), "conflict");
    assert_eq!(outcome(sandbox.mend("root", None).await), "conflict");
    assert_eq!(sandbox.faults.world().primary.down_since, None);
}

#[tokio::test]
async fn an_endpoint_that_is_not_the_emulator_or_does_not_answer_is_told() {
    let sandbox = Sandbox::new().await;
    sandbox.faults.fail_with(FaultError::NotTheEmulator {
        endpoint: ENDPOINT.to_owned(),
        why: "it says teapot".to_owned(),
    });
    let refused = sandbox.break_it("operator", Fault::LagGrowing).await.unwrap_err();
    assert_eq!(refused.kind(), ProblemKind::Conflict);
    let told = refused.to_string();
    assert!(
        told.contains("is not Lifeboat's emulator") && told.contains("teapot"),
        "{told}"
    );
    sandbox.faults.fail_with(FaultError::NoAnswer {
        path: "/_lifeboat/health".to_owned(),
        why: "connection refused".to_owned(),
    });
    assert_eq!(outcome(sandbox.look("operator").await), "unavailable");
    assert_eq!(outcome(sandbox.mend("operator", None).await), "unavailable");
    assert!(sandbox.audited().await.is_empty());
}

#[tokio::test]
async fn what_was_never_applied_has_nothing_to_break() {
    let sandbox = Sandbox::new().await;
    let made = sandbox
        .stage
        .world
        .create("requester", "fresh", OPEN)
        .await
        .unwrap();
    let who = sandbox.stage.world.who("operator").await;
    let looked = sandbox.portal.game_day(&who, made.environment.id).await;
    assert_eq!(outcome(looked), "conflict");
}
