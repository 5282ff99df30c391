//! The evidence pack of a failover.

use lifeboat_app::model::{EvidencePage, Page};
use lifeboat_domain::evidence::{Act, AppliedPlan, Evidence, EvidenceEnvironment, FORMAT};
use lifeboat_domain::failover::FailoverState;
use lifeboat_domain::reading::LagPoint;

use super::{Shown, environment_page};
use crate::samples::*;

pub(crate) fn of_evidence() -> Vec<Shown> {
    vec![("evidence", frame(), Page::Evidence(Box::new(evidence())))]
}

pub(crate) fn evidence() -> EvidencePage {
    let at = |seconds| ago(seconds);
    let act = |seconds, actor: &str, action: &str| Act {
        at: at(seconds),
        actor: actor.into(),
        action: action.into(),
        detail: serde_json::json!({}),
        audit_hash: digest(action),
    };
    EvidencePage {
        evidence: Evidence {
            format: FORMAT.into(),
            sequence: 4,
            previous: Some(digest("pack before")),
            made_at: ago(0),
            environment: EvidenceEnvironment {
                id: environment().id,
                suffix: "ledger-prod".into(),
                team: team().name,
                account: "payments-prod".into(),
                profile: "transactions".into(),
                profile_digest: digest("profile"),
                state_serial: 41,
                last_applied: Some(AppliedPlan {
                    run: environment_page().runs[0].id,
                    number: 27,
                    plan_digest: Some(digest("plan")),
                    approved_by: Some("rosa".into()),
                    ended_at: Some(ago(86_400)),
                }),
            },
            failover: failover(FailoverState::Finished),
            people: vec![
                act(87, "tomas", "failover.request"),
                act(86, "rosa", "failover.confirm"),
            ],
            lag: (1..=60)
                .rev()
                .map(|index| LagPoint {
                    at: at(index * 10),
                    seconds: (index > 11).then_some(0.4 + 0.2 * f64::from(u8::from(index % 7 == 0))),
                })
                .collect(),
            met_rto: Some(true),
            met_rpo: Some(true),
        },
        digest: digest("pack"),
        public_key: "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lsha0AA=".into(),
    }
}
