//! What can go wrong, and how the API tells it. What must not be here: HTTP responses; the server makes them from
//! [`Problem`].

use std::time::Duration;

use lifeboat_domain::run::RunState;
use lifeboat_domain::run::approval::DecisionRefused;
use lifeboat_domain::state_version::LockInfo;
use lifeboat_domain::{FieldError, Problem};
use lifeboat_store::{ArtifactError, StoreError};

/// The result of a service method.
pub type Result<T, E = ServiceError> = std::result::Result<T, E>;

/// Every kind of problem the API can answer with. The slugs are stable: clients branch on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// Some inputs are wrong; `errors` names them.
    InvalidInput,
    /// The body is not what its content type says, such as broken JSON.
    MalformedBody,
    /// The body's content type is not read here.
    UnsupportedMediaType,
    /// The body is larger than the limit.
    TooLarge,
    /// There is no such thing, or it is not yours to see.
    NotFound,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// Not logged in, or the token or session is no longer valid.
    Unauthenticated,
    /// Logged in, but without the right.
    Forbidden,
    /// It does not fit the state things are in.
    Conflict,
    /// Another environment of the account has this suffix.
    SuffixTaken,
    /// The run was decided or takes no decision any more.
    AlreadyDecided,
    /// Whoever asked for a run never approves it on a guarded account.
    OwnRun,
    /// Whoever asked for a failover never confirms it on a guarded account.
    OwnFailover,
    /// State, profile version or plan moved on.
    StalePlan,
    /// The plan would take disaster recovery away, or cannot be applied by the roles the regions have now.
    DrImpact,
    /// The idempotency key was used for another request.
    IdempotencyMismatch,
    /// Terraform's lock on the state is held.
    StateLocked,
    /// Too many tries; wait.
    RateLimited,
    /// Not now: starting, stopping or without its database.
    Unavailable,
    /// A fault of the portal.
    Internal,
}

impl ProblemKind {
    /// All kinds, for the documentation and exhaustive tests.
    pub const ALL: [Self; 20] = [
        Self::InvalidInput,
        Self::MalformedBody,
        Self::UnsupportedMediaType,
        Self::TooLarge,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::Conflict,
        Self::SuffixTaken,
        Self::AlreadyDecided,
        Self::OwnRun,
        Self::OwnFailover,
        Self::StalePlan,
        Self::DrImpact,
        Self::IdempotencyMismatch,
        Self::StateLocked,
        Self::RateLimited,
        Self::Unavailable,
        Self::Internal,
    ];

    /// The last part of `urn:lifeboat:problem:<slug>`.
    pub fn slug(self) -> &'static str {
        self.row().0
    }

    /// HTTP status.
    pub fn status(self) -> u16 {
        self.row().1
    }

    /// The kind in a few words.
    pub fn title(self) -> &'static str {
        self.row().2
    }

    /// A problem of this kind; `detail` says what happened here and what to do.
    pub fn problem(self, detail: impl Into<String>) -> Problem {
        Problem {
            kind: format!("urn:lifeboat:problem:{}", self.slug()),
            title: self.title().to_owned(),
            status: self.status(),
            detail: detail.into(),
            errors: Vec::new(),
            request_id: None,
        }
    }

    fn row(self) -> (&'static str, u16, &'static str) {
        match self {
            Self::InvalidInput => ("invalid-input", 422, "Some inputs are wrong"),
            Self::MalformedBody => ("malformed-body", 400, "The body cannot be read"),
            Self::UnsupportedMediaType => (
                "unsupported-media-type",
                415,
                "This content type is not read here",
            ),
            Self::TooLarge => ("too-large", 413, "The body is too large"),
            Self::NotFound => ("not-found", 404, "There is no such thing"),
            Self::MethodNotAllowed => ("method-not-allowed", 405, "This method is not served here"),
            Self::Unauthenticated => ("unauthenticated", 401, "Please log in"),
            Self::Forbidden => ("forbidden", 403, "You do not have the right"),
            Self::Conflict => ("conflict", 409, "This does not fit the present state"),
            Self::SuffixTaken => ("suffix-taken", 409, "The suffix is taken"),
            Self::AlreadyDecided => ("already-decided", 409, "This run takes no decision"),
            Self::OwnRun => ("own-run", 403, "You asked for this run"),
            Self::OwnFailover => ("own-failover", 403, "You asked for this failover"),
            Self::StalePlan => ("stale-plan", 409, "The plan is stale"),
            Self::DrImpact => ("dr-impact", 409, "This endangers disaster recovery"),
            Self::IdempotencyMismatch => (
                "idempotency-mismatch",
                422,
                "The idempotency key was used for another request",
            ),
            Self::StateLocked => ("state-locked", 423, "The state is locked"),
            Self::RateLimited => ("rate-limited", 429, "Too many tries"),
            Self::Unavailable => ("unavailable", 503, "Not available now"),
            Self::Internal => ("internal", 500, "A fault of the portal"),
        }
    }
}

