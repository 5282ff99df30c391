//! What becomes of readings: they are kept and judged, and whoever looks at them is woken. What must not be here: asking.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_domain::EnvironmentId;
use lifeboat_domain::environment::Environment;
use lifeboat_domain::failover::Failover;
use lifeboat_domain::reading::Readings;
use lifeboat_domain::safety::{SafetyLevel, safety};
use lifeboat_dr::readings::{LagSeen, Watch, pace};

use super::adopting::Adopting;
use super::moves::{self, Moves};
use super::roster::Roster;
use crate::news::Topic;
use crate::{Portal, Result};

/// A point of the lag stands for the minute after its time.
const POINT: TimeDelta = TimeDelta::seconds(60);
/// The finest resolution of the lag's history.
const STEP: TimeDelta = TimeDelta::seconds(10);

/// What is remembered from one keeping to the next.
#[derive(Default)]
pub(super) struct Keeping {
    /// What the database did not take yet.
    unsaved: HashMap<EnvironmentId, Readings>,
    lags: Vec<LagSeen>,
    levels: HashMap<EnvironmentId, Level>,
    moves: Moves,
    adopting: Adopting,
}

#[derive(Clone, Copy)]
struct Level {
    level: SafetyLevel,
    since: DateTime<Utc>,
}

impl Keeping {
    /// Keeps what was read since, judges every environment and sets its pace.
    pub(super) async fn keep(&mut self, portal: &Portal, watch: &mut Watch, roster: &Roster) {
        self.lags.extend(watch.take_lags());
        self.unsaved.extend(watch.take_changed());
        if let Err(error) = self.save(portal).await {
            tracing::error!(error = &error as &dyn std::error::Error, "keeping readings");
        }
        let open = match portal.store().open_failovers().await {
            Ok(open) => open,
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "looking for open failovers"
                );
                return;
            }
        };
        self.judge(watch, roster, &open);
        for (environment, readings) in self.moved(watch, roster, &open) {
            moves::note(portal, environment, readings).await;
        }
        self.adopting.round(portal, watch, roster, &open);
    }

    async fn save(&mut self, portal: &Portal) -> Result<()> {
        if !self.lags.is_empty() {
            let now = Utc::now();
            let points: Vec<_> = self.lags.iter().flat_map(|seen| points(*seen, now)).collect();
            portal.store().add_lags(&points).await?;
            self.lags.clear();
        }
        if !self.unsaved.is_empty() {
            let readings: Vec<_> = self.unsaved.drain().collect();
            if let Err(error) = portal.store().save_readings(&readings).await {
                self.unsaved.extend(readings);
                return Err(error.into());
            }
            for (id, _) in readings {
                portal.news().changed(Topic::Readings(id));
            }
        }
        Ok(())
    }

    fn judge(&mut self, watch: &mut Watch, roster: &Roster, open: &[Failover]) {
        let now = Utc::now();
        let open: HashMap<_, _> = open.iter().map(|one| (one.environment_id, one)).collect();
        let mut paces = Vec::new();
        let mut counts: HashMap<SafetyLevel, u32> = HashMap::new();
        for (id, readings) in watch.readings() {
            let Some(entry) = roster.entry(id) else { continue };
            let failover = open.get(&id).copied();
            let level = safety(readings, failover, entry.objectives, now).level;
            let since = self.note_level(&entry.environment, level, now);
            let safe_since = (level == SafetyLevel::Safe).then_some(since);
            paces.push((id, pace(level, failover.is_some(), safe_since, now)));
            *counts.entry(level).or_default() += 1;
        }
        self.levels.retain(|id, _| watch.target(*id).is_some());
        for (id, pace) in paces {
            watch.set_pace(id, pace);
        }
        for level in SafetyLevel::ALL {
            let count = counts.get(&level).copied().unwrap_or_default();
            metrics::gauge!("lifeboat_environments", "safety" => level.as_str()).set(count);
        }
    }

    /// The environments in which another region writes than the portal believes, with what says so.
    fn moved<'a>(
        &mut self,
        watch: &'a Watch,
        roster: &'a Roster,
        open: &[Failover],
    ) -> Vec<(&'a Environment, &'a Readings)> {
        let now = Utc::now();
        let open: HashSet<_> = open.iter().map(|failover| failover.environment_id).collect();
        self.moves.retain(|id| watch.target(id).is_some());
        let known = watch
            .readings()
            .filter_map(|(id, readings)| Some((&roster.entry(id)?.environment, readings)));
        known
            .filter(|(environment, readings)| {
                self.moves
                    .moved(environment, readings, open.contains(&environment.id), now)
            })
            .collect()
    }

    /// Since when the environment has been of that level.
    fn note_level(
        &mut self,
        environment: &Environment,
        level: SafetyLevel,
        now: DateTime<Utc>,
    ) -> DateTime<Utc> {
        let before = self.levels.get(&environment.id).copied();
        match before {
            Some(before) if before.level == level => before.since,
            _ => {
                tracing::info!(
                    environment = %environment.id,
                    suffix = environment.suffix,
                    from = before.map_or("", |before| before.level.as_str()),
                    to = level.as_str(),
                    "safety changed"
                );
                self.levels.insert(environment.id, Level { level, since: now });
                now
            }
        }
    }
}

/// The points of the history that a point of the lag stands for, up to `now`.
pub(super) fn points(seen: LagSeen, now: DateTime<Utc>) -> Vec<(EnvironmentId, DateTime<Utc>, Option<f64>)> {
    let LagSeen {
        environment,
        at,
        seconds,
    } = seen;
    if seconds.is_none() {
        return vec![(environment, at, None)];
    }
    let mut points = vec![(environment, at, seconds)];
    let mut next = at + STEP;
    while next < at + POINT && next <= now {
        points.push((environment, next, seconds));
        next += STEP;
    }
    points
}

/// Deletes the histories' oldest points.
pub(super) async fn prune(portal: &Portal) {
    match portal.store().prune_lags(Utc::now()).await {
        Ok(pruned) => tracing::debug!(pruned, "pruned the lag's history"),
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "pruning the lag's history"
            );
        }
    }
}
