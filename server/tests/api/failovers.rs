//! Failovers and readings over REST: previewed, asked for, told, followed. No failover worker: what waits, waits.

use axum::http::StatusCode;
use chrono::Utc;
use lifeboat_domain::environment::Output;
use lifeboat_domain::failover::preview::Preview;
use lifeboat_domain::failover::{Acknowledgements, FailoverKind};
use lifeboat_domain::role::Role;
use lifeboat_domain::{EnvironmentId, FailoverId};
use lifeboat_dr::testing::{PRIMARY, STANDBY};
use lifeboat_dr::{Target, readings};
use lifeboat_store::{NewAuditEvent, NewFailoverRow};
use serde_json::{Map, Value, json};

use crate::app::{Call, Person, TestApp};
use crate::streams::Stream;
use crate::worker::a_state;

const OUTPUTS: [(&str, &str); 19] = [
    ("primary_region", PRIMARY),
    ("secondary_region", STANDBY),
    ("primary_cluster_identifier", "cluster-primary"),
    ("secondary_cluster_identifier", "cluster-secondary"),
    ("primary_cluster_arn", "arn:cluster-primary"),
    ("secondary_cluster_arn", "arn:cluster-secondary"),
    ("database_secret_arn", "arn:secret-primary"),
    ("database_replica_secret_arn", "arn:secret-secondary"),
    ("primary_endpoint", "primary.example.net"),
    ("secondary_endpoint", "secondary.example.net"),
    ("primary_health_check_id", "check-primary"),
    ("secondary_health_check_id", "check-secondary"),
    ("health_check_path", "/health"),
    ("global_cluster_identifier", "global"),
    ("database_name", "ledger"),
    ("application_fqdn", "ledger.example.net"),
    ("state_table_name", "table"),
    ("kill_switch_parameter_name", "/kill-switch"),
    ("switch_alarm_name", "alarm-standby-takes-over"),
];

fn outputs() -> Vec<Output> {
    let output = |(name, value): &(&str, &str)| Output {
        name: (*name).to_owned(),
        value: Some(json!(value)),
        sensitive: false,
    };
    OUTPUTS.iter().map(output).collect()
}

impl TestApp {
    /// A failover of the environment that waits for its second operator.
    pub(crate) async fn waiting_failover(&self, environment: EnvironmentId) -> FailoverId {
        let root = self.store.user_by_login("ana").await.unwrap().expect("ana");
        let row = NewFailoverRow {
            id: FailoverId::generate(),
            environment_id: environment,
            kind: FailoverKind::Switchover,
            needs_confirmation: true,
            from_region: PRIMARY.to_owned(),
            to_region: STANDBY.to_owned(),
            reason: "a test".to_owned(),
            drill: true,
            acknowledged: Acknowledgements::default(),
            requested_by: root.id,
            preview: a_preview(),
            rto_seconds: 300,
            rpo_seconds: 60,
        };
        let event = NewAuditEvent {
            actor: "test".to_owned(),
            action: "failover.request".to_owned(),
            subject: String::new(),
            detail: json!({}),
            team: None,
            environment: Some(environment),
        };
        let made = self.store.create_failover(row, None, event).await.unwrap();
        made.into_inner().id
    }

    /// An environment that was applied and read, in the guarded account.
    pub(crate) async fn applied(&self, ana: &Person<'_>, ben: &Person<'_>) -> EnvironmentId {
        let (id, run) = ana.environment("ledger").await;
        let planned = self.plan().await;
        let approve = json!({ "decision": "approve", "plan_digest": planned.plan_digest });
        ben.post(&format!("/api/v1/runs/{run}/decision"), &approve).await;
        let mut state = a_state(1);
        let told: Map<String, Value> = OUTPUTS
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!({ "value": value, "type": "string" })))
            .collect();
        state["outputs"] = Value::Object(told);
        self.apply_with(state).await;
        self.read(id).await;
        id
    }

    /// One round of the monitor.
    async fn read(&self, id: EnvironmentId) {
        let environment = self.store.environment(id).await.unwrap();
        let account = self.store.account(environment.account_id).await.unwrap();
        let target = Target::of(&environment, &account, &outputs()).unwrap();
        let read = readings::read_all(self.cloud.as_ref(), &target, None).await;
        self.store.save_readings(&[(id, read)]).await.unwrap();
    }
}

