//! A folder is enough to add a profile: it is loaded, stands beside the others, has its form, and makes environments.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use it::people::{ANA, BEN};
use it::{Client, Stack, places, sh};
use lifeboat_domain::environment::{Environment, EnvironmentState};
use lifeboat_domain::run::{Decision, Run, RunKind, RunState};
use reqwest::header::COOKIE;

use crate::support::{LIMIT, folder};

/// The folder that is added.
const ADDED: &str = "mailbox";

#[tokio::test]
async fn a_folder_adds_a_profile() -> Result<()> {
    let folder = folder("added-profile")?;
    let terraform = folder.join("terraform");
    let copy = |from: &str| copy(&places::root().join(from), &terraform);
    // Others are there already; the new one is put beside them.
    copy("crates/runner/tests/fixtures/.")?;
    copy("tests/it/fixtures/.")?;
    let stack = Stack::for_test(&folder, |settings| settings.terraform_dir = terraform).await?;
    let (ana, ben) = (stack.log_in(ANA).await?, stack.log_in(BEN).await?);
    it_stands_beside_the_others(&stack, &ana).await?;

    let new = ana.new_environment(ADDED, "letters").await?;
    let created = ana.create_environment(&new, "letters").await?;
    let environment = created.environment;
    let run = carry_out(&ana, &ben, &created.run).await?;
    let counts = run.counts.unwrap_or_default();
    ensure!(
        (counts.add, counts.change, counts.destroy) == (2, 0, 0),
        "the first plan says {counts}"
    );
    it_stands(&stack, &ana, &environment).await?;

    let run = ana.queue(environment.id, RunKind::Update).await?;
    ana.wait_until(run.id, RunState::NoChanges, LIMIT).await?;
    let run = ana.queue(environment.id, RunKind::Destroy).await?;
    carry_out(&ana, &ben, &run).await?;
    let state = ana.environment(environment.id).await?.state;
    ensure!(
        state == EnvironmentState::Destroyed,
        "the environment is {}",
        state.as_str()
    );
    let left = stack.emulator.leftovers("letters").await?;
    ensure!(left.count == 0, "there still is: {:?}", left.resources);
    stack.end()
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to).with_context(|| format!("making {}", to.display()))?;
    sh::cmd("cp", ["-R", "--"]).arg(from).arg(to).read().map(drop)
}

/// What differs is told before one chooses, and the form asks for what `profile.toml` says.
async fn it_stands_beside_the_others(stack: &Stack, ana: &Client) -> Result<()> {
    let choice = page(stack, ana, "/environments/new").await?;
    for told in [
        "Mailbox",
        "Tiny",
        "sqs",
        "us-west-1",
        "45 s",
        "90 min",
        "nothing while it is empty",
    ] {
        ensure!(choice.contains(told), "the choice does not tell {told:?}");
    }
    let form = page(stack, ana, &format!("/environments/new?profile={ADDED}")).await?;
    for asked in [
        "name=\"parameters.keep_days\"",
        "Days a letter is kept",
        "Older letters are thrown away.",
        "max=\"14\"",
    ] {
        ensure!(form.contains(asked), "the form lacks {asked:?}");
    }
    Ok(())
}

/// Plans, has another person approve, and applies; the run as it was planned.
async fn carry_out(ana: &Client, ben: &Client, run: &Run) -> Result<Run> {
    let planned = ana.wait_until(run.id, RunState::AwaitingApproval, LIMIT).await?;
    ben.decide(run.id, Decision::Approve, None).await?;
    ana.wait_until(run.id, RunState::Applied, LIMIT).await?;
    Ok(planned)
}

/// Terraform made it with the demo's values, in the regions the folder says.
async fn it_stands(stack: &Stack, ana: &Client, environment: &Environment) -> Result<()> {
    let resources = ana.resources(environment.id).await?;
    let mut regions: Vec<&str> = resources.iter().map(|resource| &*resource.region).collect();
    regions.sort_unstable();
    ensure!(regions == ["us-east-2", "us-west-1"], "it stands in {regions:?}");
    let outputs = ana.outputs(environment.id).await?;
    let url = outputs.iter().find(|output| output.name == "queue_url");
    let url = url.and_then(|output| output.value.as_ref()?.as_str());
    let url = url.context("there is no output queue_url")?;
    let target = "AmazonSQS.GetQueueAttributes";
    let body = serde_json::json!({ "QueueUrl": url, "AttributeNames": ["MessageRetentionPeriod"] });
    let told = stack
        .emulator
        .aws()?
        .json("us-east-2", "sqs", target, &body)
        .await?;
    ensure!(
        told["Attributes"]["MessageRetentionPeriod"] == "259200",
        "the queue does not keep for three days: {told}"
    );
    Ok(())
}

/// A page as a browser without JavaScript gets it.
async fn page(stack: &Stack, client: &Client, path: &str) -> Result<String> {
    let session = client.session().context("logged in without a session")?;
    let cookie = format!("__Host-lifeboat={session}; lifeboat={session}");
    let answer = reqwest::Client::new()
        .get(format!("{}{path}", stack.url()))
        .header(COOKIE, cookie)
        .send()
        .await?;
    Ok(answer.error_for_status()?.text().await?)
}
