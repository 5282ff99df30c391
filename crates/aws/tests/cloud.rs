//! What goes over the wire, and what becomes of answers that are none. What AWS means by its answers is tested against the emulator.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use chrono::{TimeDelta, Utc};
use lifeboat_aws::{AwsCloud, Outside};
use lifeboat_domain::account::Account;
use lifeboat_domain::reading::RegionRole;
use lifeboat_domain::{AccountId, EnvironmentId};
use lifeboat_dr::{Cloud as _, CloudError, Target, TargetRegion, WriterMove};
use lifeboat_runner::{CredentialError, CredentialRequest, CredentialSource, Credentials, Purpose};

const KEY: &str = "ASIAEXAMPLE";
const TOKEN: &str = "the-session-token";
const SECRET: &str = "the-secret-key";

/// Gives credentials that last `minutes`; from the second time on it may refuse.
#[derive(Default)]
struct Source {
    minutes: i64,
    refuses_later: bool,
    asked: Mutex<Vec<Vec<String>>>,
}

impl Source {
    fn lasting(minutes: i64) -> Arc<Self> {
        Arc::new(Self {
            minutes,
            ..Self::default()
        })
    }

    fn times_asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

#[async_trait]
impl CredentialSource for Source {
    async fn credentials(&self, request: CredentialRequest<'_>) -> Result<Credentials, CredentialError> {
        assert_eq!((request.purpose, request.run), (Purpose::Operate, None));
        let mut asked = self.asked.lock().unwrap();
        asked.push(request.regions.to_vec());
        if self.refuses_later && asked.len() > 1 {
            return Err(CredentialError::NoAnswer {
                role_arn: "arn:aws:iam::1:role/operate".to_owned(),
                reason: "STS in us-west-2 did not answer".to_owned(),
            });
        }
        Ok(Credentials {
            access_key_id: KEY.to_owned(),
            secret_access_key: SECRET.into(),
            session_token: TOKEN.into(),
            expires_at: Utc::now() + TimeDelta::minutes(self.minutes),
            role_arn: None,
        })
    }
}

/// Refuses as AWS does when a signature is wrong: with all that was signed.
async fn echo(headers: HeaderMap) -> Response {
    let header = |name: &str| headers.get(name).unwrap().to_str().unwrap().to_owned();
    assert!(header("authorization").contains(KEY) && header("x-amz-security-token") == TOKEN);
    let said = format!(
        "{TOKEN} of {KEY} is wrong ({SECRET}). The canonical string should have been\nx-amz-security-token:{TOKEN}"
    );
    match headers.contains_key("x-amz-target") {
        true => {
            let body = serde_json::json!({ "__type": "InvalidSignatureException", "message": said });
            (StatusCode::BAD_REQUEST, body.to_string()).into_response()
        }
        false => {
            let body = format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>SignatureDoesNotMatch</Code><Message>{said}</Message></Error></ErrorResponse>"
            );
            (StatusCode::FORBIDDEN, body).into_response()
        }
    }
}

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    endpoint
}

/// A server that takes requests, counts them and does not answer.
async fn silent() -> (String, Arc<AtomicU32>) {
    let count = Arc::new(AtomicU32::new(0));
    let take = |State(count): State<Arc<AtomicU32>>, _body: Bytes| async move {
        count.fetch_add(1, Ordering::SeqCst);
        std::future::pending::<()>().await;
    };
    let router = Router::new().fallback(take).with_state(Arc::clone(&count));
    (serve(router).await, count)
}

fn region(region: &str, built_as: RegionRole) -> TargetRegion {
    TargetRegion {
        region: region.to_owned(),
        built_as,
        cluster_identifier: "cluster".to_owned(),
        cluster_arn: format!("arn:aws:rds:{region}:1:cluster:cluster"),
        secret_arn: format!("arn:aws:secretsmanager:{region}:1:secret:x"),
        host: "host.example.test".to_owned(),
        health_path: "/health".to_owned(),
        health_check: "check".to_owned(),
        alarm_word: "-x".to_owned(),
    }
}

fn target(endpoint: &str) -> Target {
    Target {
        environment: EnvironmentId::generate(),
        suffix: "x".to_owned(),
        account: Account {
            id: AccountId::generate(),
            name: "ledger".to_owned(),
            aws_account_id: "123456789012".to_owned(),
            plan_role_arn: None,
            apply_role_arn: None,
            operate_role_arn: Some("arn:aws:iam::123456789012:role/operate".to_owned()),
            external_id: None,
            guarded: false,
            endpoint: Some(endpoint.to_owned()),
        },
        primary: region("us-east-1", RegionRole::Primary),
        standby: region("us-west-2", RegionRole::Standby),
        global_cluster: "global".to_owned(),
        database: "database".to_owned(),
        name: "app.example.test".to_owned(),
        state_table: "state".to_owned(),
        kill_switch: "/kill".to_owned(),
        switch_alarm: "switch".to_owned(),
        anti_flap_seconds: 3600,
    }
}

