//! Clients of one account in one region, and the credentials they act with.
//!
//! Credentials last an hour. From [`RENEWED_BEFORE`] their end they are renewed; while that fails, those that still hold are used.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sts::config::{Credentials as Keys, SharedCredentialsProvider};
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_domain::AccountId;
use lifeboat_domain::account::Account;
use lifeboat_dr::CloudError;
use lifeboat_runner::{CredentialError, CredentialRequest, CredentialSource, Credentials, Purpose};
use secrecy::ExposeSecret as _;
use tokio::sync::Mutex as Turn;
use tokio::time::timeout;

use super::fault::{self, Secrets};

/// How long one attempt may take.
pub(super) const ATTEMPT: Duration = Duration::from_secs(3);

/// How long all attempts may take, with the pause between them.
const CALL: Duration = Duration::from_millis(6_200);

/// Attempts of a call that may be repeated.
const ATTEMPTS: u32 = 2;

/// The mean of the pause before the second attempt is half of this; the SDK draws it.
const PAUSE: Duration = Duration::from_millis(200);

/// How long before their end credentials are renewed.
const RENEWED_BEFORE: TimeDelta = TimeDelta::minutes(5);

/// How long after a failure to renew it is tried again.
const RENEWED_AGAIN: TimeDelta = TimeDelta::seconds(20);

/// What distinguishes clients: an account may be given another role or endpoint while the portal runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    account: AccountId,
    role: Option<String>,
    endpoint: Option<String>,
    external_id: Option<String>,
    region: String,
}

/// All clients there are.
pub(super) struct Regions {
    source: Arc<dyn CredentialSource>,
    base: SdkConfig,
    places: Mutex<HashMap<Key, Arc<Place>>>,
}

/// An account in a region: what is held of it, and whose turn it is to renew that.
#[derive(Default)]
struct Place {
    held: Mutex<Option<Arc<Regional>>>,
    /// Until when renewing is not tried again.
    renewing: Turn<Option<DateTime<Utc>>>,
}

/// Clients with the same credentials.
pub(super) struct Regional {
    pub(super) region: String,
    pub(super) cloudwatch: aws_sdk_cloudwatch::Client,
    pub(super) dynamodb: aws_sdk_dynamodb::Client,
    pub(super) rds: aws_sdk_rds::Client,
    pub(super) rdsdata: aws_sdk_rdsdata::Client,
    pub(super) route53: aws_sdk_route53::Client,
    pub(super) secretsmanager: aws_sdk_secretsmanager::Client,
    pub(super) ssm: aws_sdk_ssm::Client,
    secrets: Secrets,
    expires_at: DateTime<Utc>,
}

impl fmt::Debug for Regions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Regions").finish_non_exhaustive()
    }
}

impl Regions {
    pub(super) async fn new(source: Arc<dyn CredentialSource>) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(ATTEMPT)
            .operation_attempt_timeout(ATTEMPT)
            .operation_timeout(CALL);
        let retries = RetryConfig::standard()
            .with_max_attempts(ATTEMPTS)
            .with_initial_backoff(PAUSE);
        let base = aws_config::defaults(BehaviorVersion::latest())
            .no_credentials()
            // Each client is given its own; without one here the loader would look for this machine's.
            .region(Region::from_static("us-east-1"))
            .timeout_config(timeouts.build())
            .retry_config(retries);
        Self {
            source,
            base: base.load().await,
            places: Mutex::default(),
        }
    }

    /// Clients of `account` in `region`.
    pub(super) async fn get(&self, account: &Account, region: &str) -> Result<Arc<Regional>, CloudError> {
        let place = self.place(account, region);
        let now = Utc::now();
        let held = place.held().filter(|held| held.expires_at > now);
        let Some(held) = held else {
            let mut again = place.renewing.lock().await;
            // Somebody else may have renewed them meanwhile.
            return match place.held().filter(|held| held.expires_at > Utc::now()) {
                Some(held) => Ok(held),
                None => self.renew(&place, account, region, &mut again).await,
            };
        };
        if held.expires_at - RENEWED_BEFORE > now {
            return Ok(held);
        }
        // They still hold: only one renews them, and nobody waits for that one.
        let Ok(mut again) = place.renewing.try_lock() else {
            return Ok(held);
        };
        if again.is_some_and(|again| again > now) {
            return Ok(held);
        }
        Ok(self
            .renew(&place, account, region, &mut again)
            .await
            .unwrap_or(held))
    }

    fn place(&self, account: &Account, region: &str) -> Arc<Place> {
        let key = Key {
            account: account.id,
            role: Purpose::Operate.role_of(account).map(str::to_owned),
            endpoint: account.endpoint.clone(),
            external_id: account.external_id.clone(),
            region: region.to_owned(),
        };
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(places.entry(key).or_default())
    }

    async fn renew(
        &self,
        place: &Place,
        account: &Account,
        region: &str,
        again: &mut Option<DateTime<Utc>>,
    ) -> Result<Arc<Regional>, CloudError> {
        let request = CredentialRequest {
            account,
            purpose: Purpose::Operate,
            run: None,
            regions: &[region.to_owned()],
        };
        match self.source.credentials(request).await {
            Ok(credentials) => {
                let new = Arc::new(Regional::new(&self.base, account, region, &credentials));
                *place.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&new));
                *again = None;
                Ok(new)
            }
            Err(error) => {
                *again = Some(Utc::now() + RENEWED_AGAIN);
                Err(without_credentials(region, &error))
            }
        }
    }
}

