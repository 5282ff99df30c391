//! The request sent to STS, and what becomes of its answers.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use lifeboat_aws::StsCredentials;
use lifeboat_domain::account::Account;
use lifeboat_domain::{AccountId, RunId};
use lifeboat_runner::{CredentialError, CredentialRequest, CredentialSource as _, Purpose};
use secrecy::ExposeSecret as _;

const ANSWER: &str = r#"<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<AssumedRoleUser><AssumedRoleId>A:b</AssumedRoleId><Arn>arn:aws:sts::1:assumed-role/plan/b</Arn></AssumedRoleUser>
<Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>the-secret-key</SecretAccessKey>
<SessionToken>the-token</SessionToken><Expiration>2031-02-03T04:05:06Z</Expiration></Credentials>
</AssumeRoleResult></AssumeRoleResponse>"#;

const REFUSAL: &str = r#"<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
<Code>AccessDenied</Code><Message>not authorised to assume it</Message></Error></ErrorResponse>"#;

type Sent = Arc<Mutex<Vec<BTreeMap<String, String>>>>;

/// STS as a server: it keeps what it was sent and gives one answer.
async fn sts(status: StatusCode, answer: &'static str) -> (String, Sent) {
    let sent = Sent::default();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let take = move |State(sent): State<Sent>,
                     headers: HeaderMap,
                     Form(mut form): Form<BTreeMap<String, String>>| async move {
        let signature = headers["authorization"].to_str().unwrap();
        form.insert("signature".to_owned(), signature.to_owned());
        sent.lock().unwrap().push(form);
        (status, [("content-type", "text/xml")], answer)
    };
    let router = Router::new().route("/", post(take)).with_state(Arc::clone(&sent));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (endpoint, sent)
}

fn account(endpoint: Option<String>) -> Account {
    Account {
        id: AccountId::generate(),
        name: "ledger".to_owned(),
        aws_account_id: "123456789012".to_owned(),
        plan_role_arn: Some("arn:aws:iam::123456789012:role/plan".to_owned()),
        apply_role_arn: Some("arn:aws:iam::123456789012:role/apply".to_owned()),
        operate_role_arn: None,
        external_id: Some("external-4711".to_owned()),
        guarded: true,
        endpoint,
    }
}

fn request<'a>(account: &'a Account, purpose: Purpose, regions: &'a [String]) -> CredentialRequest<'a> {
    CredentialRequest {
        account,
        purpose,
        run: Some(RunId::generate()),
        regions,
    }
}

