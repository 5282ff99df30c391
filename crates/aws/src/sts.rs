//! Credentials for a run and for operating, by STS AssumeRole with external id and session policy.

use std::time::Duration;

use async_trait::async_trait;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sts::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_sts::operation::assume_role::{AssumeRoleError, AssumeRoleOutput};
use aws_sdk_sts::types::PolicyDescriptorType;
use aws_sdk_sts::{Client, config};
use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_runner::{CredentialError, CredentialRequest, CredentialSource, Credentials, Purpose};

use crate::session_policy;

/// The longest session AWS gives to a role that was assumed from another role; a long apply asks again.
const SESSION_SECONDS: i32 = 3600;

/// How long STS in one region may take before the next one is asked.
const ATTEMPT: Duration = Duration::from_secs(5);

/// The same while somebody waits for a failover: one question a region.
const ATTEMPT_TO_OPERATE: Duration = Duration::from_secs(2);

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
    fn client(&self, region: &str, request: &CredentialRequest<'_>) -> Client {
        let mut builder = config::Builder::from(&self.base).region(Region::new(region.to_owned()));
        if request.purpose == Purpose::Operate {
            let timeouts = TimeoutConfig::builder().operation_timeout(ATTEMPT_TO_OPERATE);
            builder = builder
                .timeout_config(timeouts.build())
                .retry_config(RetryConfig::disabled());
        }
        let config = match request.account.endpoint.as_deref() {
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
    /// To operate, the region that is acted in comes first: it answers, or nothing can be done there anyway.
    fn regions<'a>(&'a self, request: &CredentialRequest<'a>) -> Vec<&'a str> {
        let configured = self.base.region().map(Region::as_ref);
        let mut regions: Vec<&str> = configured.into_iter().collect();
        for region in request.regions.iter().map(String::as_str).chain(["us-east-1"]) {
            if !regions.contains(&region) {
                regions.push(region);
            }
        }
        if let (Purpose::Operate, Some(acted_in)) = (request.purpose, request.regions.first()) {
            regions.retain(|region| region != acted_in);
            regions.insert(0, acted_in);
        }
        regions
    }

    async fn assume(
        &self,
        request: &CredentialRequest<'_>,
        role_arn: &str,
    ) -> Result<Credentials, CredentialError> {
        let refused = |reason| CredentialError::Refused {
            role_arn: role_arn.to_owned(),
            reason,
        };
        let mut reason = String::new();
        for region in self.regions(request) {
            match ask(&self.client(region, request), request, role_arn).await {
                Ok(output) => return read(output, role_arn).map_err(refused),
                // 5xx: this region's STS is broken, another's may be well.
                Err(SdkError::ServiceError(answer)) if answer.raw().status().is_server_error() => {
                    reason = format!("STS in {region} is broken: {}", said(answer.err()));
                }
                Err(SdkError::ServiceError(answer)) => return Err(refused(said(answer.err()))),
                Err(SdkError::ConstructionFailure(_)) => {
                    let reason = "the portal has no AWS credentials of its own; give its process a role";
                    return Err(refused(reason.to_owned()));
                }
                Err(error) => reason = format!("STS in {region} did not answer: {}", root_cause(&error)),
            }
            if request.account.endpoint.is_some() {
                break;
            }
        }
        let role_arn = role_arn.to_owned();
        Err(CredentialError::NoAnswer { role_arn, reason })
    }
}

#[async_trait]
impl CredentialSource for StsCredentials {
    async fn credentials(&self, request: CredentialRequest<'_>) -> Result<Credentials, CredentialError> {
        let account = request.account;
        match (request.purpose.role_of(account), &account.endpoint) {
            (Some(role_arn), _) => {
                let role_arn = role_arn.to_owned();
                Box::pin(self.assume(&request, &role_arn)).await
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
    // In the account's own trail every call bears the run.
    let session = match request.run {
        Some(run) => format!("lifeboat-{run}"),
        None => format!("lifeboat-{}", request.purpose.as_str()),
    };
    let managed = session_policy::managed(request.purpose, role_arn);
    let managed = managed.map(|arn| vec![PolicyDescriptorType::builder().arn(arn).build()]);
    client
        .assume_role()
        .role_arn(role_arn)
        .role_session_name(session)
        .set_external_id(request.account.external_id.clone())
        .policy(session_policy::inline(request.purpose, request.regions))
        .set_policy_arns(managed)
        .duration_seconds(SESSION_SECONDS)
        .send()
        .await
}

/// A refusal in AWS's own words.
fn said(error: &AssumeRoleError) -> String {
    let code = error.code().unwrap_or("an error without a code");
    format!("{code}: {}", error.message().unwrap_or("no reason was given"))
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
pub(crate) fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
