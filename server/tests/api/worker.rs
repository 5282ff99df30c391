//! What a worker would have written.

use std::time::Duration;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lifeboat_domain::event::{Level, RunEventBody};
use lifeboat_domain::plan::{Action, AttributeChange, Counts, Plan, PlanValue, ResourceChange};
use lifeboat_domain::run::{Phase, Run, RunChange};
use lifeboat_domain::{Digest, RunId, WorkerId};
use lifeboat_store::{ArtifactPath, ChangeFacts, Claim, PlanFacts};
use serde_json::{Value, json};

use crate::app::{Call, TestApp};

const LEASE: Duration = Duration::from_secs(60);

impl TestApp {
    /// Claims the oldest run.
    pub(crate) async fn claim(&self) -> Claim {
        let claim = self.store.claim_run(WorkerId::generate(), LEASE).await.unwrap();
        claim.expect("there is a run to claim")
    }

    /// Plans the oldest queued run, so that it waits for a decision.
    pub(crate) async fn plan(&self) -> Run {
        let claim = self.claim().await;
        let plan = a_plan(&claim);
        let json = serde_json::to_vec(&plan).unwrap();
        self.artifacts
            .put(ArtifactPath::PlanJson(claim.run.id), &json)
            .await
            .unwrap();
        self.artifacts
            .put(ArtifactPath::PlanFile(claim.run.id), b"plan file")
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
        let finished = RunChange::PlanFinished { has_changes: true };
        self.store
            .change_run(claim.run.id, finished, Some(claim.fence), facts)
            .await
            .unwrap()
    }

    /// Writes one log line of a working run.
    pub(crate) async fn log(&self, run: RunId, fence: i64, text: &str) {
        let line = RunEventBody::Log {
            phase: Phase::Plan,
            level: Level::Info,
            text: text.to_owned(),
        };
        self.store
            .append_events(run, Some(fence), vec![line])
            .await
            .unwrap();
    }
}

fn a_plan(claim: &Claim) -> Plan {
    let change = |path: &str, after| AttributeChange {
        path: path.to_owned(),
        before: PlanValue::Absent,
        after,
        forces_replacement: false,
    };
    Plan {
        digest: Digest::of(b"plan file"),
        state_serial: claim.environment.state_serial,
        profile_digest: claim.run.profile_digest.clone(),
        counts: Counts {
            add: 1,
            ..Counts::default()
        },
        unchanged: 0,
        changes: vec![ResourceChange {
            address: "module.primary.aws_kms_key.this".to_owned(),
            module: "module.primary".to_owned(),
            kind: "aws_kms_key".to_owned(),
            region: "us-east-1".to_owned(),
            action: Action::Create,
            attributes: vec![
                change("description", PlanValue::Known("the <key>".into())),
                change("arn", PlanValue::Unknown),
                change("policy", PlanValue::Sensitive),
            ],
        }],
        outputs: vec![],
        drift: vec![],
        impact: vec![],
    }
}

/// Id and credential a claimed run shows to the internal face.
pub(crate) struct Speaker {
    pub(crate) claim: Claim,
    pub(crate) authorization: String,
}

impl TestApp {
    /// Claims the oldest run and gives it a credential.
    pub(crate) async fn speaker(&self) -> Speaker {
        let claim = self.claim().await;
        let credential = format!("credential-of-{}", claim.run.id);
        let digest = Digest::of(credential.as_bytes());
        self.store
            .set_run_credential(claim.run.id, claim.fence, &digest)
            .await
            .unwrap();
        let basic = STANDARD.encode(format!("{}:{credential}", claim.run.id));
        Speaker {
            claim,
            authorization: format!("Basic {basic}"),
        }
    }

    /// Applies the oldest approved run; a state with that serial comes of it.
    pub(crate) async fn apply_with_state(&self, serial: i64) -> Run {
        self.apply_with(a_state(serial)).await
    }

    /// Applies the oldest approved run as Terraform would: lock, a new state, unlock.
    pub(crate) async fn apply_with(&self, state: Value) -> Run {
        let speaker = self.speaker().await;
        let at = format!("/state/{}", speaker.claim.environment.id);
        let lock = json!({ "ID": "lock-1", "Operation": "OperationTypeApply", "Who": "tests" });
        for (method, path, body) in [
            ("PUT", format!("{at}/lock"), lock.clone()),
            ("POST", format!("{at}?ID=lock-1"), state),
            ("PUT", format!("{at}/unlock"), lock),
        ] {
            let call = Call::new(method, &path)
                .header("authorization", &speaker.authorization)
                .json(&body);
            let answer = call.send(&self.internal).await;
            assert_eq!(
                answer.status,
                StatusCode::OK,
                "{method} {path}: {}",
                answer.text()
            );
        }
        let finished = self
            .store
            .change_run(
                speaker.claim.run.id,
                RunChange::ApplyFinished,
                Some(speaker.claim.fence),
                ChangeFacts::default(),
            )
            .await;
        finished.unwrap()
    }
}

/// A state as Terraform uploads it.
pub(crate) fn a_state(serial: i64) -> Value {
    json!({
        "version": 4, "terraform_version": "1.11.4", "serial": serial, "lineage": "9f1c0f0e-1111-2222-3333-444455556666",
        "outputs": {
            "endpoint": { "value": "db.example.com", "type": "string" },
            "password": { "value": "very-secret-output", "type": "string", "sensitive": true },
        },
        "resources": [],
    })
}