async fn cloud(source: Arc<Source>) -> AwsCloud {
    AwsCloud::new(source, HashMap::new()).await.unwrap()
}

#[tokio::test]
async fn credentials_are_in_no_error() {
    let endpoint = serve(Router::new().fallback(echo)).await;
    let (cloud, target) = (cloud(Source::lasting(60)).await, target(&endpoint));
    let errors = [
        cloud.topology(&target, "us-west-2").await.unwrap_err(),
        cloud.heartbeat(&target, "us-west-2").await.unwrap_err(),
        cloud.secret(&target, &target.standby).await.unwrap_err(),
        cloud.set_kill_switch(&target, true).await.unwrap_err(),
    ];
    for error in errors {
        let text = format!("{error} {error:?}");
        assert!(matches!(error, CloudError::Refused { .. }), "{text}");
        for secret in [TOKEN, KEY, SECRET, "canonical string should have been\n"] {
            assert!(!text.contains(secret), "{text}");
        }
        assert!(text.contains("[hidden] of [hidden] is wrong"), "{text}");
    }
    assert!(!format!("{cloud:?}").contains(TOKEN));
}

#[tokio::test]
async fn a_region_that_is_silent_is_known_within_seven_seconds() {
    let ((reading, read), (moving, moved)) = (silent().await, silent().await);
    let cloud = cloud(Source::lasting(60)).await;
    let (quiet, still) = (target(&reading), target(&moving));
    let began = Instant::now();
    let (topology, asked) = tokio::join!(
        cloud.topology(&quiet, "us-east-1"),
        cloud.move_writer(&still, &still.standby, WriterMove::Forced)
    );
    assert!(began.elapsed() < Duration::from_secs(7), "{:?}", began.elapsed());
    for error in [topology.unwrap_err(), asked.unwrap_err()] {
        assert!(matches!(error, CloudError::NoAnswer { .. }), "{error:?}");
    }
    assert_eq!(read.load(Ordering::SeqCst), 2, "a question may be repeated");
    assert_eq!(moved.load(Ordering::SeqCst), 1, "a move may not");
}

#[tokio::test]
async fn credentials_are_asked_for_in_the_region_that_is_acted_in_and_kept() {
    let endpoint = serve(Router::new().fallback(echo)).await;
    let source = Source::lasting(60);
    let (cloud, target) = (cloud(Arc::clone(&source) as _).await, target(&endpoint));
    for region in ["us-east-1", "us-west-2", "us-east-1", "us-west-2"] {
        cloud.topology(&target, region).await.unwrap_err();
    }
    let asked = source.asked.lock().unwrap().clone();
    assert_eq!(asked, [["us-east-1"], ["us-west-2"]]);
}

#[tokio::test]
async fn credentials_are_renewed_five_minutes_before_their_end() {
    let endpoint = serve(Router::new().fallback(echo)).await;
    let source = Source::lasting(4);
    let (cloud, target) = (cloud(Arc::clone(&source) as _).await, target(&endpoint));
    for _ in 0..2 {
        cloud.topology(&target, "us-west-2").await.unwrap_err();
    }
    assert_eq!(source.times_asked(), 2);
}

#[tokio::test]
async fn credentials_that_hold_are_used_while_no_new_ones_can_be_had() {
    let endpoint = serve(Router::new().fallback(echo)).await;
    let source = Arc::new(Source {
        minutes: 4,
        refuses_later: true,
        ..Source::default()
    });
    let (cloud, target) = (cloud(Arc::clone(&source) as _).await, target(&endpoint));
    for _ in 0..3 {
        let error = cloud.topology(&target, "us-west-2").await.unwrap_err();
        assert!(
            error.to_string().starts_with("RDS DescribeGlobalClusters"),
            "{error}"
        );
    }
    assert_eq!(
        source.times_asked(),
        2,
        "and they are not asked for at every call"
    );
}

#[tokio::test]
async fn who_gets_no_credentials_is_told_so() {
    let source = Arc::new(Source {
        minutes: -1,
        refuses_later: true,
        ..Source::default()
    });
    let (cloud, target) = (cloud(source).await, target("http://127.0.0.1:9"));
    cloud.topology(&target, "us-west-2").await.unwrap_err();
    let error = cloud.topology(&target, "us-west-2").await.unwrap_err();
    let CloudError::NoAnswer { call, message, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(call, "STS AssumeRole");
    assert!(message.contains("STS in us-west-2 did not answer"), "{message}");
}

#[tokio::test]
async fn settings_that_cannot_be_used_are_named() {
    let outside = Outside {
        ca_file: Some("/no/such/file.pem".into()),
        ..Outside::default()
    };
    let outside = HashMap::from([("ledger".to_owned(), outside)]);
    let error = AwsCloud::new(Source::lasting(60), outside).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("/no/such/file.pem") && text.contains("ledger"),
        "{text}"
    );
}
