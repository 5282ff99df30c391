//! Planning, against real Terraform.

use lifeboat_domain::Digest;
use lifeboat_domain::attestation::Isolation;
use lifeboat_domain::parameter::ParameterValue;
use lifeboat_domain::plan::{Action, Counts, PlanValue};
use secrecy::ExposeSecret as _;

use crate::support::{Bench, PASSWORD, log, number, request, values};

#[tokio::test]
async fn a_plan_is_saved_read_and_attested() {
    let bench = Bench::new().await;
    let (report, events) = bench.plan(values(&[]), false).await;
    let planned = report.outcome.unwrap();
    let counts = Counts {
        add: 5,
        change: 0,
        destroy: 0,
    };
    assert_eq!(planned.plan.counts, counts);
    assert!(planned.has_changes);
    assert_eq!(planned.plan.digest, Digest::of(planned.plan_file.expose_secret()));
    assert!(
        planned
            .plan
            .changes
            .iter()
            .all(|change| change.action == Action::Create)
    );

    let steps: Vec<&str> = report.steps.iter().map(|step| step.step.as_str()).collect();
    assert_eq!(steps, ["plan", "show"]);
    for step in &report.steps {
        assert_eq!((step.exit_code, step.isolation), (Some(0), Isolation::Bubblewrap));
    }
    assert!(
        report.steps[0].peak_memory_bytes > 10_000_000,
        "{}",
        report.steps[0].peak_memory_bytes
    );
    assert!(
        report.steps[0]
            .environment
            .contains(&"TF_HTTP_PASSWORD".to_owned())
    );
    assert!(
        !report.steps[1]
            .environment
            .contains(&"TF_HTTP_PASSWORD".to_owned())
    );
    assert!(!report.steps[0].environment.contains(&"SHELL".to_owned()));
    assert!(log(&events).contains("Plan: 5 to add"), "{}", log(&events));
    assert!(bench.backend.inner().lock.is_none(), "the lock is given back");
}

#[tokio::test]
async fn what_is_sensitive_never_leaves() {
    let bench = Bench::new().await;
    let (report, events) = bench.plan(values(&[]), false).await;
    let planned = report.outcome.unwrap();
    let told = format!("{}{events:?}", serde_json::to_string(&planned.plan).unwrap());
    assert!(!told.contains("hush") && !told.contains(PASSWORD), "{told}");
    let output = planned
        .plan
        .outputs
        .iter()
        .find(|output| output.name == "secret")
        .unwrap();
    assert_eq!(output.after, PlanValue::Sensitive);
    let first = planned
        .plan
        .changes
        .iter()
        .find(|change| change.address == "terraform_data.first")
        .unwrap();
    let hidden = first
        .attributes
        .iter()
        .find(|attribute| attribute.path == "input.secret");
    assert_eq!(hidden.unwrap().after, PlanValue::Sensitive, "{first:?}");
    // The test would prove nothing if the raw plan did not hold the secret.
    assert!(String::from_utf8_lossy(planned.plan_json.expose_secret()).contains("hush-part"));
}

#[tokio::test]
async fn values_are_data_and_never_templates() {
    let bench = Bench::new().await;
    let nasty = "${file(\"/etc/passwd\")}\" %{ if true }";
    let (report, _) = bench
        .plan(
            values(&[("label", ParameterValue::Text(nasty.to_owned()))]),
            false,
        )
        .await;
    let planned = report.outcome.unwrap();
    let part = planned
        .plan
        .changes
        .iter()
        .find(|change| change.address == "terraform_data.many[0]")
        .unwrap();
    let input = part
        .attributes
        .iter()
        .find(|attribute| attribute.path == "input")
        .unwrap();
    assert_eq!(input.after, PlanValue::Known(format!("{nasty}-0").into()));
}

#[tokio::test]
async fn only_what_differs_is_told_and_replacements_say_why() {
    let bench = Bench::new().await;
    let (report, _) = bench.plan(values(&[]), false).await;
    bench.apply(&report.outcome.unwrap()).await.0.outcome.unwrap();

    let (report, _) = bench
        .plan(values(&[("generation", number(2)), ("parts", number(2))]), false)
        .await;
    let plan = report.outcome.unwrap().plan;
    let actions: Vec<_> = plan
        .changes
        .iter()
        .map(|change| (change.address.as_str(), change.action))
        .collect();
    assert_eq!(
        actions,
        [
            ("terraform_data.first", Action::Replace),
            ("terraform_data.last", Action::Update),
            ("terraform_data.many[2]", Action::Delete),
        ]
    );
    assert_eq!(plan.unchanged, 2);
    let first = &plan.changes[0];
    let why: Vec<_> = first
        .attributes
        .iter()
        .filter(|attribute| attribute.forces_replacement)
        .collect();
    assert_eq!(why.len(), 1, "{first:?}");
    assert!(why[0].path.starts_with("triggers_replace"), "{why:?}");
    assert!(
        !first
            .attributes
            .iter()
            .any(|attribute| attribute.path.starts_with("input")),
        "{first:?}"
    );
}

#[tokio::test]
async fn an_empty_plan_and_a_destroy_plan() {
    let bench = Bench::new().await;
    let (report, _) = bench.plan(values(&[]), false).await;
    bench.apply(&report.outcome.unwrap()).await.0.outcome.unwrap();

    let (again, _) = bench.plan(values(&[]), false).await;
    let again = again.outcome.unwrap();
    assert!(!again.has_changes && again.plan.counts.is_empty() && again.plan.changes.is_empty());
    assert_eq!(again.plan.unchanged, 5);

    let (destroy, _) = bench.plan(values(&[]), true).await;
    let destroy = destroy.outcome.unwrap();
    assert_eq!(destroy.plan.counts.destroy, 5);
    let workspace = bench.workspace("steps").await;
    let (context, _events) = bench.context();
    workspace
        .apply(request(&destroy), &context)
        .await
        .outcome
        .unwrap();
    assert!(
        lifeboat_runner::state::resources(&bench.backend.state())
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_failing_plan_names_address_and_reason() {
    let bench = Bench::new().await;
    let (report, _) = bench.plan(values(&[]), false).await;
    bench.apply(&report.outcome.unwrap()).await.0.outcome.unwrap();

    let (report, events) = bench
        .plan(values(&[("allowed", ParameterValue::Bool(false))]), false)
        .await;
    let error = report.outcome.unwrap_err().to_string();
    assert!(
        error.contains(r#"resource "terraform_data" "last""#) && error.contains("precondition"),
        "{error}"
    );
    assert!(error.contains("The last step is not allowed."), "{error}");
    assert_eq!(report.steps.len(), 1);
    assert!(log(&events).contains("error: Error: "), "{}", log(&events));
}
