//! The slot, the switch and the notes, shared with the deployed functions' own code: each honours what the other wrote.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use aws_sdk_cloudwatch::types::{ComparisonOperator, Dimension, Statistic};
use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_dr::{Cloud as _, CloudError, SlotLease};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::functions::Functions;
use crate::world::{EAST, Engine, WEST, World};

const PORTAL: &str = "portal:01890a5d-ac96-774b-bcce-b302099a8057";
const LAMBDA: &str = "failover:moved-1";

/// Records as the functions' own tests leave them.
const FAILOVER: &str = include_str!("../../lambda/tests/records/failover.json");
const FAILBACK: &str = include_str!("../../lambda/tests/records/failback.json");

#[tokio::test]
async fn the_portal_and_the_functions_exclude_each_other() -> Result<()> {
    let world = World::start("slot", Engine::MySql).await?;
    let mut functions = Functions::start(&world)?;
    nothing_yet(&world).await?;
    let lease = slot(&world, &mut functions).await?;
    switch(&world, &mut functions, &lease).await?;
    kill_switch(&world, &mut functions).await?;
    notes(&world, &mut functions).await?;
    records(&world, &mut functions).await
}

async fn nothing_yet(world: &World) -> Result<()> {
    let automation = world.cloud.automation(&world.target).await?;
    ensure!(automation.armed && !automation.switch_thrown, "{automation:?}");
    ensure!(
        automation.slot.is_none() && automation.verdict.is_none(),
        "{automation:?}"
    );
    ensure!(
        automation.operation_id.is_none() && automation.quiet_until.is_none(),
        "{automation:?}"
    );
    ensure!(automation.switch_alarm.is_none(), "{automation:?}");
    ensure!(world.cloud.operations(&world.target).await?.is_empty());
    ensure!(world.cloud.heartbeat(&world.target, EAST).await?.is_none());
    Ok(())
}

/// Taken, held against the functions, renewed, lost to nobody while unfinished, taken over by its own holder, given back.
async fn slot(world: &World, functions: &mut Functions) -> Result<SlotLease> {
    let (cloud, target) = (&world.cloud, &world.target);
    let taken = functions.ask(json!(["take", LAMBDA, 60_000])).await?;
    ensure!(taken["token"] == 1, "{taken}");
    let error = cloud.take_slot(target, PORTAL, "switchover", 30).await.err();
    let held = matches!(&error, Some(CloudError::SlotHeld { holder, .. }) if holder == LAMBDA);
    ensure!(held, "{error:?}");
    ensure!(functions.ask(json!(["release", LAMBDA, 1])).await? == true);

    let first = cloud.take_slot(target, PORTAL, "switchover", 1).await?;
    ensure!(first.token == 2, "{first:?}");
    let taken = functions.ask(json!(["take", LAMBDA, 1_000])).await?;
    ensure!(taken["held_by"] == PORTAL, "{taken}");
    cloud.renew_slot(target, &first, 1).await?;
    let seen = cloud
        .automation(target)
        .await?
        .slot
        .context("nobody holds the slot")?;
    ensure!(
        (seen.holder.as_str(), seen.purpose.as_str()) == (PORTAL, "switchover"),
        "{seen:?}"
    );
    ensure!(seen.unfinished, "{seen:?}");
    // While its lease lasts not even another process of the same holder is let in.
    let error = cloud.take_slot(target, PORTAL, "switchover", 1).await.err();
    ensure!(matches!(error, Some(CloudError::SlotHeld { .. })), "{error:?}");
    sleep(Duration::from_millis(1_200)).await;
    // Its lease ended, its work did not.
    let taken = functions.ask(json!(["take", LAMBDA, 1_000])).await?;
    ensure!(taken["held_by"] == PORTAL, "{taken}");
    ensure!(cloud.automation(target).await?.slot.is_some());

    let second = cloud.take_slot(target, PORTAL, "switchover", 30).await?;
    ensure!(second.token == 3, "{second:?}");
    ensure!(cloud.renew_slot(target, &first, 30).await == Err(CloudError::SlotLost));
    // The one that was replaced gives nothing back.
    cloud.release_slot(target, &first).await?;
    cloud.renew_slot(target, &second, 30).await?;
    Ok(second)
}

