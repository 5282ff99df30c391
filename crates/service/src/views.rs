//! Read models: what a page needs, fetched and judged in one go. What must not be here: how it is fetched (its noun's
//! file) and how it looks (`app`).

use chrono::{DateTime, Utc};
use lifeboat_domain::Digest;
use lifeboat_domain::account::Account;
use lifeboat_domain::audit::AuditEvent;
use lifeboat_domain::drill::Drill;
use lifeboat_domain::drill::schedule::DrillSchedule;
use lifeboat_domain::environment::{Environment, Output, Resource};
use lifeboat_domain::event::RunEvent;
use lifeboat_domain::evidence::Evidence;
use lifeboat_domain::failover::Failover;
use lifeboat_domain::parameter::ParameterValues;
use lifeboat_domain::person::Team;
use lifeboat_domain::plan::Plan;
use lifeboat_domain::profile::Profile;
use lifeboat_domain::reading::{LagPoint, Readings};
use lifeboat_domain::run::Run;
use lifeboat_domain::safety::Safety;
use lifeboat_domain::state_version::StateVersion;
use serde::{Deserialize, Serialize};

/// Whether somebody may do something now and, when not, why, as a sentence for them. Neither allowed nor a reason: it makes
/// no sense here, and nothing is to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Permission {
    /// Whether it would be accepted now.
    pub allowed: bool,
    /// Why not; none when it is allowed.
    pub why_not: Option<String>,
}

impl Permission {
    /// It may be done.
    pub fn yes() -> Self {
        Self {
            allowed: true,
            why_not: None,
        }
    }

    /// It makes no sense here.
    pub fn hidden() -> Self {
        Self {
            allowed: false,
            why_not: None,
        }
    }

    /// It may not, because.
    pub fn no(why: impl Into<String>) -> Self {
        Self {
            allowed: false,
            why_not: Some(why.into()),
        }
    }
}

/// What the person who looks at a run may do with it now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunActions {
    /// Approve the plan.
    pub can_approve: bool,
    /// Reject the plan.
    pub can_reject: bool,
    /// Cancel the run.
    pub can_cancel: bool,
    /// Why not, as a sentence for a person; none when it is possible, or when the run waits for no decision at all.
    pub why_not_approve: Option<String>,
    /// Why not; none when it is possible, or when the run waits for no decision at all.
    pub why_not_reject: Option<String>,
    /// Why not; none when it is possible, or when the run has ended.
    pub why_not_cancel: Option<String>,
}

/// What the person who looks at an environment may do with it now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnvironmentActions {
    /// Queue a run of kind update.
    pub update: Permission,
    /// Change parameters, and move to the profile version offered now.
    pub settings: Permission,
    /// Queue a run of kind destroy.
    pub destroy: Permission,
    /// Ask for a change of roles; what speaks against it at the moment is the preview's to say.
    pub fail_over: Permission,
    /// Arm or disarm the environment's own automation.
    pub kill_switch: Permission,
}

/// One row of the fleet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FleetRow {
    /// The environment.
    pub environment: Environment,
    /// Title of its profile; the profile's name when it is no longer offered.
    pub profile_title: String,
    /// Recovery point objective, seconds; none when the profile is no longer offered.
    pub rpo_seconds: Option<u32>,
    /// Recovery time objective, seconds.
    pub rto_seconds: Option<u32>,
    /// Its newest run.
    pub last_run: Option<Run>,
    /// Whether it is safe; none when it is not watched.
    pub safety: Option<Safety>,
    /// Replication lag, seconds; none when it is not known now.
    pub lag_seconds: Option<f64>,
    /// Replication lag of the last hour, a point a minute, oldest first.
    pub lag: Vec<LagPoint>,
    /// The change of roles that has not ended.
    pub open_failover: Option<Failover>,
    /// When it was proven last, by a change of roles or a drill within the objectives.
    pub last_proven_at: Option<DateTime<Utc>>,
    /// Whether that is longer ago than its policy lets.
    pub proof_overdue: bool,
}

/// An environment's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnvironmentDetail {
    /// The environment.
    pub environment: Environment,
    /// Its profile as it is offered now; none when it is gone. Its digest may differ from the pinned one.
    pub profile: Option<Profile>,
    /// Its account, without the external id.
    pub account: Account,
    /// Outputs of the newest state; empty before the first apply. Sensitive values are not in here.
    pub outputs: Vec<Output>,
    /// Resources of the newest state, by address.
    pub resources: Vec<Resource>,
    /// Newest runs first, at most 20.
    pub runs: Vec<Run>,
    /// Newest first, at most 20.
    pub activity: Vec<AuditEvent>,
    /// Newest first, at most 20.
    pub state_versions: Vec<StateVersion>,
    /// What was read of it last; none before the first time, and while it is not watched.
    pub readings: Option<Readings>,
    /// Whether it is safe; none when it is not watched.
    pub safety: Option<Safety>,
    /// The change of roles that has not ended.
    pub open_failover: Option<Failover>,
    /// Newest changes of roles first, at most 5.
    pub failovers: Vec<Failover>,
    /// When it was proven last, by a change of roles or a drill within the objectives.
    pub last_proven_at: Option<DateTime<Utc>>,
    /// What the person may do.
    pub actions: EnvironmentActions,
}

