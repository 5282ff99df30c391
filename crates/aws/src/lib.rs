//! Adapters over the AWS SDK: credentials for the runner.
use async_trait::async_trait;
use lifeboat_runner::{CredentialError, CredentialRequest, CredentialSource, Credentials};

/// Credentials by STS AssumeRole.
#[derive(Clone, Debug)]
pub struct StsCredentials {}

impl StsCredentials {
    /// Finds the portal's own AWS identity by the SDK's default chain.
    pub async fn from_environment() -> Self {
        todo!()
    }
}

#[async_trait]
impl CredentialSource for StsCredentials {
    async fn credentials(&self, request: CredentialRequest<'_>) -> Result<Credentials, CredentialError> {
        let _ = request;
        todo!()
    }
}
