//! What can go wrong in the store, and how the database's own words become it.

use lifeboat_domain::failover::StepName;
use lifeboat_domain::failover::machine::Unfitting;
use lifeboat_domain::run::RunState;
use lifeboat_domain::run::approval::DecisionRefused;
use lifeboat_domain::run::machine::Refused;
use lifeboat_domain::state_version::LockInfo;

/// A result of the store.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Why the store refused or could not.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such row; the noun says of what.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// A unique value is in use; the text says which, such as `environment suffix` or `user login`.
    #[error("this {0} is taken")]
    Taken(&'static str),
    /// The fence is not (or no longer) the one that holds the run or failover. Nothing was written.
    #[error("the lease on this work was lost")]
    LeaseLost,
    /// The failover machine does not allow the change.
    #[error(transparent)]
    Unfitting(#[from] Unfitting),
    /// One change of roles at a time.
    #[error("failover {0} of this environment is open; let it end, or abort it")]
    FailoverOpen(i64),
    /// It is not the next step, or the failover would not come to a right end without it.
    #[error("the step {} cannot be left out now", .0.as_str())]
    StepNotSkippable(StepName),
    /// The run machine does not allow the change.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The decision is not allowed.
    #[error(transparent)]
    Decision(#[from] DecisionRefused),
    /// The environment was destroyed and takes no further run.
    #[error("this environment is destroyed")]
    EnvironmentDestroyed,
    /// A run that has not ended would go on with the settings it began with.
    #[error("run {0} of this environment is open; let it end, or cancel it, and change the settings then")]
    RunOpen(i64),
    /// Terraform's serials only grow.
    #[error("the state's serial is {newest} already; {offered} does not follow it")]
    SerialNotGrown {
        /// Newest serial kept.
        newest: i64,
        /// Serial that was offered.
        offered: i64,
    },
    /// The state is another one's.
    #[error("the state has another lineage than the one kept")]
    OtherLineage,
    /// The state is written under a lock that is not held, or is another one's.
    #[error("the state is not locked by this lock id")]
    NotLocked(Option<Box<LockInfo>>),
    /// State is written only while applying.
    #[error("a run that is {} writes no state", .0.as_str())]
    NotApplying(RunState),
    /// The idempotency key was used with another request.
    #[error("this idempotency key was used for another request")]
    IdempotencyMismatch,
    /// The cursor was not made by this list.
    #[error("this cursor was not made by this list")]
    BadCursor,
    /// The caller broke the store's contract.
    #[error("{0}")]
    Misuse(&'static str),
    /// A row does not read back as what was written.
    #[error("reading back {what}: {detail}")]
    Corrupt {
        /// Table or column.
        what: &'static str,
        /// What is wrong with it.
        detail: String,
    },
    /// The address of the database is not usable.
    #[error("the setting database_url: {0}")]
    Address(String),
    /// Bringing the schema up to date.
    #[error("bringing the database's schema up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The database itself.
    #[error("asking the database")]
    Database(#[source] sqlx::Error),
}

/// Unique constraints: name (PostgreSQL says it), columns (SQLite says them), what is taken.
const UNIQUE: &[(&str, &str, &str)] = &[
    ("users_login", "users.login", "user login"),
    ("teams_name", "teams.name", "team name"),
    ("accounts_name", "accounts.name", "account name"),
    ("api_tokens_digest", "api_tokens.digest", "API token"),
    (
        "environments_suffix",
        "environments.account_id, environments.suffix",
        "environment suffix",
    ),
    ("sessions_pkey", "sessions.key", "session"),
    (
        "state_versions_serial",
        "state_versions.environment_id, state_versions.serial",
        "state serial",
    ),
    (
        "failovers_number",
        "failovers.environment_id, failovers.number",
        "failover number",
    ),
    (
        "failovers_one_open",
        "failovers.environment_id",
        "environment's place for an open failover",
    ),
    (
        "drills_number",
        "drills.environment_id, drills.number",
        "drill number",
    ),
    (
        "drills_one_open",
        "drills.environment_id",
        "environment's place for an open drill",
    ),
    ("runs_number", "runs.environment_id, runs.number", "run number"),
];

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let taken = error
            .as_database_error()
            .filter(|e| e.is_unique_violation())
            .and_then(|e| {
                UNIQUE.iter().find(|(name, columns, _)| match e.constraint() {
                    Some(constraint) => constraint == *name,
                    None => e.message().ends_with(&format!(": {columns}")),
                })
            });
        match taken {
            Some((_, _, what)) => Self::Taken(what),
            None => Self::Database(error),
        }
    }
}
