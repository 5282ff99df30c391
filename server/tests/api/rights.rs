//! The authorisation table: what every operation of the API asks for, and that it does. An operation that is missing here
//! fails the test.

use axum::http::StatusCode;
use lifeboat_domain::role::Role;
use lifeboat_domain::{DrillId, EnvironmentId, FailoverId, RunId};
use serde_json::json;

use crate::app::{Answer, Call, Person, TestApp, new_environment};
use crate::document::operations;

/// Operation, right, and whether it is about a thing of team `payments`, which others must not find.
const TABLE: [(&str, &str, bool); 49] = [
    ("create_session", "nobody", false),
    ("delete_session", "signed-in", false),
    ("get_me", "signed-in", false),
    ("list_profiles", "signed-in", false),
    ("get_profile", "signed-in", false),
    ("check_parameters", "signed-in", false),
    ("list_environments", "signed-in", false),
    ("create_environment", "request", false),
    ("get_environment", "view", true),
    ("list_outputs", "view", true),
    ("list_resources", "view", true),
    ("list_state_versions", "view", true),
    ("change_settings", "request", true),
    ("list_environment_runs", "view", true),
    ("create_run", "request", true),
    ("list_runs", "signed-in", false),
    ("get_run", "view", true),
    ("get_plan", "view", true),
    ("decide_run", "approve", true),
    ("cancel_run", "request", true),
    ("follow_run", "view", true),
    ("get_log", "view", true),
    ("get_readings", "view", true),
    ("follow_readings", "view", true),
    ("get_lag", "view", true),
    ("set_kill_switch", "operate", true),
    ("preview_failover", "view", true),
    ("list_environment_failovers", "view", true),
    ("request_failover", "operate", true),
    ("list_failovers", "signed-in", false),
    ("get_failover", "view", true),
    ("follow_failover", "view", true),
    ("command_failover", "operate", true),
    ("get_evidence", "view", true),
    ("get_game_day", "view", true),
    ("break_in_emulator", "operate", true),
    ("mend_in_emulator", "operate", true),
    ("list_environment_drills", "view", true),
    ("request_drill", "operate", true),
    ("list_drills", "signed-in", false),
    ("get_drill", "view", true),
    ("approve_drill", "approve", true),
    ("abort_drill", "operate", true),
    ("get_drill_schedule", "view", true),
    ("set_drill_schedule", "operate", true),
    ("delete_drill_schedule", "operate", true),
    ("approve_drill_schedule", "approve", true),
    ("list_tokens", "signed-in", false),
    ("create_token", "signed-in", false),
];
/// The rest of it: these need no environment.
const REST: [(&str, &str, bool); 5] = [
    ("revoke_token", "signed-in", false),
    ("list_teams", "signed-in", false),
    ("list_accounts", "signed-in", false),
    ("list_audit_events", "portal-admin", false),
    ("get_evidence_key", "signed-in", false),
];

fn row(operation: &str) -> Option<(&'static str, bool)> {
    let mut rows = TABLE.iter().chain(&REST);
    rows.find(|(name, ..)| *name == operation)
        .map(|(_, right, hidden)| (*right, *hidden))
}

#[test]
fn every_operation_is_in_the_table_and_says_the_same() {
    let operations = operations();
    assert_eq!(operations.len(), TABLE.len() + REST.len());
    for (method, path, operation) in operations {
        let id = operation["operationId"].as_str().unwrap();
        let (right, _) = row(id).unwrap_or_else(|| panic!("{id} ({method} {path}) is not in the table"));
        assert_eq!(operation["x-lifeboat-right"], right, "{id}");
        let secured = operation["security"]
            .as_array()
            .is_some_and(|schemes| !schemes.is_empty());
        assert_eq!(secured, right != "nobody", "{id}");
    }
}

/// Who calls, and which rights they have in team `payments`.
struct Caller<'a> {
    name: &'static str,
    person: Option<Person<'a>>,
    rights: &'static [&'static str],
    /// Whether they are in a team at all.
    in_a_team: bool,
    sees_payments: bool,
}

struct Things {
    environment: EnvironmentId,
    run: RunId,
    failover: FailoverId,
    drill: DrillId,
}

