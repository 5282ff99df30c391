//! Evidence packs: made of every failover that ended, in the order of their numbers, and read. How they are sealed is
//! `lifeboat_dr::evidence`'s.

use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_domain::audit::AuditEvent;
use lifeboat_domain::environment::Environment;
use lifeboat_domain::evidence::{Act, AppliedPlan, Evidence, EvidenceEnvironment, FORMAT};
use lifeboat_domain::failover::{Failover, Origin};
use lifeboat_domain::person::Principal;
use lifeboat_domain::reading::LagPoint;
use lifeboat_domain::run::{Run, RunState};
use lifeboat_domain::{EnvironmentId, FailoverId, PageRequest};
use lifeboat_dr::evidence::{Pack, PublicKey, Signer, open, seal};
use lifeboat_store::{Artifacts, AuditFilter, RunFilter, StoredEvidence};

use crate::views::EvidenceDetail;
use crate::{Portal, ProblemKind, Result, ServiceError};

/// How long before a failover was asked for its lag series begins.
const LAG_BEFORE: TimeDelta = TimeDelta::minutes(15);
/// How long after its end the series ends; what the automation did may be known only days later.
const LAG_AFTER: TimeDelta = TimeDelta::minutes(15);
/// Seconds that a point of the series stands for; while it is young enough, the finest there is.
const FINE: u32 = 10;
const COARSE: u32 = 60;
/// Packs made in one go.
const AT_ONCE: u32 = 50;
/// What the signing key is derived for.
const PURPOSE: &str = "evidence signing key 1";

impl Portal {
    /// What packs of this portal are verified with.
    pub fn evidence_key(&self) -> PublicKey {
        self.signer().public_key()
    }

    /// The pack of an ended failover, as the very text that was sealed. Errors: not-found, conflict (it has not ended).
    pub async fn evidence(&self, who: &Principal, id: FailoverId) -> Result<String> {
        let failover = self.seen_failover(who, id).await?;
        Ok(self.pack_of(&failover).await?.document)
    }

    /// The pack of an ended failover with all its page shows. Errors: not-found, conflict (it has not ended).
    pub async fn evidence_detail(&self, who: &Principal, id: FailoverId) -> Result<EvidenceDetail> {
        let text = self.evidence(who, id).await?;
        let key = self.evidence_key();
        let fault = |e: Box<dyn std::error::Error + Send + Sync>| {
            ServiceError::internal("opening an evidence pack", e)
        };
        let (content, digest) =
            open(text.as_bytes(), std::slice::from_ref(&key)).map_err(|e| fault(e.into()))?;
        Ok(EvidenceDetail {
            evidence: serde_json::from_str(content).map_err(|e| fault(e.into()))?,
            digest,
            public_key: key.to_string(),
        })
    }

    /// Makes the packs that are missing, of all environments.
    pub(crate) async fn issue_evidence(&self) -> Result<()> {
        self.issue_packs(None).await
    }

    async fn pack_of(&self, failover: &Failover) -> Result<StoredEvidence> {
        if !failover.state.is_ended() {
            let detail = "this failover goes on; its evidence is there once it has ended";
            return Err(ServiceError::refused(ProblemKind::Conflict, detail));
        }
        if let Some(pack) = self.store().evidence(failover.id).await? {
            return Ok(pack);
        }
        self.issue_packs(Some(failover.environment_id)).await?;
        let pack = self.store().evidence(failover.id).await?;
        pack.ok_or_else(|| {
            ServiceError::internal("making evidence", "more packs are missing than are made at once")
        })
    }

    async fn issue_packs(&self, environment: Option<EnvironmentId>) -> Result<()> {
        for failover in self
            .store()
            .failovers_without_evidence(environment, AT_ONCE)
            .await?
        {
            let evidence = self.collect(&failover).await?;
            let Pack { text, digest } =
                seal(&evidence, &self.signer()).map_err(|e| ServiceError::internal("writing evidence", e))?;
            let pack = StoredEvidence {
                digest,
                document: text,
            };
            self.store().keep_evidence(&failover, &pack).await?;
        }
        Ok(())
    }