fn a_preview() -> Preview {
    Preview {
        kind: FailoverKind::Switchover,
        made_at: Utc::now(),
        from_region: Some(PRIMARY.to_owned()),
        to_region: STANDBY.to_owned(),
        lossless: true,
        at_risk_seconds: Some(0.0),
        rpo_seconds: 60,
        rto_seconds: 300,
        expected_seconds: None,
        experience: 0,
        preconditions: Vec::new(),
        steps: Vec::new(),
    }
}

fn a_switchover() -> Value {
    json!({ "kind": "switchover", "confirmation": "ledger", "reason": "a rehearsal", "drill": true })
}

/// A requester, an approver and two operators.
pub(crate) async fn people(app: &TestApp) -> (Person<'_>, Person<'_>, Person<'_>, Person<'_>) {
    (
        app.person("ana", "payments", &[Role::Requester]).await,
        app.person("ben", "payments", &[Role::Approver]).await,
        app.person("ora", "payments", &[Role::Operator]).await,
        app.person("oli", "payments", &[Role::Operator]).await,
    )
}

#[tokio::test]
async fn a_failover_is_previewed_asked_for_and_confirmed_by_another() {
    let app = TestApp::new().await;
    let (ana, ben, ora, oli) = people(&app).await;
    let id = app.applied(&ana, &ben).await;
    let at = format!("/api/v1/environments/{id}");
    let preview = ora.get(&format!("{at}/failover-preview?kind=switchover")).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.text());
    let preview = preview.json();
    assert_eq!(
        (&preview["to_region"], &preview["lossless"]),
        (&json!(STANDBY), &json!(true))
    );
    assert!(
        preview["preconditions"]
            .as_array()
            .is_some_and(|all| all.len() > 10)
    );
    ora.get(&format!("{at}/failover-preview?kind=moonshot"))
        .await
        .problem("invalid-input");

    let call = || {
        let call = Call::new("POST", &format!("{at}/failovers")).header("idempotency-key", "key-1");
        ora.send(call.json(&a_switchover()))
    };
    let asked = call().await;
    assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.text());
    let failover = asked.json();
    let path = format!("/api/v1/failovers/{}", failover["id"].as_str().unwrap());
    assert_eq!(asked.header("location"), path);
    assert_eq!(failover["state"], "awaiting_confirmation");
    assert_eq!(
        call().await.json()["id"],
        failover["id"],
        "the same key asks once"
    );
    ora.post(&format!("{at}/failovers"), &a_switchover())
        .await
        .problem("conflict");

    ora.send(Call::new("POST", &format!("{path}/confirm")))
        .await
        .problem("own-failover");
    let confirmed = oli.send(Call::new("POST", &format!("{path}/confirm"))).await;
    assert_eq!(confirmed.status, StatusCode::OK, "{}", confirmed.text());
    assert_eq!(confirmed.json()["confirmed_by_login"], "oli");
    assert_eq!(ana.get(&path).await.json()["state"], "queued");
    let of_environment = format!("{at}/failovers?state=queued");
    for list in ["/api/v1/failovers?open=true", of_environment.as_str()] {
        let listed = ana.get(list).await.json();
        assert_eq!(listed["items"][0]["id"], failover["id"], "{list}");
    }
    ora.send(Call::new("POST", &format!("{path}/explode")))
        .await
        .problem("not-found");
}