impl Place {
    fn held(&self) -> Option<Arc<Regional>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Regional {
    fn new(base: &SdkConfig, account: &Account, region: &str, credentials: &Credentials) -> Self {
        let keys = Keys::new(
            credentials.access_key_id.clone(),
            credentials.secret_access_key.expose_secret(),
            Some(credentials.session_token.expose_secret().to_owned()),
            None,
            "lifeboat",
        );
        let mut config = base.to_builder();
        config.set_region(Region::new(region.to_owned()));
        config.set_credentials_provider(Some(SharedCredentialsProvider::new(keys)));
        if let Some(endpoint) = &account.endpoint {
            config.set_endpoint_url(Some(endpoint.clone()));
        }
        let config = config.build();
        Self {
            region: region.to_owned(),
            cloudwatch: aws_sdk_cloudwatch::Client::new(&config),
            dynamodb: aws_sdk_dynamodb::Client::new(&config),
            rds: aws_sdk_rds::Client::new(&config),
            rdsdata: aws_sdk_rdsdata::Client::new(&config),
            route53: aws_sdk_route53::Client::new(&config),
            secretsmanager: aws_sdk_secretsmanager::Client::new(&config),
            ssm: aws_sdk_ssm::Client::new(&config),
            secrets: Secrets::of(credentials),
            expires_at: credentials.expires_at,
        }
    }

    /// Waits for the answer to `call`, such as `RDS DescribeGlobalClusters`.
    pub(super) async fn ask<T, E>(
        &self,
        call: &str,
        sent: impl Future<Output = Result<T, SdkError<E>>> + Send,
    ) -> Result<T, CloudError>
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        // The SDK's own limits end it earlier, but for what it does outside of them.
        match timeout(CALL + PAUSE, Box::pin(sent)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(fault::of(call, &self.region, &error, &self.secrets)),
            Err(_) => Err(self.no_answer(call, &format!("not within {} s", CALL.as_secs_f32()))),
        }
    }

    /// An answer that is none.
    pub(super) fn no_answer(&self, call: &str, message: &str) -> CloudError {
        CloudError::NoAnswer {
            call: call.to_owned(),
            region: self.region.clone(),
            message: message.to_owned(),
        }
    }

    /// A refusal that AWS itself does not express as an error.
    pub(super) fn refused(&self, call: &str, code: &str, message: &str) -> CloudError {
        CloudError::Refused {
            call: call.to_owned(),
            region: self.region.clone(),
            code: code.to_owned(),
            message: message.to_owned(),
        }
    }
}

/// A configuration for calls that must not be repeated by the SDK: one attempt, which may take as long as two.
pub(super) fn once() -> (RetryConfig, TimeoutConfig) {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(ATTEMPT)
        .operation_attempt_timeout(CALL)
        .operation_timeout(CALL);
    (RetryConfig::disabled(), timeouts.build())
}

fn without_credentials(region: &str, error: &CredentialError) -> CloudError {
    let (call, region) = ("STS AssumeRole".to_owned(), region.to_owned());
    let message = error.to_string();
    match error {
        CredentialError::NoAnswer { .. } => CloudError::NoAnswer {
            call,
            region,
            message,
        },
        CredentialError::NoRole { .. } => refused(call, region, "NoRole", message),
        CredentialError::Refused { .. } => refused(call, region, "RoleNotAssumed", message),
    }
}

fn refused(call: String, region: String, code: &str, message: String) -> CloudError {
    let code = code.to_owned();
    CloudError::Refused {
        call,
        region,
        code,
        message,
    }
}