/// How an environment is, by what was read of it last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Watched {
    /// What was read; none before the first time, and for an environment that is not watched.
    pub readings: Option<Readings>,
    /// Whether it is safe; none for an environment that is not watched: one that was never applied, or is destroyed.
    pub safety: Option<Safety>,
    /// The change of roles that has not ended.
    pub open_failover: Option<Failover>,
}

/// What the person who looks at a failover may tell it now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FailoverActions {
    /// The second operator's yes.
    pub confirm: Permission,
    /// Pause after the present step.
    pub pause: Permission,
    /// Go on.
    pub retry: Permission,
    /// Leave out the step that failed.
    pub skip: Permission,
    /// End it.
    pub abort: Permission,
}

/// A failover's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FailoverDetail {
    /// The failover.
    pub failover: Failover,
    /// Its environment.
    pub environment: Environment,
    /// Whether a second operator has to confirm on its account.
    pub guarded: bool,
    /// What was read of its environment last.
    pub readings: Option<Readings>,
    /// What the person may do.
    pub actions: FailoverActions,
}

/// What the person who looks at a drill may do with it now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DrillActions {
    /// Approve it.
    pub approve: Permission,
    /// Ask it to end.
    pub abort: Permission,
}

/// A drill, as lists of drills show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DrillDetail {
    /// The drill.
    pub drill: Drill,
    /// What its copy cost until now, estimated; US dollars.
    pub cost_usd: Option<f64>,
    /// What the person may do.
    pub actions: DrillActions,
}

/// What an environment's page shows of its drills.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DrillPanel {
    /// Newest drills first, at most 5.
    pub drills: Vec<DrillDetail>,
    /// Its policy.
    pub schedule: Option<DrillSchedule>,
    /// Whether its account is guarded.
    pub guarded: bool,
    /// What a copy costs in a month, in the words of its profile.
    pub monthly_cost: Option<String>,
    /// Make a drill, and set the policy.
    pub request: Permission,
    /// Approve the policy's drills.
    pub approve_schedule: Permission,
}

/// A run's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunDetail {
    /// The run.
    pub run: Run,
    /// Its environment.
    pub environment: Environment,
    /// Whether whoever asked for the run may not approve it.
    pub guarded: bool,
    /// The plan, once there is one.
    pub plan: Option<Plan>,
    /// The newest events, oldest first; at most [`LOG_TAIL`].
    pub tail: Vec<RunEvent>,
    /// `seq` of the newest event; where a live view goes on from. Zero before the first.
    pub last_seq: i64,
    /// Whether there are events before `tail`.
    pub tail_is_cut: bool,
    /// What the person may do.
    pub actions: RunActions,
}

/// The page of a failover's evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct EvidenceDetail {
    /// What the pack says.
    pub evidence: Evidence,
    /// Digest of its content.
    pub digest: Digest,
    /// The key it is verified with.
    pub public_key: String,
}

/// Events a run's page starts with.
pub const LOG_TAIL: u32 = 500;

/// A plan that waits for a decision, as the approvals page lists it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WaitingApproval {
    /// The run.
    pub run: Run,
    /// Its environment.
    pub environment: Environment,
    /// What the person may do.
    pub actions: RunActions,
    /// Why nobody may approve it, by what it does to disaster recovery; none when somebody may.
    pub refused: Option<String>,
}

/// Everything the form of a new environment offers this person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewEnvironmentChoices {
    /// Profiles by name.
    pub profiles: Vec<Profile>,
    /// Teams in which the person may request.
    pub teams: Vec<Team>,
    /// Accounts by name.
    pub accounts: Vec<Account>,
}

/// What creating an environment answers with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedEnvironment {
    /// The environment.
    pub environment: Environment,
    /// Its first run, queued.
    pub run: Run,
}

/// Parameters that were checked, with what would come of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckedParameters {
    /// The parameters, defaults filled in.
    pub parameters: ParameterValues,
    /// What would be named after the suffix.
    pub names: Vec<NamePreview>,
}

/// A name that would be given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NamePreview {
    /// What it names.
    pub resource: String,
    /// AWS region; empty for global things.
    pub region: String,
    /// The name.
    pub name: String,
}

/// How many things wait for this person, for the shell of every page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Waiting {
    /// Plans this person may decide on.
    pub approvals: u32,
    /// Changes of roles that have not ended, in environments this person may see.
    pub failovers: u32,
}
