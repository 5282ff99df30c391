//! What the deployed functions say of themselves, and what they must know of the portal.

use aws_sdk_ssm::operation::RequestId as _;
use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_domain::reading::{Automation, SlotHolder};
use lifeboat_dr::automation::OF_THE_PORTAL;
use lifeboat_dr::{CloudError, Done, Target};
use tokio::try_join;

use super::alarms;
use super::operations::CURRENT;
use super::regional::Regional;
use super::slot::{SLOT, SWITCH};
use super::table::{Item, Key, Table, Write, number, text};

const HEALTH: Key<'static> = ("health", "primary");

/// What the kill switch says when roles may change; anything else forbids it.
const ARMED: &str = "armed";
const DISARMED: &str = "disarmed";

/// The longest quiet that a failback adds, as the functions have it.
const SETTLING: TimeDelta = TimeDelta::minutes(5);

/// The items, the kill switch and the alarm of the DNS switch, all from the standby region.
pub(super) async fn read(
    regional: &Regional,
    target: &Target,
    now: DateTime<Utc>,
) -> Result<Automation, CloudError> {
    let table = table(regional, target);
    let (items, armed, switch_alarm) = try_join!(
        table.get_all(&[SLOT, SWITCH, HEALTH, CURRENT]),
        armed(regional, &target.kill_switch),
        // A silent CloudWatch leaves this one unknown: a failover must not depend on it.
        async {
            Ok::<_, CloudError>(
                alarms::state(regional, &target.switch_alarm)
                    .await
                    .unwrap_or_default(),
            )
        },
    )?;
    let item = |(pk, sk): Key<'_>| {
        let mut items = items.iter();
        items.find(|item| item.text("pk") == Some(pk) && item.text("sk") == Some(sk))
    };
    let (health, current) = (item(HEALTH), item(CURRENT));
    let (failover, failback) = (
        current.and_then(|item| item.time("last_finished_at")),
        current.and_then(|item| item.time("last_failback_at")),
    );
    Ok(Automation {
        armed,
        verdict: health.and_then(|item| item.text("verdict")).map(str::to_owned),
        verdict_since: health.and_then(|item| item.time("since")),
        probed_at: health.and_then(|item| item.time("probed_at")),
        first_failed_at: health.and_then(|item| item.time("first_failed_at")),
        switch_thrown: item(SWITCH).is_some_and(|item| item.is_true("thrown")),
        switch_alarm,
        slot: item(SLOT).and_then(|item| holder(item, now)),
        operation_id: current.and_then(|item| item.text("id")).map(str::to_owned),
        operation_status: current.and_then(|item| item.text("status")).map(str::to_owned),
        roles_changed_at: failover.max(failback),
        quiet_until: quiet_until(target, failover, failback),
    })
}

/// Who keeps others out of the slot: nobody once a lease ended, unless its work is unfinished.
fn holder(item: &Item, now: DateTime<Utc>) -> Option<SlotHolder> {
    let lease_until = item.time("lease_until")?;
    let unfinished = item.has("unfinished");
    (lease_until >= now || unfinished).then_some(())?;
    Some(SlotHolder {
        holder: item.text("holder")?.to_owned(),
        purpose: item.text("purpose").unwrap_or_default().to_owned(),
        lease_until,
        unfinished,
    })
}

/// As `failovers.py` has it: the window after a failover goes on over a failback, which adds a short one of its own.
fn quiet_until(
    target: &Target,
    failover: Option<DateTime<Utc>>,
    failback: Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    let after_failover = failover.map(|at| target.quiet_until(at));
    let after_failback = failback.map(|at| target.quiet_until(at).min(at + SETTLING));
    after_failover.max(after_failback)
}

async fn armed(regional: &Regional, parameter: &str) -> Result<bool, CloudError> {
    let request = regional.ssm.get_parameter().name(parameter);
    let answer = regional.ask("SSM GetParameter", request.send()).await?;
    let value = answer.parameter().and_then(|parameter| parameter.value());
    Ok(value.is_some_and(|value| value.trim() == ARMED))
}

/// Arms or disarms the kill switch.
pub(super) async fn set_kill_switch(
    regional: &Regional,
    target: &Target,
    armed: bool,
) -> Result<Done, CloudError> {
    let request = regional
        .ssm
        .put_parameter()
        .name(&target.kill_switch)
        .value(if armed { ARMED } else { DISARMED })
        .overwrite(true);
    let answer = regional.ask("SSM PutParameter", request.send()).await?;
    let request_id = answer.request_id().map(str::to_owned);
    Ok(Done { request_id })
}

/// Notes a failover or failback of the portal where the functions note theirs: their anti-flap window begins.
pub(super) async fn note_roles_changed(
    regional: &Regional,
    target: &Target,
    failover: &str,
    back: bool,
    at: DateTime<Utc>,
) -> Result<(), CloudError> {
    // The functions read neither without `id` and `status`: there may have been no operation of theirs before.
    let (update, condition) = match back {
        false => (
            "SET #id = :id, #status = :finished, last_finished_id = :id, last_finished_at = :at",
            "attribute_not_exists(last_finished_at) OR last_finished_at < :at",
        ),
        true => (
            "SET #id = :id, #status = :finished, last_failback_id = :id, last_failback_at = :at",
            "attribute_not_exists(last_failback_at) OR last_failback_at < :at",
        ),
    };
    let write = Write {
        key: CURRENT,
        update,
        // Noted again, or after something newer: it stands already.
        condition: Some(condition),
        names: &[("#id", "id"), ("#status", "status")],
        values: vec![
            (":id", text(&format!("{OF_THE_PORTAL}{failover}"))),
            (":finished", text("finished")),
            (":at", number(at.timestamp_millis())),
        ],
    };
    table(regional, target).update(write).await.map(drop)
}

fn table<'a>(regional: &'a Regional, target: &'a Target) -> Table<'a> {
    Table {
        regional,
        name: &target.state_table,
    }
}