impl Things {
    fn call(&self, method: &str, path: &str, operation: &str) -> Call {
        let id = if path.contains("/runs/{id}") {
            self.run.to_string()
        } else if path.contains("/failovers/{id}") {
            self.failover.to_string()
        } else if path.contains("/drills/{id}") {
            self.drill.to_string()
        } else {
            self.environment.to_string()
        };
        let mut path = path.replace("{name}", "transactions").replace("{id}", &id);
        path = path.replace("{command}", "abort");
        if operation == "preview_failover" {
            path.push_str("?kind=failover");
        }
        let call = Call::new(method, &path);
        match operation {
            "create_session" => call.json(&json!({ "login": "nobody", "password": "wrong" })),
            "check_parameters" => call.json(&json!({ "parameters": {} })),
            "create_environment" => call.json(&new_environment("ledger")),
            "change_settings" => call.json(&json!({ "parameters": {} })),
            "create_run" => call.json(&json!({ "kind": "update" })),
            "create_token" => call.json(&json!({ "name": "ci", "days": 1 })),
            "set_kill_switch" => call.json(&json!({ "armed": true })),
            "request_failover" => {
                call.json(&json!({ "kind": "failover", "confirmation": "ledger", "reason": "a test" }))
            }
            "break_in_emulator" => call.json(&json!({ "fault": "dns_stuck" })),
            "request_drill" => {
                call.json(&json!({ "mode": "copy", "confirmation": "ledger", "reason": "a test" }))
            }
            "abort_drill" => call.json(&json!({ "reason": "a test" })),
            "set_drill_schedule" => call.json(&json!({ "every_days": 30 })),
            "command_failover" => call.json(&json!({ "reason": "a test" })),
            // The wrong digest: whoever may decide is told so, and the run goes on waiting.
            "decide_run" => call.json(&json!({ "decision": "approve", "plan_digest": "0".repeat(64) })),
            _ => call,
        }
    }
}

/// What the table promises `caller`.
fn expected(caller: &Caller<'_>, right: &str, hidden: bool) -> &'static [u16] {
    if right == "nobody" || (right == "signed-in" && caller.person.is_some()) {
        return &[];
    }
    if caller.person.is_none() {
        return &[401];
    }
    if !caller.in_a_team && !caller.sees_payments {
        return &[403];
    }
    if !caller.sees_payments && right != "portal-admin" {
        // A thing that is hidden is not found; a team that is not theirs is no choice.
        return if hidden { &[404] } else { &[422] };
    }
    if caller.rights.contains(&right) {
        &[]
    } else {
        &[403]
    }
}

#[tokio::test]
async fn every_operation_holds_its_right_against_everybody() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let (environment, run) = ana.environment("ledger").await;
    app.plan().await;
    let failover = app.waiting_failover(environment).await;
    let things = Things {
        environment,
        run,
        failover,
        drill: app.waiting_drill(environment).await,
    };
    let caller = |name, person, rights, in_a_team, sees_payments| Caller {
        name,
        person,
        rights,
        in_a_team,
        sees_payments,
    };
    let all = &["view", "request", "approve", "operate", "portal-admin"][..];
    let callers = [
        caller("nobody", None, &[], false, false),
        caller(
            "without a team",
            Some(app.person("tom", "", &[]).await),
            &[],
            false,
            false,
        ),
        caller(
            "outsider",
            Some(app.person("eve", "other", &[Role::Admin]).await),
            &[],
            true,
            false,
        ),
        caller(
            "viewer",
            Some(app.person("vic", "payments", &[Role::Viewer]).await),
            &["view"],
            true,
            true,
        ),
        caller("requester", Some(ana), &["view", "request"], true, true),
        caller(
            "approver",
            Some(app.person("ben", "payments", &[Role::Approver]).await),
            &["view", "approve"],
            true,
            true,
        ),
        caller(
            "operator",
            Some(app.person("ora", "payments", &[Role::Operator]).await),
            &["view", "request", "operate"],
            true,
            true,
        ),
        caller(
            "team admin",
            Some(app.person("tea", "payments", &[Role::Admin]).await),
            &["view", "request", "approve", "operate"],
            true,
            true,
        ),
        caller("portal admin", Some(app.admin("root").await), all, false, true),
    ];
    // What ends the session, the run or the wait of others comes last.
    let mut operations = operations();
    let late = |id: &str| match id {
        "cancel_run" | "command_failover" | "delete_drill_schedule" => 1,
        "follow_run" | "follow_failover" => 2,
        "get_log" => 3,
        "follow_readings" => 4,
        "delete_session" => 5,
        _ => 0,
    };
    operations.sort_by_key(|(_, _, operation)| late(operation["operationId"].as_str().unwrap()));
    for (method, path, operation) in operations {
        let id = operation["operationId"].as_str().unwrap();
        let (right, hidden) = row(id).unwrap();
        if id == "follow_readings" {
            // This stream ends with the process only.
            app.draining.cancel();
        }
        for caller in &callers {
            let call = things.call(&method, &path, id);
            let answer = match &caller.person {
                Some(person) => person.send(call).await,
                None => app.send(call).await,
            };
            let expected = expected(caller, right, hidden);
            check(&answer, expected, &format!("{} calls {id}", caller.name));
        }
    }
}

#[track_caller]
fn check(answer: &Answer, expected: &[u16], what: &str) {
    let status = answer.status;
    if expected.is_empty() {
        // Reached: done, or refused for what was sent.
        let login = what.ends_with("create_session") && status == StatusCode::UNAUTHORIZED;
        let own = what.ends_with("revoke_token") && status == StatusCode::NOT_FOUND;
        let stopped = [401, 403, 404].contains(&status.as_u16());
        assert!(!stopped || login || own, "{what}: {status} {}", answer.text());
    } else {
        assert!(
            expected.contains(&status.as_u16()),
            "{what}: {status} {}",
            answer.text()
        );
    }
}
