//! Two operators at the console: Omar asks, Olga confirms, and both see how it ends.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use it::Stack;
use it::people::{OLGA, OMAR};
use lifeboat_domain::environment::Environment;
use lifeboat_domain::failover::{Failover, FailoverKind};
use tokio::time::{Instant, sleep};

use crate::browser::Page;
use crate::support::LIMIT;

const STATE: &str = "#failover-state";
/// It must come to its end, and to no other.
const BROKEN: [&str; 3] = ["Paused", "Refused", "Aborted"];
const ACKNOWLEDGEMENTS: [&str; 3] = ["data_loss", "flapping", "running_apply"];

/// Waits until the environment's page says how safe it is; logs Omar in and out for that.
pub(super) async fn sees(page: &Page, environment: &str, level: &str, limit: Duration) -> Result<()> {
    page.log_in(OMAR).await?;
    page.open(environment).await?;
    page.wait_for("#safety", level, &[], limit).await?;
    page.picture(&format!("console-{}", level.to_lowercase().replace(' ', "-")))
        .await?;
    page.log_out().await
}

/// Asks, is refused to confirm it alone, has it confirmed, and waits for the report.
pub(super) async fn change_roles(
    page: &Page,
    stack: &Stack,
    environment: &Environment,
    kind: FailoverKind,
) -> Result<Failover> {
    let word = kind.as_str();
    page.log_in(OMAR).await?;
    let form = format!("/environments/{}/failover?kind={word}", environment.id);
    until_nothing_stands_in_the_way(page, &form).await?;
    page.picture(&format!("{word}-preview")).await?;
    ask(page, "somebody-else").await?;
    page.find("[name=confirmation][aria-invalid=true]")
        .await
        .context("a wrong suffix is refused beside its field")?;
    ask(page, &environment.suffix).await?;
    page.wait_for(STATE, "second operator", &BROKEN, Duration::from_secs(30))
        .await?;
    let path = page.path().await?;
    ensure!(
        !page.has("#confirm-failover").await?,
        "who asked is offered to confirm it"
    );
    page.log_out().await?;

    page.log_in(OLGA).await?;
    page.open(&path).await?;
    page.find("#confirm-failover").await?.click().await?;
    page.wait_for(STATE, "Running", &BROKEN, Duration::from_secs(30))
        .await?;
    page.picture(&format!("{word}-running")).await?;
    page.wait_for(STATE, "Finished", &BROKEN, LIMIT).await?;
    page.find("#failover-report").await?;
    page.picture(&format!("{word}-finished")).await?;
    page.log_out().await?;
    stack.log_in(OMAR).await?.get(&path).await
}

/// The form is offered once every precondition that blocks holds.
async fn until_nothing_stands_in_the_way(page: &Page, form: &str) -> Result<()> {
    let deadline = Instant::now() + LIMIT;
    loop {
        page.open(form).await?;
        if page.has("#request-failover").await? {
            return Ok(());
        }
        ensure!(
            Instant::now() < deadline,
            "something stands in the way of it still"
        );
        sleep(Duration::from_secs(2)).await;
    }
}

/// Fills the form and sends it.
async fn ask(page: &Page, suffix: &str) -> Result<()> {
    page.fill("reason", "The browser's test wants to see it.").await?;
    page.fill("confirmation", suffix).await?;
    for name in ACKNOWLEDGEMENTS {
        page.tick(&format!("acknowledged.{name}")).await?;
    }
    page.find("#request-failover").await?.click().await?;
    Ok(())
}
