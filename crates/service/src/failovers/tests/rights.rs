//! Who may do what: every method against everybody.

use lifeboat_domain::PageRequest;
use lifeboat_domain::failover::{FailoverCommand, FailoverKind};
use lifeboat_domain::person::Principal;
use lifeboat_domain::reading::LagSpan;
use lifeboat_domain::role::Role;

use super::{Stage, wanted};
use crate::tests::{EVERYBODY, TEAM, World, outcome};
use crate::{FailoverQuery, Portal, Result};

impl World {
    /// One more operator of the team.
    pub(super) async fn add_operator(&self, login: &str) {
        let team = self.store.store.team_by_name(TEAM).await.unwrap();
        self.add(login, team.as_ref(), &[Role::Operator]).await;
    }
}

/// In the order of [`EVERYBODY`].
const READS: [&str; 7] = ["ok", "ok", "ok", "ok", "ok", "ok", "not-found"];
const OPERATES: [&str; 7] = [
    "ok",
    "forbidden",
    "forbidden",
    "forbidden",
    "ok",
    "ok",
    "not-found",
];

#[tokio::test]
async fn the_team_sees_failovers_and_others_find_nothing() {
    let stage = Stage::new().await;
    let failover = stage
        .ask("operator", &wanted(FailoverKind::Switchover))
        .await
        .unwrap();
    for (login, expected) in EVERYBODY.into_iter().zip(READS) {
        let who = stage.world.who(login).await;
        let (portal, id) = (stage.portal(), stage.environment);
        let of_environment = FailoverQuery {
            environment: Some(id),
            ..FailoverQuery::default()
        };
        let page = PageRequest::default();
        let kind = FailoverKind::Failover;
        let outcomes = [
            ("failover", outcome(portal.failover(&who, failover.id).await)),
            ("detail", outcome(portal.failover_detail(&who, failover.id).await)),
            (
                "follow",
                outcome(portal.follow_failover(&who, failover.id, 0).await),
            ),
            (
                "list",
                outcome(portal.failovers(&who, &of_environment, &page).await),
            ),
            ("preview", outcome(portal.preview_failover(&who, id, kind).await)),
            ("watched", outcome(portal.watched(&who, id).await)),
            ("readings", outcome(portal.follow_readings(&who, id).await)),
            ("lag", outcome(portal.lag_history(&who, id, LagSpan::Hour).await)),
        ];
        for (method, got) in outcomes {
            assert_eq!(got, expected, "{method} by {login}");
        }
        let all = portal.failovers(&who, &FailoverQuery::default(), &page).await;
        let seen = usize::from(expected == "ok");
        assert_eq!(all.unwrap().items.len(), seen, "{login}");
        assert_eq!(
            portal.waiting(&who).await.unwrap().failovers as usize,
            seen,
            "{login}"
        );
    }
}

#[tokio::test]
async fn only_operators_change_roles() {
    for (login, expected) in EVERYBODY.into_iter().zip(OPERATES) {
        let stage = Stage::new().await;
        let asked = stage.ask(login, &wanted(FailoverKind::Switchover)).await;
        assert_eq!(outcome(asked), expected, "request by {login}");
        let who = stage.world.who(login).await;
        let switch = stage
            .portal()
            .set_kill_switch(&who, stage.environment, true, None);
        assert_eq!(outcome(switch.await), expected, "kill switch by {login}");
        let detail = stage.portal().environment_detail(&who, stage.environment).await;
        if let Ok(detail) = detail {
            assert_eq!(detail.actions.kill_switch.allowed, expected == "ok", "{login}");
        }
        let told = abort_another(&stage, &who).await;
        assert_eq!(outcome(told), expected, "abort by {login}");
    }
}

/// Aborts the failover that root asked for, or the one that is open.
async fn abort_another(stage: &Stage, who: &Principal) -> Result<()> {
    let _ = stage.ask("root", &wanted(FailoverKind::Switchover)).await;
    let root = stage.world.who("root").await;
    let portal: &Portal = stage.portal();
    let open = portal.watched(&root, stage.environment).await?.open_failover;
    let open = open.expect("one that is open");
    portal
        .command_failover(who, open.id, FailoverCommand::Abort, Some("a test"))
        .await
        .map(drop)
}
