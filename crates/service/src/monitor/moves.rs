//! Writers that moved without the portal: the environment's own automation acted, or somebody by hand. What must not be here: moving one, and
//! what of it becomes history; that is `adopting`'s.
//!
//! Who writes is what the global database says, whatever DNS switch and name say; where those differ, the judgement of the readings
//! tells it. It is believed once it was said twice in a row, and not while the automation is at work, which may still give way.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use lifeboat_domain::EnvironmentId;
use lifeboat_domain::environment::Environment;
use lifeboat_domain::reading::{Automation, Readings};
use lifeboat_dr::automation::OF_THE_PORTAL;
use serde_json::{Value, json};

use crate::news::Topic;
use crate::{Portal, audit};

/// How often in a row it must be said.
const TIMES: u32 = 2;

/// What is remembered from one look to the next.
#[derive(Default)]
pub(super) struct Moves {
    /// Since when no failover of the portal's has been open; what was read before tells nothing of who moved a writer.
    settled: HashMap<EnvironmentId, DateTime<Utc>>,
    said: HashMap<EnvironmentId, Said>,
}

/// That the region which should stand by writes.
struct Said {
    /// When it was said last.
    at: DateTime<Utc>,
    times: u32,
}

impl Moves {
    /// Whether the region that should stand by writes, by nothing of the portal's. `is_open`: a failover of the portal's is.
    pub(super) fn moved(
        &mut self,
        environment: &Environment,
        readings: &Readings,
        is_open: bool,
        now: DateTime<Utc>,
    ) -> bool {
        let id = environment.id;
        let settled = self.settled.entry(id).or_insert(now);
        if is_open {
            *settled = now;
        }
        let settled = *settled;
        let newer = |at: &DateTime<Utc>| *at > settled;
        let said_at = says_so(environment, readings, now).filter(newer);
        let Some(at) = said_at.filter(|_| !is_open && !at_work(readings, now)) else {
            self.said.remove(&id);
            return false;
        };
        let said = self.said.entry(id).or_insert(Said { at, times: 1 });
        if at > said.at {
            *said = Said {
                at,
                times: said.times + 1,
            };
        }
        said.times >= TIMES
    }

    /// Forgets the others.
    pub(super) fn retain(&mut self, keep: impl Fn(EnvironmentId) -> bool) {
        self.settled.retain(|id, _| keep(*id));
        self.said.retain(|id, _| keep(*id));
    }
}

/// When the global database said that the region which should stand by writes; none when it says something else, or nothing that is known.
fn says_so(environment: &Environment, readings: &Readings, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let topology = readings.topology.known(now)?;
    let writer = topology.writer_region.as_deref()?;
    let so = !topology.is_moving() && writer == environment.standby_region;
    readings.topology.observed_at.filter(|_| so)
}

/// Whether somebody holds the deployed slot and may still change what stands. One that died holds it no longer than its lease.
fn at_work(readings: &Readings, now: DateTime<Utc>) -> bool {
    let automation = readings.automation.known(now);
    let slot = automation.and_then(|automation| automation.slot.as_ref());
    slot.is_some_and(|slot| slot.lease_until > now)
}

/// Notes that `environment` has turned its roles: plans from before are stale, and the audit chain says what is known of who did it.
pub(super) async fn note(portal: &Portal, environment: &Environment, readings: &Readings) {
    let (id, region) = (environment.id, &environment.standby_region);
    let automation = readings.automation.value.as_ref();
    let detail = json!({
        "active_region": region,
        "before": environment.active_region,
        "by": automation.map_or(Value::Null, by),
        "switch_thrown": automation.map(|automation| automation.switch_thrown),
    });
    let event = audit::environment_event(audit::SYSTEM, "environment.roles_changed", environment, detail);
    match portal.store().note_active_region(id, region, event).await {
        Ok(None) => {}
        Ok(Some(_)) => {
            tracing::warn!(environment = %id, region, "another region writes; no failover of the portal's did that");
            portal.news().changed(Topic::Readings(id));
            // A run that plans is outdated.
            portal.signals().cancelled();
        }
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(environment = %id, error, "noting that roles were changed");
        }
    }
}

/// The automation's own operation, the last it tells of; nothing when that was the portal's, or none: then it was somebody by hand.
fn by(automation: &Automation) -> Value {
    let operation = automation.operation_id.as_deref();
    let own = operation.filter(|operation| !operation.starts_with(OF_THE_PORTAL));
    own.map_or(Value::Null, |operation| {
        json!({
            "operation": operation,
            "status": automation.operation_status,
            "roles_changed_at": automation.roles_changed_at,
        })
    })
}
