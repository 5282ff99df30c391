//! AWS accounts the portal may act in.

use serde::{Deserialize, Serialize};

use crate::AccountId;

/// The name of the built-in account that points at the emulator.
pub const SANDBOX: &str = "sandbox";

/// An AWS account, how to get into it and what guards it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    /// Id.
    pub id: AccountId,
    /// Name, unique: lower-case letters, digits and hyphens.
    pub name: String,
    /// The 12 digits AWS knows it by.
    pub aws_account_id: String,
    /// Role assumed to plan: reads only.
    pub plan_role_arn: Option<String>,
    /// Role assumed to apply.
    pub apply_role_arn: Option<String>,
    /// Role assumed to read how an environment is and to move roles; the role to apply when it is not set.
    pub operate_role_arn: Option<String>,
    /// External id sent with all of them.
    pub external_id: Option<String>,
    /// On a guarded account whoever asked for a run never approves it.
    pub guarded: bool,
    /// Endpoint of all AWS services instead of AWS itself, such as the emulator's address.
    pub endpoint: Option<String>,
}
