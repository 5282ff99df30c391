//! What a page needs to be drawn: plain values, fetched by the server before anything is rendered.
//!
//! What must not be here: fetching, rights decided anew (the server says what is allowed, as [`Allowed`]), HTML.
//!
//! Forms are plain HTML. Field names equal the names in [`lifeboat_domain::FieldError::field`], so an error finds its field:
//!
//! | form | fields |
//! | --- | --- |
//! | `POST /login` | `login`, `password`, `next` |
//! | `POST /logout` | |
//! | `POST /environments/new` | `profile`, `team`, `account`, `parameters.<name>`, `idempotency_key` |
//! | `POST /environments/{id}/settings` | `parameters.<name>`, `idempotency_key` |
//! | `POST /environments/{id}/runs` | `kind` (`update` or `destroy`) |
//! | `POST /environments/{id}/failover` | `kind`, `reason`, `confirmation`, `acknowledged.data_loss`, `acknowledged.flapping`, `acknowledged.running_apply`, `drill` (each `true` or not sent), `idempotency_key` |
//! | `POST /environments/{id}/kill-switch` | `armed` (`true` or `false`), `reason` |
//! | `POST /environments/{id}/game-day` | `break` (a fault) or `mend` (a fault, or `everything`) |
//! | `POST /failovers/{id}/command` | `command` (`confirm`, `pause`, `retry`, `skip` or `abort`), `reason` |
//! | `POST /runs/{id}/decision` | `decision` (`approve` or `reject`), `plan_digest`, `comment` |
//! | `POST /runs/{id}/cancel` | |
//! | `POST /environments/{id}/drill` | `mode`, `confirmation`, `reason`, `time_cap_minutes`, `cost_cap_usd`, `idempotency_key` |
//! | `POST /environments/{id}/drill-policy` | `policy.every_days`, `policy.mode` (`remind`, `in_place` or `copy`), `policy.hour`, `policy.first_at`, `policy.time_cap_minutes`, `policy.cost_cap_usd` |
//! | `POST /environments/{id}/drill-policy/approve`, `…/end` | |
//! | `POST /drills/{id}/approve` | |
//! | `POST /drills/{id}/abort` | `reason` |
//! | `POST /tokens` | `name`, `days` |
//! | `POST /tokens/{id}/revoke` | |

mod drills;
mod failovers;
mod game_day;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use lifeboat_domain::account::Account;
use lifeboat_domain::audit::AuditEvent;
use lifeboat_domain::environment::{Environment, Output, Resource};
use lifeboat_domain::event::RunEvent;
use lifeboat_domain::failover::Failover;
use lifeboat_domain::failover::preview::Preview;
use lifeboat_domain::person::{ApiToken, Principal, Team};
use lifeboat_domain::plan::Plan;
use lifeboat_domain::profile::Profile;
use lifeboat_domain::reading::{LagPoint, LagSpan, Readings};
use lifeboat_domain::run::{Run, RunState};
use lifeboat_domain::safety::Safety;
use lifeboat_domain::{Cursor, FieldError, Problem};
use serde::{Deserialize, Serialize};

pub use drills::{DrillInput, DrillPanel, DrillRow, DrillsPage, NewDrillPage};
pub use failovers::{EvidencePage, FailoverPage, FailoversPage, NewFailoverPage};
pub use game_day::GameDayPage;

/// Whether the person who looks may do something, and if not, why, as a sentence for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Allowed {
    /// The control is offered.
    Yes,
    /// The reason is shown in the control's place.
    No(String),
    /// Neither the control nor a reason is shown: it makes no sense here.
    Hidden,
}

/// Around every page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Who looks; none on the log-in page and on errors before it.
    pub principal: Option<Principal>,
    /// Runs that wait for a decision this person may make.
    pub approvals_waiting: u32,
    /// Failovers that have not ended, of the environments this person may see.
    pub failovers_open: u32,
    /// The time the page is made: what relative times are relative to.
    pub now: DateTime<Utc>,
    /// The setting `sandbox = "unsafe-none"` is on: said on every page.
    pub unsandboxed: bool,
    /// Something that just happened, said once at the top.
    pub notice: Option<String>,
}

