//! Pages without JavaScript: every one is drawn, every form works, input is kept, and nothing of others is shown.

use axum::http::StatusCode;
use lifeboat_domain::profile::Profile;
use lifeboat_domain::role::Role;

use crate::app::{Call, PASSWORD, TestApp};

const FORM: [(&str, &str); 8] = [
    ("profile", "transactions"),
    ("team", "payments"),
    ("account", "sandbox"),
    ("parameters.environment_suffix", "ledger"),
    ("parameters.owner_contact", "ops@example.com"),
    ("parameters.environment", "test"),
    ("parameters.cost_center", "4711"),
    ("parameters.domain_name", "ledger.example.com"),
];

#[tokio::test]
async fn logging_in_leads_to_where_one_wanted_to_go() {
    let app = TestApp::new().await;
    app.person("ana", "payments", &[Role::Viewer]).await;
    let page = app.send(Call::new("GET", "/login?next=/runs")).await;
    assert!(page.text().contains("name=\"password\"") && page.text().contains("/runs"));
    let log_in = async |password: &str, next: &str| {
        let fields = [("login", "ana"), ("password", password), ("next", next)];
        app.send(Call::new("POST", "/login").form(&fields)).await
    };
    let wrong = log_in("wrong", "/runs").await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(wrong.text().contains("value=\"ana\""), "the login is kept");
    assert!(!wrong.text().contains("value=\"wrong\""), "the password is not");
    let right = log_in(PASSWORD, "/runs").await;
    assert_eq!(
        (right.status, right.header("location")),
        (StatusCode::SEE_OTHER, "/runs")
    );
    assert!(right.cookie().is_some());
    assert_eq!(log_in(PASSWORD, "//evil.example").await.header("location"), "/");
}

#[tokio::test]
async fn profiles_stand_side_by_side_with_what_tells_them_apart() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let page = ana.get("/environments/new").await.text();
    let profiles: Vec<Profile> = serde_json::from_str(&ana.get("/api/v1/profiles").await.text()).unwrap();
    assert!(!profiles.is_empty());
    for profile in profiles {
        let cost = profile.monthly_cost.unwrap();
        for told in [
            &profile.title,
            &profile.engine,
            &profile.primary_region,
            &profile.standby_region,
            &cost,
        ] {
            assert!(page.contains(told.as_str()), "{}: {told}", profile.name);
        }
    }
    assert!(
        page.contains("5 min") && page.contains("60 s"),
        "objectives of transactions"
    );
}

#[tokio::test]
async fn the_main_job_by_forms_alone() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let ben = app.person("ben", "payments", &[Role::Approver]).await;
    let empty = ana.get("/").await;
    assert!(
        empty.text().contains("/environments/new"),
        "an empty fleet says what to do next"
    );
    assert!(
        ana.get("/environments/new")
            .await
            .text()
            .contains("profile=transactions")
    );
    let form = ana.get("/environments/new?profile=transactions").await;
    assert!(form.text().contains("name=\"parameters.environment_suffix\""));

    let made = ana.form("/environments/new", &FORM).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text());
    let at = made.header("location").to_owned();
    let run = ana.get(&at).await;
    assert!(run.text().contains("The environment is created"), "said once");
    assert!(
        !ana.get(&at).await.text().contains("The environment is created"),
        "and not again"
    );
    assert!(ana.get("/").await.text().contains("ledger"));

    let planned = app.plan().await;
    assert!(ben.get("/approvals").await.text().contains("ledger"));
    let page = ben.get(&at).await.text();
    assert!(
        page.contains("module.primary") && page.contains("the &lt;key>") || page.contains("the &lt;key&gt;"),
        "values are escaped"
    );
    assert!(!page.contains("the <key>"));
    let digest = planned.plan_digest.unwrap().to_string();
    assert!(page.contains(&digest), "the form is bound to the plan");
    let fields = [
        ("decision", "approve"),
        ("plan_digest", digest.as_str()),
        ("comment", ""),
    ];
    let decided = ben.form(&format!("{at}/decision"), &fields).await;
    assert_eq!(
        (decided.status, decided.header("location")),
        (StatusCode::SEE_OTHER, at.as_str())
    );
    assert!(ben.get(&at).await.text().contains("Approved: exactly this plan"));
    let applied = app.apply_with_state(1).await;

    let environment = format!("/environments/{}", applied.environment_id);
    assert!(ana.get(&environment).await.text().contains("db.example.com"));
    let destroy = ana
        .form(&format!("{environment}/runs"), &[("kind", "destroy")])
        .await;
    assert_eq!(destroy.status, StatusCode::SEE_OTHER);
    let at = destroy.header("location").to_owned();
    let cancelled = ana.form(&format!("{at}/cancel"), &[]).await;
    assert_eq!(cancelled.header("location"), at);
    assert!(ana.get(&at).await.text().contains("The run is cancelled."));
    assert!(ana.get("/runs?state=cancelled").await.text().contains("ledger"));
    let ended = ana.form("/logout", &[]).await;
    assert_eq!(ended.header("location"), "/login");
    assert_eq!(ana.get("/").await.header("location"), "/login");
}

