//! The console in the browser: a switchover, the way back, and a forced failover while the primary region is down; each is asked for
//! by one operator, confirmed by another, watched to its end, and followed by an empty plan.

mod operators;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use it::Stack;
use it::aws::AwsRefused;
use it::emulator::world::RegionState;
use lifeboat_domain::failover::FailoverKind;

use crate::browser::Driver;
use crate::support::{LIMIT, folder};
use crate::team::Team;

/// The environment's page shows a broken primary within this.
const DETECTION: Duration = Duration::from_secs(30);

#[tokio::test]
async fn roles_are_changed_in_the_browser_and_every_plan_after_is_empty() -> Result<()> {
    let folder = folder("console")?;
    let stack = Stack::for_test(&folder, |_| {}).await?;
    let team = Team::log_in(&stack).await?;
    let environment = team.provision(&stack, "console").await?;
    let (primary, standby) = (
        environment.active_region.clone(),
        environment.standby_region.clone(),
    );
    let driver = Driver::start(&folder).await?;
    let path = format!("/environments/{}", environment.id);

    let switched = driver
        .with_page(&stack.url(), true, async |page| {
            operators::sees(page, &path, "Safe", LIMIT).await?;
            operators::change_roles(page, &stack, &environment, FailoverKind::Switchover).await
        })
        .await
        .context("the switchover")?;
    team.measured(&switched, &standby, true).await?;
    team.plan_is_empty(&environment).await?;

    let returned = driver
        .with_page(&stack.url(), false, async |page| {
            operators::sees(page, &path, "At risk", LIMIT).await?;
            operators::change_roles(page, &stack, &environment, FailoverKind::Failback).await
        })
        .await
        .context("the failback, without JavaScript")?;
    team.measured(&returned, &primary, true).await?;
    team.plan_is_empty(&environment).await?;

    let forced = driver
        .with_page(&stack.url(), true, async |page| {
            operators::sees(page, &path, "At risk", LIMIT).await?;
            stack
                .emulator
                .world
                .set_region(&primary, RegionState::Down)
                .await?;
            global_services_are_gone(&stack).await?;
            operators::sees(page, &path, "Down", DETECTION).await?;
            operators::change_roles(page, &stack, &environment, FailoverKind::Failover).await
        })
        .await
        .context("the failover")?;
    team.measured(&forced, &standby, false).await?;

    stack.emulator.world.set_region(&primary, RegionState::Up).await?;
    let back = driver
        .with_page(&stack.url(), true, async |page| {
            operators::sees(page, &path, "At risk", LIMIT).await?;
            team.plan_is_empty(&environment).await?;
            operators::change_roles(page, &stack, &environment, FailoverKind::Failback).await
        })
        .await
        .context("the failback after the failover")?;
    team.measured(&back, &primary, true).await?;
    team.plan_is_empty(&environment).await?;
    team.destroy(&stack, &environment).await?;
    stack.end()
}

/// What lives in us-east-1 alone is gone with it: a failover that needed IAM's or Route 53's control plane would not succeed.
async fn global_services_are_gone(stack: &Stack) -> Result<()> {
    let aws = stack.emulator.aws()?;
    let asked = [
        ("iam", "/?Action=ListRoles&Version=2010-05-08"),
        ("route53", "/2013-04-01/hostedzone"),
        ("rds", "/?Action=DescribeGlobalClusters&Version=2014-10-31"),
    ];
    for (service, path) in asked {
        let answer = aws
            .post("us-east-1", service, path, &serde_json::Value::Null)
            .await;
        let refused = answer.err().and_then(|error| error.downcast::<AwsRefused>().ok());
        ensure!(
            refused.as_ref().is_some_and(|refused| refused.status == 503),
            "{service} still answers: {refused:?}"
        );
    }
    Ok(())
}