/// All pages.
#[derive(Clone, Debug, PartialEq)]
pub enum Page {
    /// `/login`
    Login(LoginPage),
    /// `/`
    Fleet(FleetPage),
    /// `/environments/new`
    ChooseProfile(ChooseProfilePage),
    /// `/environments/new?profile=<name>`
    NewEnvironment(NewEnvironmentPage),
    /// `/environments/{id}`
    Environment(EnvironmentPage),
    /// `/environments/{id}/settings`
    Settings(SettingsPage),
    /// `/environments/{id}/failover`
    NewFailover(Box<NewFailoverPage>),
    /// `/environments/{id}/game-day`
    GameDay(Box<GameDayPage>),
    /// `/failovers`
    Failovers(FailoversPage),
    /// `/failovers/{id}`
    Failover(Box<FailoverPage>),
    /// `/failovers/{id}/evidence`
    Evidence(Box<EvidencePage>),
    /// `/environments/{id}/drill`
    NewDrill(Box<NewDrillPage>),
    /// `/drills`
    Drills(DrillsPage),
    /// `/runs`
    Runs(RunsPage),
    /// `/approvals`
    Approvals(ApprovalsPage),
    /// `/runs/{id}`
    Run(RunPage),
    /// `/tokens`
    Tokens(TokensPage),
    /// Any error.
    Error(ErrorPage),
}

/// Logging in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginPage {
    /// What was typed.
    pub login: String,
    /// Path to go to afterwards; always begins with a single `/`.
    pub next: Option<String>,
    /// Why it was refused.
    pub error: Option<String>,
}

/// All environments this person may see.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FleetPage {
    /// Rows; the riskiest is shown first.
    pub rows: Vec<FleetRow>,
    /// Where this page begins: `/?cursor=…`; none for the first.
    pub cursor: Option<Cursor>,
    /// Cursor of the next page: `/?cursor=…`.
    pub next: Option<Cursor>,
    /// Whether this person may create environments.
    pub create: Allowed,
}

/// One environment in the fleet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FleetRow {
    /// The environment.
    pub environment: Environment,
    /// Its newest run.
    pub run: Option<Run>,
    /// What the portal sees of it; none while there is nothing to watch.
    pub watch: Option<FleetWatch>,
}

/// What the portal sees of an environment, in a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FleetWatch {
    /// Whether it is safe.
    pub safety: Safety,
    /// The lag of the last hour.
    pub lag: Vec<LagPoint>,
    /// The lag now, seconds; none when it is unknown.
    pub lag_seconds: Option<f64>,
    /// Recovery point objective, seconds; none when the profile is no longer offered.
    pub rpo_seconds: Option<u32>,
    /// When a failover or a drill proved it last.
    pub last_proven_at: Option<DateTime<Utc>>,
    /// Whether that is longer ago than its policy lets.
    pub proof_overdue: bool,
    /// The failover that has not ended.
    pub failover: Option<Failover>,
}

/// Step one of a new environment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChooseProfilePage {
    /// Profiles on offer.
    pub profiles: Vec<Profile>,
    /// Whether this person may create environments.
    pub create: Allowed,
}

/// Step two of a new environment: the form, empty or as it was refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewEnvironmentPage {
    /// The chosen profile.
    pub profile: Profile,
    /// Teams in which this person may create environments.
    pub teams: Vec<Team>,
    /// Accounts on offer.
    pub accounts: Vec<Account>,
    /// What was typed, by field name (`team`, `account`, `parameters.<name>`). A field that is not in here shows its default.
    pub values: BTreeMap<String, String>,
    /// What is wrong; an error whose field is not in the form is shown at the top.
    pub errors: Vec<FieldError>,
    /// What went wrong apart from fields.
    pub problem: Option<Problem>,
    /// Sent along, so that sending twice creates once.
    pub idempotency_key: String,
}

/// Changing an environment's parameters: the form, as it is or as it was refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SettingsPage {
    /// The environment.
    pub environment: Environment,
    /// Its profile as it is offered now: what the environment moves to.
    pub profile: Profile,
    /// What the fields show, by field name (`parameters.<name>`). A field that is not in here shows its default.
    pub values: BTreeMap<String, String>,
    /// What is wrong; an error whose field is not in the form is shown at the top.
    pub errors: Vec<FieldError>,
    /// What went wrong apart from fields.
    pub problem: Option<Problem>,
    /// Sent along, so that sending twice changes once.
    pub idempotency_key: String,
}

