//! The deployed operation slot, and the DNS switch that only its holder sets.
//!
//! Items and conditions are those of the deployed functions (`lambda/shared/lifeboat_dr/slot.py` and `switch.py`), word for word: each side
//! keeps out the other only while both ask for the same.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_dr::{CloudError, Done, MetricValue, SlotLease, Target};

use super::metrics;
use super::regional::Regional;
use super::table::{Item, Key, Table, Write, number, text, yes};

pub(super) const SLOT: Key<'static> = ("slot", "operation");
pub(super) const SWITCH: Key<'static> = ("switch", "standby_takes_over");

const OURS: &str = "holder = :holder AND fencing_token = :token";
const FREE: &str = "attribute_not_exists(holder) \
    OR (holder = :holder AND (lease_until < :now OR attribute_exists(handed_over))) \
    OR (lease_until < :now AND attribute_not_exists(unfinished))";

/// Takes the slot if it is free for this holder.
pub(super) async fn take(
    regional: &Regional,
    target: &Target,
    holder: &str,
    purpose: &str,
    lease_seconds: u32,
) -> Result<SlotLease, CloudError> {
    let table = table(regional, target);
    let now = Utc::now();
    let write = Write {
        key: SLOT,
        update: "SET holder = :holder, purpose = :purpose, lease_until = :until, taken_at = :now \
            REMOVE handed_over ADD fencing_token :one",
        condition: Some(FREE),
        names: &[],
        values: vec![
            (":holder", text(holder)),
            (":purpose", text(purpose)),
            (":until", number(end(now, lease_seconds))),
            (":now", number(now.timestamp_millis())),
            (":one", number(1)),
        ],
    };
    let written = table.update(write).await?;
    let item = match written {
        Some(written) => written.item,
        None => table.get(SLOT).await?.unwrap_or_default(),
    };
    // A request whose answer was lost is repeated, and refused because of itself: the moment tells our own.
    let ours = item.text("holder") == Some(holder) && item.number("taken_at") == Some(now.timestamp_millis());
    match item.number("fencing_token") {
        Some(token) if ours => Ok(SlotLease {
            holder: holder.to_owned(),
            token,
        }),
        _ => Err(held(&item, now)),
    }
}

fn held(item: &Item, now: DateTime<Utc>) -> CloudError {
    CloudError::SlotHeld {
        // Given back between the two questions: free again for the next attempt.
        holder: item.text("holder").unwrap_or("nobody any more").to_owned(),
        lease_until: item.time("lease_until").unwrap_or(now),
    }
}

/// Keeps the slot, and says that its work is unfinished.
pub(super) async fn renew(
    regional: &Regional,
    target: &Target,
    lease: &SlotLease,
    lease_seconds: u32,
) -> Result<(), CloudError> {
    let mut values = identity(lease);
    values.push((":until", number(end(Utc::now(), lease_seconds))));
    values.push((":true", yes()));
    let write = Write {
        key: SLOT,
        update: "SET lease_until = :until, unfinished = :true",
        condition: Some(OURS),
        names: &[],
        values,
    };
    let written = table(regional, target).update(write).await?;
    written.map(drop).ok_or(CloudError::SlotLost)
}

/// Gives the slot back; the token stays, so that the next one is greater. Nothing happens when it was lost.
pub(super) async fn release(
    regional: &Regional,
    target: &Target,
    lease: &SlotLease,
) -> Result<(), CloudError> {
    let write = Write {
        key: SLOT,
        update: "REMOVE holder, purpose, lease_until, taken_at, handed_over, unfinished",
        condition: Some(OURS),
        names: &[],
        values: identity(lease),
    };
    table(regional, target).update(write).await.map(drop)
}

/// Records under the slot's token whether the standby takes over, then publishes it. A newer token's value is not overwritten.
pub(super) async fn set_switch(
    regional: &Regional,
    target: &Target,
    thrown: bool,
    lease: &SlotLease,
) -> Result<Done, CloudError> {
    let write = Write {
        key: SWITCH,
        update: "SET thrown = :thrown, set_by = :by, set_at = :at, fencing_token = :token",
        condition: Some("attribute_not_exists(fencing_token) OR fencing_token <= :token"),
        names: &[],
        values: vec![
            (":thrown", AttributeValue::Bool(thrown)),
            (":by", text(&lease.holder)),
            (":at", number(Utc::now().timestamp_millis())),
            (":token", number(lease.token)),
        ],
    };
    let written = table(regional, target).update(write).await?;
    let request_id = written.ok_or(CloudError::SlotLost)?.request_id;
    let value = MetricValue {
        name: "StandbyTakesOver",
        value: if thrown { 1.0 } else { 0.0 },
        unit: "None",
    };
    metrics::put(regional, &target.suffix, &[value]).await?;
    Ok(Done { request_id })
}

fn table<'a>(regional: &'a Regional, target: &'a Target) -> Table<'a> {
    Table {
        regional,
        name: &target.state_table,
    }
}

fn identity(lease: &SlotLease) -> Vec<(&'static str, AttributeValue)> {
    vec![(":holder", text(&lease.holder)), (":token", number(lease.token))]
}

fn end(now: DateTime<Utc>, lease_seconds: u32) -> i64 {
    (now + TimeDelta::seconds(lease_seconds.into())).timestamp_millis()
}
