//! The port through which a run gets AWS credentials. What must not be here: how they are got; that is the adapter's.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lifeboat_domain::RunId;
use lifeboat_domain::account::Account;
use secrecy::SecretString;

/// What the credentials are for: plan and apply have roles of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Reading what is there.
    Plan,
    /// Changing it.
    Apply,
}

/// Who asks for credentials, and how far they should reach.
#[derive(Clone, Debug)]
pub struct CredentialRequest<'a> {
    /// The account to get into.
    pub account: &'a Account,
    /// What for.
    pub purpose: Purpose,
    /// The run; it names the session in AWS's own audit trail.
    pub run: RunId,
    /// AWS regions the run may touch, such as `us-east-1`.
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
        /// `plan` or `apply`.
        purpose: &'static str,
    },
    /// AWS refused or could not be reached.
    #[error("assuming {role_arn}: {reason}")]
    Refused {
        /// The role.
        role_arn: String,
        /// What AWS said, without credentials.
        reason: String,
    },
}

impl Purpose {
    /// `plan` or `apply`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Apply => "apply",
        }
    }

    /// The role of `account` for this purpose.
    pub fn role_of(self, account: &Account) -> Option<&str> {
        match self {
            Self::Plan => account.plan_role_arn.as_deref(),
            Self::Apply => account.apply_role_arn.as_deref(),
        }
    }
}

/// Gives credentials for a run.
#[async_trait]
pub trait CredentialSource: Send + Sync {
    /// Fresh credentials, valid for at least some minutes.
    async fn credentials(&self, request: CredentialRequest<'_>) -> Result<Credentials, CredentialError>;
}
