//! One environment's life, as two people see it: Ana asks, Ben approves.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use it::Stack;
use it::people::{ANA, BEN};
use lifeboat_domain::parameter::ParameterValue;
use lifeboat_domain::profile::Profile;

use crate::browser::Page;

const LIMIT: Duration = Duration::from_secs(900);
const MARK: &str = "#run-head .meta .mark";
const BROKEN: [&str; 4] = ["Failed", "Needs reconciling", "Stale", "Cancelled"];

/// What a job saw that must be found nowhere afterwards.
pub(crate) struct Seen {
    pub(crate) suffix: String,
    /// Path of the environment's page.
    pub(crate) environment: String,
    /// Path of its first run's page.
    pub(crate) first_run: String,
    sessions: Vec<String>,
    token: String,
    database_secret: String,
}

impl Seen {
    /// Each secret with what it is.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = (&'static str, String)> {
        let sessions = self
            .sessions
            .iter()
            .map(|value| ("session cookie", value.clone()));
        let database = secret_values(&self.database_secret);
        let people = [ANA, BEN].map(|person| ("password of a person", person.password()));
        sessions
            .chain([("API token", self.token.clone())])
            .chain(database.into_iter().map(|value| ("database password", value)))
            .chain(people)
    }
}

/// The passwords in a secret as Secrets Manager keeps it: plain, or JSON with a password in it.
fn secret_values(secret: &str) -> Vec<String> {
    match serde_json::from_str::<serde_json::Value>(secret) {
        Ok(json) => json["password"].as_str().map(str::to_owned).into_iter().collect(),
        Err(_) => vec![secret.to_owned()],
    }
}

/// Creates, plans, approves, applies, looks, plans again, destroys.
pub(crate) async fn run(page: &Page, stack: &Stack, suffix: &str) -> Result<Seen> {
    let profile = stack.log_in(ANA).await?.profile("transactions").await?;
    let mut sessions = Vec::new();

    page.log_in(ANA).await?;
    sessions.push(page.session_cookie().await?);
    let token = make_token(page, suffix).await?;
    refuse_bad_suffix(page, &profile).await?;
    fill_form(page, &profile, suffix).await?;
    page.press("Create and plan").await?;
    page.wait_for(MARK, "Waits for approval", &BROKEN, LIMIT)
        .await
        .context("planning")?;
    let first_run = page.path().await?;
    ensure!(
        !page.offers("Approve this plan").await?,
        "who asked for the plan is offered to approve it"
    );
    let plan = page.text("#run-plan").await?;
    ensure!(
        plan.contains("module."),
        "the plan is not grouped by module: {plan}"
    );
    page.picture("run-planned").await?;
    page.log_out().await?;

    sessions.push(approve(page, &first_run, suffix).await?);
    page.wait_for(MARK, "Appl", &BROKEN, LIMIT)
        .await
        .context("beginning to apply")?;
    page.picture("run-applying").await?;
    page.wait_for(MARK, "Applied", &BROKEN, LIMIT)
        .await
        .context("applying")?;
    page.log_out().await?;

    page.log_in(ANA).await?;
    let environment = look(page, suffix).await?;
    let database_secret = stack
        .emulator
        .secret(&format!("secret-database-{suffix}"))
        .await?;

    let changing = change_settings(page, &environment).await?;
    page.log_out().await?;
    sessions.push(approve(page, &changing, suffix).await?);
    page.wait_for(MARK, "Applied", &BROKEN, LIMIT)
        .await
        .context("changing")?;
    page.log_out().await?;
    page.log_in(ANA).await?;

    page.open(&environment).await?;
    page.press("Update: plan again").await?;
    page.wait_for(MARK, "No changes", &BROKEN, LIMIT)
        .await
        .context("planning again")?;

    page.open(&environment).await?;
    page.press("Destroy: plan it").await?;
    page.wait_for(MARK, "Waits for approval", &BROKEN, LIMIT)
        .await
        .context("planning to destroy")?;
    let destroying = page.path().await?;
    page.log_out().await?;

    sessions.push(approve(page, &destroying, suffix).await?);
    page.wait_for(MARK, "Applied", &BROKEN, LIMIT)
        .await
        .context("destroying")?;
    page.open(&environment).await?;
    page.wait_for("main .meta .mark", "Destroyed", &[], Duration::from_secs(10))
        .await?;
    Ok(Seen {
        suffix: suffix.to_owned(),
        environment,
        first_run,
        sessions,
        token,
        database_secret,
    })
}