#[tokio::test]
async fn plan_and_apply_have_their_own_role_policy_and_the_external_id() {
    let (endpoint, sent) = sts(StatusCode::OK, ANSWER).await;
    let account = account(Some(endpoint));
    let regions = ["us-east-1".to_owned(), "us-west-2".to_owned()];
    let source = StsCredentials::from_environment().await;
    let plan = request(&account, Purpose::Plan, &regions);
    let run = plan.run.unwrap();
    let given = source.credentials(plan).await.unwrap();
    source
        .credentials(request(&account, Purpose::Apply, &regions))
        .await
        .unwrap();

    assert_eq!(given.access_key_id, "ASIAEXAMPLE");
    assert_eq!(given.secret_access_key.expose_secret(), "the-secret-key");
    assert_eq!(given.session_token.expose_secret(), "the-token");
    assert_eq!(given.expires_at.to_rfc3339(), "2031-02-03T04:05:06+00:00");
    assert_eq!(given.role_arn, account.plan_role_arn);
    assert!(
        !format!("{given:?}").contains("the-"),
        "secrets are not in the debug text"
    );

    let sent = sent.lock().unwrap();
    let (plan, apply) = (&sent[0], &sent[1]);
    assert_eq!(plan["RoleArn"], "arn:aws:iam::123456789012:role/plan");
    assert_eq!(apply["RoleArn"], "arn:aws:iam::123456789012:role/apply");
    assert_eq!(plan["RoleSessionName"], format!("lifeboat-{run}"));
    assert_eq!(
        plan["PolicyArns.member.1.arn"],
        "arn:aws:iam::aws:policy/ReadOnlyAccess"
    );
    assert!(!apply.contains_key("PolicyArns.member.1.arn"));
    for form in [plan, apply] {
        assert_eq!(
            (form["ExternalId"].as_str(), form["DurationSeconds"].as_str()),
            ("external-4711", "3600")
        );
        assert!(
            form["Policy"].contains(r#""aws:RequestedRegion":["us-east-1","us-west-2"]"#),
            "{}",
            form["Policy"]
        );
    }
}

#[tokio::test]
async fn operating_asks_in_the_region_that_is_acted_in_and_falls_back_to_the_apply_role() {
    let (endpoint, sent) = sts(StatusCode::OK, ANSWER).await;
    let mut account = account(Some(endpoint));
    let regions = ["eu-central-2".to_owned()];
    let source = StsCredentials::from_environment().await;
    for role in [None, Some("arn:aws:iam::123456789012:role/operate".to_owned())] {
        account.operate_role_arn = role;
        let mut request = request(&account, Purpose::Operate, &regions);
        request.run = None;
        source.credentials(request).await.unwrap();
    }
    let sent = sent.lock().unwrap();
    assert_eq!(sent[0]["RoleArn"], "arn:aws:iam::123456789012:role/apply");
    assert_eq!(sent[1]["RoleArn"], "arn:aws:iam::123456789012:role/operate");
    for form in sent.iter() {
        assert!(
            form["signature"].contains("/eu-central-2/sts/"),
            "{}",
            form["signature"]
        );
        assert_eq!(form["RoleSessionName"], "lifeboat-operate");
        assert!(
            form["Policy"].contains("rds:FailoverGlobalCluster"),
            "{}",
            form["Policy"]
        );
    }
}

#[tokio::test]
async fn a_broken_sts_is_no_refusal() {
    let (endpoint, _) = sts(StatusCode::SERVICE_UNAVAILABLE, REFUSAL).await;
    let account = account(Some(endpoint));
    let source = StsCredentials::from_environment().await;
    let regions = ["us-west-2".to_owned()];
    let request = request(&account, Purpose::Operate, &regions);
    let error = source.credentials(request).await.unwrap_err();
    assert!(matches!(error, CredentialError::NoAnswer { .. }), "{error:?}");
}

#[tokio::test]
async fn a_refusal_says_what_aws_said_and_is_not_tried_again() {
    let (endpoint, sent) = sts(StatusCode::FORBIDDEN, REFUSAL).await;
    let account = account(Some(endpoint));
    let source = StsCredentials::from_environment().await;
    let error = source
        .credentials(request(&account, Purpose::Apply, &[]))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "assuming arn:aws:iam::123456789012:role/apply: AccessDenied: not authorised to assume it"
    );
    assert_eq!(sent.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn an_endpoint_without_roles_gets_placeholders() {
    let mut account = account(Some("http://127.0.0.1:9".to_owned()));
    account.plan_role_arn = None;
    let source = StsCredentials::from_environment().await;
    let given = source
        .credentials(request(&account, Purpose::Plan, &[]))
        .await
        .unwrap();
    assert_eq!(
        (given.access_key_id.as_str(), given.role_arn),
        ("lifeboat-emulator", None)
    );
}

#[tokio::test]
async fn aws_itself_is_never_entered_without_a_role() {
    let mut account = account(None);
    account.apply_role_arn = None;
    let source = StsCredentials::from_environment().await;
    let error = source
        .credentials(request(&account, Purpose::Apply, &[]))
        .await
        .unwrap_err();
    assert!(matches!(error, CredentialError::NoRole { .. }));
    assert!(error.to_string().contains("apply_role_arn"), "{error}");
}

#[tokio::test]
async fn an_endpoint_that_does_not_answer_is_named() {
    let account = account(Some("http://127.0.0.1:9".to_owned()));
    let source = StsCredentials::from_environment().await;
    let error = source
        .credentials(request(&account, Purpose::Plan, &[]))
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("did not answer"), "{error}");
}