#[tokio::test]
async fn sending_a_form_twice_creates_once() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let mut fields = FORM.to_vec();
    fields.push(("idempotency_key", "3f6c"));
    let first = ana.form("/environments/new", &fields).await;
    let second = ana.form("/environments/new", &fields).await;
    assert_eq!(first.header("location"), second.header("location"));
    assert_eq!(
        ana.get("/api/v1/environments").await.json()["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn settings_are_changed_by_a_form_and_input_is_kept() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let (environment, run) = ana.environment("ledger").await;
    let at = format!("/environments/{environment}/settings");
    let form = ana.get(&at).await.text();
    assert!(form.contains("Settings of ledger") && form.contains("value=\"4711\""));
    let send = async |cost_center: &str| {
        let fields = FORM.map(|(name, value)| match name {
            "parameters.cost_center" => (name, cost_center),
            _ => (name, value),
        });
        ana.form(&at, &fields).await
    };
    let busy = send("4712").await;
    assert_eq!(busy.status, StatusCode::CONFLICT, "its first run is open");
    assert!(busy.text().contains("Run 1") && busy.text().contains("value=\"4712\""));
    ana.form(&format!("/runs/{run}/cancel"), &[]).await;
    let wrong = send("47;11").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("value=\"47;11\""), "what was typed is kept");
    let changed = send("4712").await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.text());
    assert!(changed.header("location").starts_with("/runs/"));
    assert!(
        ana.get(&format!("/environments/{environment}"))
            .await
            .text()
            .contains("4712")
    );
}

#[tokio::test]
async fn a_refused_action_is_explained_on_its_page() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let vic = app.person("vic", "payments", &[Role::Viewer]).await;
    let (environment, run) = ana.environment("ledger").await;
    let page = vic
        .form(
            &format!("/environments/{environment}/runs"),
            &[("kind", "destroy")],
        )
        .await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.header("content-type").starts_with("text/html"));
    let page = ana
        .form(&format!("/environments/{environment}/runs"), &[("kind", "sink")])
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = vic.form(&format!("/runs/{run}/cancel"), &[]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let reloaded = ana.get(&format!("/runs/{run}/cancel")).await;
    assert_eq!(reloaded.header("location"), format!("/runs/{run}"));
}

#[tokio::test]
async fn others_find_nothing() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let eve = app.person("eve", "other", &[Role::Admin]).await;
    let (environment, run) = ana.environment("ledger").await;
    for path in [
        format!("/environments/{environment}"),
        format!("/runs/{run}"),
        format!("/runs/{run}/log.txt"),
    ] {
        let page = eve.get(&path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!page.text().contains("ledger"), "{path}");
    }
    for path in ["/", "/runs", "/approvals"] {
        let page = eve.get(path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.text().contains("ledger"), "{path}");
    }
}

#[tokio::test]
async fn a_portal_without_a_sandbox_says_so_on_every_page() {
    let app = TestApp::with(|settings| settings.unsandboxed = true).await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    for path in ["/", "/runs", "/tokens", "/environments/new", "/nowhere"] {
        assert!(ana.get(path).await.text().contains("unsafe-none"), "{path}");
    }
    assert!(
        app.send(Call::new("GET", "/login"))
            .await
            .text()
            .contains("unsafe-none")
    );
    let kept = TestApp::new().await;
    assert!(
        !kept
            .send(Call::new("GET", "/login"))
            .await
            .text()
            .contains("unsafe-none")
    );
}