/// Why a service method did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// Any refusal: its kind and what to do about it, in a sentence for a person.
    #[error("{detail}")]
    Refused {
        /// Kind.
        kind: ProblemKind,
        /// What happened and what to do.
        detail: String,
        /// The inputs that are wrong, if that is what happened.
        errors: Vec<FieldError>,
    },
    /// Too many tries.
    #[error("too many failed log-ins; try again in {} seconds", retry_after.as_secs())]
    RateLimited {
        /// When to come back.
        retry_after: Duration,
    },
    /// Terraform's lock on the state is held by somebody else.
    #[error("the state is locked by {} since {}", .0.who, .0.created)]
    StateLocked(Box<LockInfo>),
    /// A fault of ours. The text goes to the log; clients are told nothing of it.
    #[error("{doing}")]
    Internal {
        /// What was being done, such as `reading the plan`.
        doing: String,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl ServiceError {
    /// A refusal of `kind`.
    pub fn refused(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self::Refused {
            kind,
            detail: detail.into(),
            errors: Vec::new(),
        }
    }

    /// Inputs that are wrong.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self::Refused {
            kind: ProblemKind::InvalidInput,
            detail: "correct the fields named in “errors” and send it again".to_owned(),
            errors,
        }
    }

    /// One input that is wrong.
    pub fn invalid_field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError::new(field, message)])
    }

    /// There is no such `noun`, or it is hidden from who asks.
    pub fn not_found(noun: &str) -> Self {
        Self::refused(
            ProblemKind::NotFound,
            format!("there is no such {noun}, or you may not see it"),
        )
    }

    /// A fault while `doing` something.
    pub fn internal(
        doing: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Internal {
            doing: doing.into(),
            source: source.into(),
        }
    }

    /// Its kind.
    pub fn kind(&self) -> ProblemKind {
        match self {
            Self::Refused { kind, .. } => *kind,
            Self::RateLimited { .. } => ProblemKind::RateLimited,
            Self::StateLocked(_) => ProblemKind::StateLocked,
            Self::Internal { .. } => ProblemKind::Internal,
        }
    }

    /// The inputs that are wrong.
    pub fn field_errors(&self) -> &[FieldError] {
        match self {
            Self::Refused { errors, .. } => errors,
            _ => &[],
        }
    }

    /// Seconds for a `Retry-After` header.
    pub fn retry_after_seconds(&self) -> Option<u64> {
        match self {
            Self::RateLimited { retry_after } => Some(retry_after.as_secs().max(1)),
            _ => None,
        }
    }

    /// What the API answers. Faults of ours tell nothing but that the log knows more.
    pub fn problem(&self) -> Problem {
        let detail = match self {
            Self::Internal { .. } => {
                "the portal could not do this; its log knows why, under the id of this request".to_owned()
            }
            told => told.to_string(),
        };
        Problem {
            errors: self.field_errors().to_vec(),
            ..self.kind().problem(detail)
        }
    }
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        use ProblemKind as K;
        let kind = match &error {
            StoreError::NotFound(noun) => return Self::not_found(noun),
            StoreError::BadCursor => {
                return Self::invalid_field(
                    "cursor",
                    "was not made by this list; leave it out to start from the beginning",
                );
            }
            StoreError::NotLocked(Some(holder)) => return Self::StateLocked(holder.clone()),
            StoreError::Decision(refused) => decision_kind(refused),
            StoreError::IdempotencyMismatch => K::IdempotencyMismatch,
            StoreError::NotApplying(_) => K::Forbidden,
            StoreError::LeaseLost => K::Unauthenticated,
            StoreError::Taken(_)
            | StoreError::Refused(_)
            | StoreError::EnvironmentDestroyed
            | StoreError::RunOpen(_)
            | StoreError::Unfitting(_)
            | StoreError::FailoverOpen(_)
            | StoreError::StepNotSkippable(_)
            | StoreError::SerialNotGrown { .. }
            | StoreError::OtherLineage
            | StoreError::NotLocked(None) => K::Conflict,
            StoreError::Misuse(_)
            | StoreError::Corrupt { .. }
            | StoreError::Address(_)
            | StoreError::Migrate(_)
            | StoreError::Database(_) => return Self::internal("asking the store", error),
        };
        Self::refused(kind, error.to_string())
    }
}

impl From<ArtifactError> for ServiceError {
    fn from(error: ArtifactError) -> Self {
        Self::internal("reaching an artefact", error)
    }
}

fn decision_kind(refused: &DecisionRefused) -> ProblemKind {
    match refused {
        // Nothing was decided yet: it is too early.
        DecisionRefused::NotAwaiting(RunState::Queued | RunState::Planning) => ProblemKind::Conflict,
        DecisionRefused::NotAwaiting(RunState::Stale) => ProblemKind::StalePlan,
        DecisionRefused::NotAwaiting(_) => ProblemKind::AlreadyDecided,
        DecisionRefused::OtherPlan | DecisionRefused::Stale(_) => ProblemKind::StalePlan,
        DecisionRefused::OwnRun => ProblemKind::OwnRun,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_has_a_slug_of_its_own_and_an_error_status() {
        let slugs: BTreeSet<_> = ProblemKind::ALL.iter().map(|kind| kind.slug()).collect();
        assert_eq!(slugs.len(), ProblemKind::ALL.len());
        assert!(
            ProblemKind::ALL
                .iter()
                .all(|kind| (400..600).contains(&kind.status()))
        );
    }

    #[test]
    fn a_fault_tells_clients_nothing_of_its_cause() {
        let error = ServiceError::internal("reading secret.key", "s3cr3t".to_owned());
        let problem = serde_json::to_string(&error.problem()).unwrap();
        assert!(
            !problem.contains("secret.key") && !problem.contains("s3cr3t"),
            "{problem}"
        );
    }

    #[test]
    fn a_decision_too_early_is_not_called_decided() {
        let kind =
            |state| ServiceError::from(StoreError::Decision(DecisionRefused::NotAwaiting(state))).kind();
        assert_eq!(kind(RunState::Planning), ProblemKind::Conflict);
        assert_eq!(kind(RunState::Approved), ProblemKind::AlreadyDecided);
        assert_eq!(kind(RunState::Stale), ProblemKind::StalePlan);
    }
}