#[tokio::test]
async fn what_is_missing_is_named_by_field() {
    let app = TestApp::new().await;
    let (ana, ben, ora, _) = people(&app).await;
    let id = app.applied(&ana, &ben).await;
    let path = format!("/api/v1/environments/{id}/failovers");
    let mut new = json!({ "kind": "failover", "confirmation": "ledge", "reason": "" });
    let refused = ora.post(&path, &new).await;
    for field in ["confirmation", "reason", "acknowledged.data_loss"] {
        refused.field_error("invalid-input", field);
    }
    new["surprise"] = json!(true);
    ora.post(&path, &new).await.problem("invalid-input");
    app.cloud.world().armed = false;
    app.read(id).await;
    let blocked = ora.post(&path, &a_switchover()).await;
    assert_eq!(blocked.status, StatusCode::CONFLICT);
    blocked.field_error("conflict", "kill_switch");
}

#[tokio::test]
async fn a_stream_tells_every_revision_and_the_end() {
    let app = TestApp::new().await;
    let (ana, ben, ora, oli) = people(&app).await;
    let id = app.applied(&ana, &ben).await;
    let asked = ora
        .post(&format!("/api/v1/environments/{id}/failovers"), &a_switchover())
        .await
        .json();
    let path = format!("/api/v1/failovers/{}", asked["id"].as_str().unwrap());
    let mut stream = Stream::open(&ana, &format!("{path}/events"), None).await;
    let first = stream.next().await.unwrap();
    assert_eq!(first.data["state"], "awaiting_confirmation");
    assert_eq!(first.id, first.data["revision"].as_i64());
    oli.send(Call::new("POST", &format!("{path}/confirm"))).await;
    assert_eq!(stream.next().await.unwrap().data["state"], "queued");
    let abort = json!({ "reason": "a mistake" });
    ora.post(&format!("{path}/abort"), &json!({}))
        .await
        .field_error("invalid-input", "reason");
    ora.post(&format!("{path}/abort"), &abort).await;
    let ended = stream.next().await.unwrap();
    assert_eq!(ended.data["state"], "aborted");
    assert_eq!(stream.next().await.unwrap().name.as_deref(), Some("end"));
    assert_eq!(stream.next().await, None);
    let mut late = Stream::open(&ana, &format!("{path}/events"), ended.id).await;
    assert_eq!(late.next().await.unwrap().name.as_deref(), Some("end"));
}

#[tokio::test]
async fn readings_are_told_with_their_age_and_live() {
    let app = TestApp::new().await;
    let (ana, ben, ora, _) = people(&app).await;
    let id = app.applied(&ana, &ben).await;
    let at = format!("/api/v1/environments/{id}");
    let told = ana.get(&format!("{at}/readings")).await.json();
    assert_eq!(told["safety"]["level"], "safe", "{told}");
    let lag = &told["readings"]["lag_seconds"];
    assert_eq!(lag["value"], 0.4);
    assert!(
        lag["observed_at"].is_string() && lag["source"].is_string(),
        "{lag}"
    );
    assert_eq!(
        ana.get(&format!("{at}/lag?span=day")).await.status,
        StatusCode::OK
    );
    ana.get(&format!("{at}/lag?span=aeon"))
        .await
        .problem("invalid-input");

    let mut stream = Stream::open(&ana, &format!("{at}/readings/events"), None).await;
    assert_eq!(stream.next().await.unwrap().data["safety"]["level"], "safe");
    let disarm = json!({ "armed": false, "reason": "maintenance" });
    let put = |body: &Value| Call::new("PUT", &format!("{at}/kill-switch")).json(body);
    ana.send(put(&disarm)).await.problem("forbidden");
    let done = ora.send(put(&disarm)).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.text());
    assert!(!app.cloud.world().armed);
    let next = stream.next().await.unwrap();
    assert_eq!(next.data["readings"]["automation"]["value"]["armed"], false);
    assert_eq!(next.data["safety"]["level"], "at_risk");
    app.draining.cancel();
    assert_eq!(
        stream.next().await,
        None,
        "without `end`, so that the client comes back"
    );
}