/// Gives the database more room to grow, in the settings; the path of the run that plans it.
async fn change_settings(page: &Page, environment: &str) -> Result<String> {
    page.open(&format!("{environment}/settings")).await?;
    page.picture("environment-settings").await?;
    page.fill("parameters.max_capacity_acu", "24").await?;
    page.press("Save and plan").await?;
    page.wait_for(MARK, "Waits for approval", &BROKEN, LIMIT)
        .await
        .context("planning the change")?;
    let plan = page.text("#run-plan").await?;
    ensure!(plan.contains("24"), "the plan of the change reads: {plan}");
    page.path().await
}

async fn make_token(page: &Page, name: &str) -> Result<String> {
    page.open("/tokens").await?;
    page.fill("name", name).await?;
    page.press("Make the token").await?;
    let token = page.find("#created-token").await?.prop("value").await?;
    let token = token
        .filter(|token| token.starts_with("lb_"))
        .context("no token is shown")?;
    page.open("/tokens").await?;
    let listed = page.text("main").await?;
    ensure!(
        listed.contains(name) && !listed.contains(&token),
        "the list of tokens reads: {listed}"
    );
    Ok(token)
}

/// What was typed is kept and the message stands beside its field.
async fn refuse_bad_suffix(page: &Page, profile: &Profile) -> Result<()> {
    let field = format!("parameters.{}", profile.suffix_parameter);
    fill_form(page, profile, "Ledger${x}").await?;
    page.press("Create and plan").await?;
    let id = format!("#field-parameters-{}", profile.suffix_parameter);
    page.find(&format!("{id}[aria-invalid=true]")).await?;
    let message = page.text(&format!("{id}-error")).await?;
    ensure!(!message.is_empty(), "no message stands beside the field");
    let kept = page
        .find(&format!("[name='{field}']"))
        .await?
        .prop("value")
        .await?;
    ensure!(
        kept.as_deref() == Some("Ledger${x}"),
        "what was typed became {kept:?}"
    );
    Ok(())
}

async fn fill_form(page: &Page, profile: &Profile, suffix: &str) -> Result<()> {
    page.open("/environments/new").await?;
    page.press(&format!("Choose {}", profile.title)).await?;
    for parameter in profile.parameters.iter().filter(|parameter| !parameter.advanced) {
        let name = format!("parameters.{}", parameter.name);
        if parameter.name == profile.suffix_parameter {
            page.fill(&name, suffix).await?;
        } else if let Some(value) = parameter.demo.as_ref().map(ParameterValue::to_string) {
            page.fill(&name, &value).await?;
        }
    }
    Ok(())
}

/// Ben logs in, finds the plan among those that wait, and approves it. His session.
async fn approve(page: &Page, run: &str, suffix: &str) -> Result<String> {
    page.log_in(BEN).await?;
    let session = page.session_cookie().await?;
    page.open("/approvals").await?;
    let waiting = page.text("main").await?;
    ensure!(
        waiting.contains(suffix),
        "{suffix} is not among the plans that wait: {waiting}"
    );
    page.find(&format!("main a[href='{run}']")).await?.click().await?;
    page.find("[name=comment]").await?;
    page.picture("run-waits-for-approval").await?;
    page.fill("comment", "Read it. Go.").await?;
    page.press("Approve this plan").await?;
    page.wait_for("#run-side", "Read it. Go.", &[], Duration::from_secs(30))
        .await?;
    Ok(session)
}

/// The environment's page, found through the fleet: its state, outputs and resources.
async fn look(page: &Page, suffix: &str) -> Result<String> {
    page.open("/").await?;
    let fleet = page.text("main").await?;
    ensure!(
        fleet.contains(suffix),
        "the fleet does not show {suffix}: {fleet}"
    );
    page.picture("fleet").await?;
    page.press(suffix).await?;
    page.wait_for("main h1", suffix, &[], Duration::from_secs(10))
        .await?;
    let state = page.text("main .meta .mark").await?;
    ensure!(
        state.contains("Ready"),
        "after the apply the environment is {state}"
    );
    for (part, wanted) in [
        ("outputs", suffix),
        ("resources", "us-west-2"),
        ("runs", "Applied"),
        ("activity", "ben"),
    ] {
        let text = page
            .text(&format!("[aria-labelledby^='{part}'], #{part}"))
            .await?;
        ensure!(text.contains(wanted), "{part} lacks {wanted}: {text}");
    }
    page.picture("environment-ready").await?;
    page.path().await
}
