//! Who is asked, and who is left alone. What the emulator itself does is judged in `tests/cloud`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use lifeboat_aws::EmulatorFaults;
use lifeboat_domain::account::Account;
use lifeboat_domain::game_day::world::{RegionSwitch, Switch};
use lifeboat_domain::reading::RegionRole;
use lifeboat_domain::{AccountId, EnvironmentId};
use lifeboat_dr::{FaultError, Faults as _, Target, TargetRegion};

const DOWN: Switch = Switch::Region {
    which: RegionRole::Primary,
    to: RegionSwitch::Down,
};

type Asked = Arc<Mutex<Vec<String>>>;

/// Something at an endpoint that answers everything alike, and keeps what it was asked.
async fn something(status: StatusCode, body: &'static str) -> (Target, Asked) {
    let asked = Asked::default();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let answer = move |State(asked): State<Asked>, request: Request| async move {
        let line = format!("{} {}", request.method(), request.uri());
        asked.lock().unwrap().push(line);
        (status, [(header::LOCATION, "/elsewhere")], body).into_response()
    };
    let router = Router::new().fallback(answer).with_state(Arc::clone(&asked));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (target(&endpoint), asked)
}

fn target(endpoint: &str) -> Target {
    let region = |region: &str, built_as| TargetRegion {
        region: region.to_owned(),
        built_as,
        cluster_identifier: "aurora".to_owned(),
        cluster_arn: format!("arn:{region}"),
        secret_arn: String::new(),
        host: String::new(),
        health_path: String::new(),
        health_check: String::new(),
        alarm_word: String::new(),
    };
    Target {
        environment: EnvironmentId::generate(),
        suffix: "ledger".to_owned(),
        account: Account {
            id: AccountId::generate(),
            name: "sandbox".to_owned(),
            aws_account_id: "123456789012".to_owned(),
            plan_role_arn: None,
            apply_role_arn: None,
            operate_role_arn: None,
            external_id: None,
            guarded: false,
            endpoint: (!endpoint.is_empty()).then(|| endpoint.to_owned()),
        },
        primary: region("us-east-1", RegionRole::Primary),
        standby: region("us-west-2", RegionRole::Standby),
        global_cluster: "global/../regions".to_owned(),
        database: String::new(),
        name: "app.example.test".to_owned(),
        state_table: String::new(),
        kill_switch: String::new(),
        switch_alarm: String::new(),
        anti_flap_seconds: 0,
    }
}

async fn throw(target: &Target) -> Result<(), FaultError> {
    EmulatorFaults::new().unwrap().throw(target, DOWN).await
}

#[tokio::test]
async fn what_is_not_the_emulator_is_asked_for_its_health_and_nothing_else() {
    let strangers = [
        (StatusCode::OK, "<html>hello</html>"),
        (StatusCode::OK, r#"{"status": "ok"}"#),
        (StatusCode::OK, r#"{"status": "ok", "extensions": ["s3"]}"#),
        (
            StatusCode::OK,
            r#"{"status": "starting", "extensions": ["regions"]}"#,
        ),
        (StatusCode::NOT_FOUND, "no such bucket"),
        (StatusCode::INTERNAL_SERVER_ERROR, "broken"),
        // A redirect is not followed.
        (StatusCode::TEMPORARY_REDIRECT, ""),
    ];
    for (status, body) in strangers {
        let (target, asked) = something(status, body).await;
        let error = throw(&target).await.unwrap_err();
        assert!(
            matches!(error, FaultError::NotTheEmulator { .. }),
            "{body}: {error}"
        );
        assert_eq!(*asked.lock().unwrap(), ["GET /_lifeboat/health"], "{body}");
    }
}

#[tokio::test]
async fn aws_and_what_is_no_address_are_not_asked_at_all() {
    for endpoint in [
        "",
        "nowhere",
        "https://rds.us-east-1.amazonaws.com",
        "https://sts.cn-north-1.amazonaws.com.cn",
        "https://ec2.us-east-1.api.aws",
    ] {
        let error = throw(&target(endpoint)).await.unwrap_err();
        assert!(
            matches!(error, FaultError::NotTheEmulator { .. }),
            "{endpoint}: {error}"
        );
    }
}

#[tokio::test]
async fn nobody_there_is_no_answer() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = throw(&target(&endpoint)).await.unwrap_err();
    assert!(matches!(error, FaultError::NoAnswer { .. }), "{error}");
}

#[tokio::test]
async fn a_name_in_a_path_stays_one_part_of_it() {
    let healthy = r#"{"status": "ok", "extensions": ["regions"]}"#;
    let (target, asked) = something(StatusCode::OK, healthy).await;
    let faults = EmulatorFaults::new().unwrap();
    let link = Switch::Link { stopped: true };
    faults.throw(&target, link).await.unwrap();
    let last = asked.lock().unwrap().last().cloned();
    assert_eq!(
        last.as_deref(),
        Some("PUT /_lifeboat/replication/global%2F..%2Fregions")
    );
}
