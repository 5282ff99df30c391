//! The port through which a run gets AWS credentials. What must not be here: how they are got; that is the adapter's.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lifeboat_domain::RunId;
use lifeboat_domain::account::Account;
use secrecy::SecretString;

/// What the credentials are for: each has a role of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Reading what is there.
    Plan,
    /// Changing it.
    Apply,
    /// Watching environments and moving their roles between regions.
    Operate,
}

/// Who asks for credentials, and how far they should reach.
#[derive(Clone, Debug)]
pub struct CredentialRequest<'a> {
    /// The account to get into.
    pub account: &'a Account,
    /// What for.
    pub purpose: Purpose,
    /// The run; it names the session in AWS's own audit trail. None when there is none: nothing is planned or applied.
    pub run: Option<RunId>,
    /// AWS regions that are touched, such as `us-east-1`. To operate, the first of them is also the one that is asked for
    /// the credentials: a dead region must not be needed to act in another.
    pub regions: &'a [String],
}

/// Credentials of one session.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Access key id.
    pub access_key_id: String,
    /// Secret key.
    pub secret_access_key: SecretString,
    /// Session token.
    pub session_token: SecretString,
    /// When they end; a client asks again before.
    pub expires_at: DateTime<Utc>,
    /// The role that was assumed, if one was.
    pub role_arn: Option<String>,
}

/// No credentials could be had.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// The account names no role for the purpose and has no endpoint of its own.
    #[error(
        "the account {account} names no role to {purpose} with; set {purpose}_role_arn in its configuration"
    )]
    NoRole {
        /// Account's name.
        account: String,
        /// `plan`, `apply` or `operate`.
        purpose: &'static str,
    },
    /// AWS refused.
    #[error("assuming {role_arn}: {reason}")]
    Refused {
        /// The role.
        role_arn: String,
        /// What AWS said, without credentials.
        reason: String,
    },
    /// AWS could not be reached.
    #[error("assuming {role_arn}: {reason}")]
    NoAnswer {
        /// The role.
        role_arn: String,
        /// Who did not answer, and why.
        reason: String,
    },
}

impl Purpose {
    /// `plan`, `apply` or `operate`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Apply => "apply",
            Self::Operate => "operate",
        }
    }

    /// The role of `account` for this purpose.
    pub fn role_of(self, account: &Account) -> Option<&str> {
        match self {
            Self::Plan => account.plan_role_arn.as_deref(),
            Self::Apply => account.apply_role_arn.as_deref(),
            // An account from before there was a role to operate with lets the one that may do everything do it.
            Self::Operate => account
                .operate_role_arn
                .as_deref()
                .or(account.apply_role_arn.as_deref()),
        }
    }
}

/// Gives credentials of an account.
#[async_trait]
pub trait CredentialSource: Send + Sync {
    /// Fresh credentials, valid for at least some minutes.
    async fn credentials(&self, request: CredentialRequest<'_>) -> Result<Credentials, CredentialError>;
}