/// One environment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnvironmentPage {
    /// The environment.
    pub environment: Environment,
    /// Its profile as it is offered now, another version perhaps than the one it is pinned to; none when it is gone.
    pub profile: Option<Profile>,
    /// Its account.
    pub account: Option<Account>,
    /// Outputs of the newest state.
    pub outputs: Vec<Output>,
    /// Resources of the newest state.
    pub resources: Vec<Resource>,
    /// What the portal sees of it; none while there is nothing to watch.
    pub watch: Option<Box<Watch>>,
    /// Its newest failovers, newest first.
    pub failovers: Vec<Failover>,
    /// Its drills.
    pub drills: DrillPanel,
    /// Its runs, newest first.
    pub runs: Vec<Run>,
    /// What people did to it, newest first.
    pub activity: Vec<AuditEvent>,
    /// Whether this person may plan again.
    pub update: Allowed,
    /// Whether this person may change its parameters and move it to the profile version offered now.
    pub settings: Allowed,
    /// Whether this person may plan its destruction.
    pub destroy: Allowed,
    /// Why the last action was refused.
    pub problem: Option<Problem>,
}

/// What the portal sees of an environment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    /// Whether it is safe.
    pub safety: Safety,
    /// What was read last; none when nothing was read yet.
    pub readings: Option<Readings>,
    /// How far back the lag is shown.
    pub span: LagSpan,
    /// The lag in that time, oldest first.
    pub lag: Vec<LagPoint>,
    /// Recovery time objective, seconds; none when the profile is no longer offered.
    pub rto_seconds: Option<u32>,
    /// Recovery point objective, seconds; none when the profile is no longer offered.
    pub rpo_seconds: Option<u32>,
    /// When a failover or a drill proved it last.
    pub last_proven_at: Option<DateTime<Utc>>,
    /// The failover that has not ended.
    pub failover: Option<Failover>,
    /// Whether this person may fail over.
    pub fail_over: Allowed,
    /// Whether this person may arm and disarm the kill switch.
    pub kill_switch: Allowed,
    /// What the failover that makes most sense would do now; none where it cannot be told, or while one goes on.
    pub would: Option<Preview>,
    /// What the watching costs.
    pub watching: WatchingExpense,
}

/// What it costs to watch an environment for a month in which it is safe throughout.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WatchingExpense {
    /// Calls of AWS's APIs.
    pub calls_a_month: u64,
    /// At list prices, USD.
    pub usd_a_month: f64,
}

/// Runs this person may see.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunsPage {
    /// Runs, newest first.
    pub runs: Vec<Run>,
    /// Only runs in this state: `/runs?state=…`.
    pub state: Option<RunState>,
    /// Cursor of the next page: `/runs?state=…&cursor=…`.
    pub next: Option<Cursor>,
}

/// Runs that wait for a decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApprovalsPage {
    /// Oldest first.
    pub waiting: Vec<WaitingRun>,
}

/// A run that waits for a decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WaitingRun {
    /// The run.
    pub run: Run,
    /// Whether this person may approve it.
    pub approve: Allowed,
    /// Why nobody may approve it, whatever their role; none when somebody may.
    pub refused: Option<String>,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunPage {
    /// The run.
    pub run: Run,
    /// Its environment.
    pub environment: Environment,
    /// Whether its account is guarded.
    pub guarded: bool,
    /// The plan, once there is one.
    pub plan: Option<Plan>,
    /// Events so far, oldest first; the page follows what comes after the last of them.
    pub events: Vec<RunEvent>,
    /// Whether this person may approve.
    pub approve: Allowed,
    /// Whether this person may reject.
    pub reject: Allowed,
    /// Whether this person may cancel.
    pub cancel: Allowed,
    /// A comment that was typed and refused.
    pub comment: String,
    /// What is wrong with the decision that was sent.
    pub errors: Vec<FieldError>,
    /// Why the last action was refused.
    pub problem: Option<Problem>,
}

/// This person's API tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokensPage {
    /// Tokens, newest first.
    pub tokens: Vec<ApiToken>,
    /// The one that was just made: the only time its secret is shown.
    pub created: Option<CreatedToken>,
    /// Name that was typed.
    pub name: String,
    /// Days that were typed; 30 when none.
    pub days: Option<String>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
    /// The portal's public address, for the example of how to use a token.
    pub public_url: String,
}

/// A token that was just made.
#[derive(Clone, PartialEq, Eq)]
pub struct CreatedToken {
    /// Its name.
    pub name: String,
    /// The token itself.
    pub secret: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for CreatedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedToken")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// An error as a page: 404, 403 or any other problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorPage {
    /// The problem.
    pub problem: Problem,
}