    async fn collect(&self, failover: &Failover) -> Result<Evidence> {
        let environment = self.store().environment(failover.environment_id).await?;
        let before = failover.number - 1;
        let report = failover.report.as_ref();
        Ok(Evidence {
            format: FORMAT.to_owned(),
            sequence: failover.number,
            previous: self.store().evidence_digest(environment.id, before).await?,
            made_at: Utc::now(),
            people: self.acts(failover).await?,
            lag: self.lag_around(failover).await?,
            met_rto: report.and_then(|report| report.met_rto()),
            met_rpo: report.and_then(|report| report.met_rpo()),
            environment: self.evidence_environment(environment, failover).await?,
            failover: failover.clone(),
        })
    }

    async fn evidence_environment(
        &self,
        environment: Environment,
        failover: &Failover,
    ) -> Result<EvidenceEnvironment> {
        let run = self.applied_before_its_end(failover).await?;
        Ok(EvidenceEnvironment {
            id: environment.id,
            suffix: environment.suffix,
            team: environment.team.name,
            account: environment.account_name,
            profile: environment.profile,
            profile_digest: environment.profile_digest,
            state_serial: environment.state_serial,
            last_applied: run.map(|run| AppliedPlan {
                run: run.id,
                number: run.number,
                plan_digest: run.plan_digest,
                approved_by: run.approval.map(|approval| approval.by_login),
                ended_at: run.ended_at,
            }),
        })
    }

    /// The run whose apply made the environment that the failover left: later ones, applied before the pack is made, did not.
    async fn applied_before_its_end(&self, failover: &Failover) -> Result<Option<Run>> {
        let applied = RunFilter {
            environment: Some(failover.environment_id),
            state: Some(RunState::Applied),
            ..RunFilter::default()
        };
        let mut next = Some(PageRequest::default());
        while let Some(request) = next.take() {
            let page = self.store().runs(&applied, &request).await?;
            let in_time = |run: &Run| run.ended_at.is_some() && run.ended_at <= failover.ended_at;
            if let Some(run) = page.items.into_iter().find(in_time) {
                return Ok(Some(run));
            }
            next = page.next.map(|cursor| PageRequest {
                cursor: Some(cursor),
                limit: None,
            });
        }
        Ok(None)
    }

    /// What the audit chain has about the failover, oldest first.
    async fn acts(&self, failover: &Failover) -> Result<Vec<Act>> {
        let filter = AuditFilter {
            visible_to: None,
            environment: Some(failover.environment_id),
        };
        let id = failover.id.to_string();
        let subject = format!("failover/{id}");
        let operation = match &failover.origin {
            Origin::Portal => None,
            Origin::Automation { operation, .. } => Some(operation.as_str()),
        };
        // The request is told of the environment, and names the failover; that roles were found changed names what the automation did.
        let is_about = |event: &AuditEvent| {
            let by = event.detail["by"]["operation"].as_str();
            event.subject == subject
                || event.detail["failover"] == id.as_str()
                || (by.is_some() && by == operation)
        };
        // The request itself is recorded in the transaction that makes the failover.
        let since = failover.created_at - TimeDelta::seconds(1);
        let mut acts = Vec::new();
        let mut next = Some(PageRequest::default());
        while let Some(request) = next.take() {
            let page = self.store().audit_events(&filter, &request).await?;
            let is_young = page.items.last().is_some_and(|event| event.at >= since);
            acts.extend(page.items.into_iter().filter(&is_about).map(|event| Act {
                at: event.at,
                actor: event.actor,
                action: event.action,
                detail: event.detail,
                audit_hash: event.hash,
            }));
            next = page.next.filter(|_| is_young).map(|cursor| PageRequest {
                cursor: Some(cursor),
                limit: None,
            });
        }
        acts.reverse();
        Ok(acts)
    }

    async fn lag_around(&self, failover: &Failover) -> Result<Vec<LagPoint>> {
        let from: DateTime<Utc> = failover.created_at - LAG_BEFORE;
        let fine = self
            .store()
            .lag_history(failover.environment_id, from, FINE)
            .await?;
        let mut points = match fine.is_empty() {
            true => {
                self.store()
                    .lag_history(failover.environment_id, from, COARSE)
                    .await?
            }
            false => fine,
        };
        let until = failover.ended_at.map(|at| at + LAG_AFTER);
        points.retain(|point| until.is_none_or(|until| point.at <= until));
        Ok(points)
    }

    fn signer(&self) -> Signer {
        evidence_signer(self.artifacts())
    }
}

/// Who signs the evidence packs of a portal with these artefacts.
pub fn evidence_signer(artifacts: &Artifacts) -> Signer {
    Signer::from_seed(&artifacts.derive_key(PURPOSE))
}
