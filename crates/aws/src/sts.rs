//! Credentials for a run, by STS AssumeRole with external id and session policy.

use std::time::Duration;

use async_trait::async_trait;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sts::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_sts::operation::assume_role::{AssumeRoleError, AssumeRoleOutput};
use aws_sdk_sts::types::PolicyDescriptorType;
use aws_sdk_sts::{Client, config};
use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_runner::{CredentialError, CredentialRequest, CredentialSource, Credentials};

use crate::session_policy;

/// The longest session AWS gives to a role that was assumed from another role; a long apply asks again.
const SESSION_SECONDS: i32 = 3600;

/// How long STS in one region may take before the next one is asked.
const ATTEMPT: Duration = Duration::from_secs(5);

/// What the emulator takes for credentials. The portal's own never go to an endpoint that is not AWS.
const PLACEHOLDER: &str = "lifeboat-emulator";

/// Assumes the account's roles with the portal's own AWS identity.
#[derive(Clone, Debug)]
pub struct StsCredentials {
    base: SdkConfig,
}

impl StsCredentials {
    /// Finds the portal's own AWS identity by the SDK's default chain (environment, profile, container, instance), at
    /// the first use.
    pub async fn from_environment() -> Self {
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(ATTEMPT)
            .operation_timeout(2 * ATTEMPT);
        let loader = aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts.build());
        Self {
            base: loader.load().await,
        }
    }

    /// A client for STS in `region`, or at the account's endpoint.
    fn client(&self, region: &str, endpoint: Option<&str>) -> Client {
        let builder = config::Builder::from(&self.base).region(Region::new(region.to_owned()));
        let config = match endpoint {
            Some(endpoint) => {
                let placeholder =
                    config::Credentials::new(PLACEHOLDER, PLACEHOLDER, None, None, "placeholder");
                builder.endpoint_url(endpoint).credentials_provider(placeholder)
            }
            None => builder,
        };
        Client::from_conf(config.build())
    }

    /// Where to ask, in order. STS is regional: with one region down, another gives credentials that hold everywhere.
    fn regions<'a>(&'a self, request: &CredentialRequest<'a>) -> Vec<&'a str> {
        let configured = self.base.region().map(Region::as_ref);
        let mut regions: Vec<&str> = configured.into_iter().collect();
        for region in request.regions.iter().map(String::as_str).chain(["us-east-1"]) {
            if !regions.contains(&region) {
                regions.push(region);
            }
        }
        regions
    }

    async fn assume(&self, request: &CredentialRequest<'_>, role_arn: &str) -> Result<Credentials, String> {
        let endpoint = request.account.endpoint.as_deref();
        let mut reason = String::new();
        for region in self.regions(request) {
            match ask(&self.client(region, endpoint), request, role_arn).await {
                Ok(output) => return read(output, role_arn),
                Err(SdkError::ServiceError(refused)) => {
                    let error = refused.err();
                    let code = error.code().unwrap_or("an error without a code");
                    return Err(format!(
                        "{code}: {}",
                        error.message().unwrap_or("no reason was given")
                    ));
                }
                Err(SdkError::ConstructionFailure(_)) => {
                    return Err(
                        "the portal has no AWS credentials of its own; give its process a role".to_owned(),
                    );
                }
                Err(error) => reason = format!("STS in {region} did not answer: {}", root_cause(&error)),
            }
            if endpoint.is_some() {
                break;
            }
        }
        Err(reason)
    }
}

#[async_trait]
impl CredentialSource for StsCredentials {
    async fn credentials(&self, request: CredentialRequest<'_>) -> Result<Credentials, CredentialError> {
        let account = request.account;
        match (request.purpose.role_of(account), &account.endpoint) {
            (Some(role_arn), _) => {
                let role_arn = role_arn.to_owned();
                let assumed = Box::pin(self.assume(&request, &role_arn)).await;
                assumed.map_err(|reason| CredentialError::Refused { role_arn, reason })
            }
            (None, Some(_)) => Ok(Credentials {
                access_key_id: PLACEHOLDER.to_owned(),
                secret_access_key: PLACEHOLDER.into(),
                session_token: PLACEHOLDER.into(),
                expires_at: Utc::now() + TimeDelta::seconds(SESSION_SECONDS.into()),
                role_arn: None,
            }),
            (None, None) => Err(CredentialError::NoRole {
                account: account.name.clone(),
                purpose: request.purpose.as_str(),
            }),
        }
    }
}

async fn ask(
    client: &Client,
    request: &CredentialRequest<'_>,
    role_arn: &str,
) -> Result<AssumeRoleOutput, SdkError<AssumeRoleError>> {
    let managed = session_policy::managed(request.purpose, role_arn);
    let managed = managed.map(|arn| vec![PolicyDescriptorType::builder().arn(arn).build()]);
    client
        .assume_role()
        .role_arn(role_arn)
        // In the account's own trail every call bears the run.
        .role_session_name(format!("lifeboat-{}", request.run))
        .set_external_id(request.account.external_id.clone())
        .policy(session_policy::inline(request.purpose, request.regions))
        .set_policy_arns(managed)
        .duration_seconds(SESSION_SECONDS)
        .send()
        .await
}

fn read(output: AssumeRoleOutput, role_arn: &str) -> Result<Credentials, String> {
    let given = output.credentials.ok_or("STS answered without credentials")?;
    let expires_at =
        DateTime::from_timestamp(given.expiration.secs(), 0).ok_or("STS gave no end of the session")?;
    Ok(Credentials {
        access_key_id: given.access_key_id,
        secret_access_key: given.secret_access_key.into(),
        session_token: given.session_token.into(),
        expires_at,
        role_arn: Some(role_arn.to_owned()),
    })
}

/// The innermost reason: the outer ones only say that there is one.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