async fn switch(world: &World, functions: &mut Functions, lease: &SlotLease) -> Result<()> {
    let (cloud, target) = (&world.cloud, &world.target);
    let cloudwatch = aws_sdk_cloudwatch::Client::new(&world.config(WEST));
    let environment = Dimension::builder().name("Environment").value("moved").build();
    cloudwatch
        .put_metric_alarm()
        .alarm_name(&target.switch_alarm)
        .namespace("Lifeboat/DR")
        .metric_name("StandbyTakesOver")
        .dimensions(environment.clone())
        .statistic(Statistic::Maximum)
        .period(60)
        .evaluation_periods(1)
        .threshold(1.0)
        .comparison_operator(ComparisonOperator::GreaterThanOrEqualToThreshold)
        .treat_missing_data("ignore")
        .send()
        .await?;
    let done = cloud.set_switch(target, true, lease).await?;
    ensure!(done.request_id.is_some_and(|id| !id.is_empty()));
    ensure!(functions.ask(json!(["thrown"])).await? == true);
    let automation = cloud.automation(target).await?;
    ensure!(
        automation.switch_thrown && automation.switch_alarm.is_some(),
        "{automation:?}"
    );
    let listed = cloudwatch
        .list_metrics()
        .metric_name("StandbyTakesOver")
        .send()
        .await?;
    ensure!(listed.metrics()[0].dimensions() == [environment], "{listed:?}");

    // A newer token's value stands.
    ensure!(functions.ask(json!(["throw", false, lease.token + 1])).await? == true);
    ensure!(cloud.set_switch(target, true, lease).await == Err(CloudError::SlotLost));
    ensure!(functions.ask(json!(["thrown"])).await? == false);

    cloud.release_slot(target, lease).await?;
    ensure!(cloud.automation(target).await?.slot.is_none());
    let taken = functions.ask(json!(["take", LAMBDA, 60_000])).await?;
    ensure!(taken["token"] == lease.token + 1, "{taken}");
    let renewed = functions
        .ask(json!(["renew", LAMBDA, lease.token + 1, 60_000]))
        .await?;
    ensure!(renewed == true);
    ensure!(cloud.renew_slot(target, lease, 30).await == Err(CloudError::SlotLost));
    Ok(())
}

async fn kill_switch(world: &World, functions: &mut Functions) -> Result<()> {
    let parameter = &world.target.kill_switch;
    for armed in [false, true] {
        world.cloud.set_kill_switch(&world.target, armed).await?;
        ensure!(functions.ask(json!(["armed", parameter])).await? == armed);
        ensure!(world.cloud.automation(&world.target).await?.armed == armed);
    }
    Ok(())
}

/// What the functions did is read from their records, also where the portal was the last to act; one that cannot be read hides no other.
async fn records(world: &World, functions: &mut Functions) -> Result<()> {
    for record in [FAILOVER, FAILBACK] {
        let item: Value = serde_json::from_str(record)?;
        functions.ask(json!(["put", item])).await?;
    }
    let current = |last_finished: &str| {
        json!({
            "pk": { "S": "failover" }, "sk": { "S": "current" }, "id": { "S": "portal:one" }, "status": { "S": "finished" },
            "last_finished_id": { "S": last_finished }, "last_failback_id": { "S": "failback-drill" },
        })
    };
    let torn = json!({ "pk": { "S": "failover" }, "sk": { "S": "torn" }, "failover": { "M": { "id": { "S": "torn" } } } });
    functions.ask(json!(["put", torn])).await?;
    let failover = ("demo-1768467565000".to_owned(), Some(json!(77)));
    let failback = ("failback-drill".to_owned(), None);
    for (last_finished, expected) in [
        ("demo-1768467565000", vec![failover, failback.clone()]),
        ("torn", vec![failback.clone()]),
        ("never-written", vec![failback]),
    ] {
        functions.ask(json!(["put", current(last_finished)])).await?;
        let read = world.cloud.operations(&world.target).await?;
        let mut read: Vec<_> = read
            .into_iter()
            .map(|one| {
                (
                    one.id,
                    one.report.and_then(|report| report.get("rto_seconds").cloned()),
                )
            })
            .collect();
        read.sort_by(|(one, _), (other, _)| one.cmp(other));
        ensure!(read == expected, "{last_finished}: {read:?}");
    }
    Ok(())
}

/// The functions count their quiet time from what the portal notes, and the portal reads the same.
async fn notes(world: &World, functions: &mut Functions) -> Result<()> {
    let (cloud, target) = (&world.cloud, &world.target);
    let at = DateTime::from_timestamp_millis(Utc::now().timestamp_millis()).context("the time")?;
    cloud.note_roles_changed(target, "one", false, at).await?;
    let current = functions.ask(json!(["current", 3_600_000])).await?;
    ensure!(
        current["id"] == "portal:one" && current["status"] == "finished",
        "{current}"
    );
    ensure!(current["last_finished_at"] == at.timestamp_millis(), "{current}");
    agree(world, &current).await?;
    // An older one that is noted late changes nothing.
    cloud
        .note_roles_changed(target, "none", false, at - TimeDelta::minutes(1))
        .await?;
    ensure!(functions.ask(json!(["current", 3_600_000])).await? == current);

    let later = at + TimeDelta::minutes(58);
    cloud.note_roles_changed(target, "two", true, later).await?;
    let current = functions.ask(json!(["current", 3_600_000])).await?;
    ensure!(
        current["last_failback_at"] == later.timestamp_millis(),
        "{current}"
    );
    ensure!(current["last_finished_id"] == "portal:one", "{current}");
    let automation = agree(world, &current).await?;
    ensure!(
        automation == Some(later + TimeDelta::minutes(5)),
        "{automation:?}"
    );
    Ok(())
}

async fn agree(world: &World, current: &Value) -> Result<Option<DateTime<Utc>>> {
    let quiet_until = world.cloud.automation(&world.target).await?.quiet_until;
    let ours = quiet_until.map(|at| at.timestamp_millis());
    ensure!(current["quiet_until"].as_i64() == ours, "{current}, {ours:?}");
    Ok(quiet_until)
}
