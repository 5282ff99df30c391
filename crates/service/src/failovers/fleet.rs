//! The fleet: every environment a person may see, who needs people first, and what is shown of each.

use std::cmp::Reverse;
use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_domain::environment::{Environment, EnvironmentState};
use lifeboat_domain::failover::Failover;
use lifeboat_domain::person::Principal;
use lifeboat_domain::reading::{LagPoint, Readings};
use lifeboat_domain::run::Run;
use lifeboat_domain::safety::Safety;
use lifeboat_domain::{Cursor, EnvironmentId, Page, PageRequest};
use lifeboat_store::{EnvironmentFilter, StoreError};

use crate::access::eyes;
use crate::views::FleetRow;
use crate::{Portal, Result};

/// How much of the lag's history a row draws, seconds, and how much time one point stands for.
const HISTORY_SECONDS: i64 = 3_600;
const POINT_SECONDS: u32 = 60;

/// What decides over safety, of every environment.
struct Seen {
    readings: HashMap<EnvironmentId, Readings>,
    open: HashMap<EnvironmentId, Failover>,
}

/// Where an environment stands in the list: the urgent first, among equals the newest.
type Place = (u8, Reverse<EnvironmentId>);

impl Portal {
    /// The environments the person may see, destroyed ones left out, who needs people first. The order is of all of them, not of a
    /// page; one whose safety changes between two pages may be seen twice or not at all. Errors: invalid-input (`cursor`).
    pub async fn fleet(&self, who: &Principal, page: &PageRequest) -> Result<Page<FleetRow>> {
        let after = page.cursor.as_ref().map(place_of).transpose()?;
        let now = Utc::now();
        let environments = self.all_environments(who).await?;
        let ids: Vec<_> = environments.iter().map(|environment| environment.id).collect();
        let mut seen = self.seen_of(&ids).await?;
        let mut standing: Vec<(Place, Environment, Option<Safety>)> = environments
            .into_iter()
            .map(|environment| {
                let safety = self.judge(&environment, &seen, now);
                (place(&environment, safety.as_ref()), environment, safety)
            })
            .filter(|(place, ..)| after.is_none_or(|after| *place > after))
            .collect();
        standing.sort_by_key(|(place, ..)| *place);
        let limit = page.clamped_limit() as usize;
        let more = standing.len() > limit;
        standing.truncate(limit);
        let last = standing.last().map(|(place, ..)| cursor(*place));
        Ok(Page {
            next: last.filter(|_| more),
            items: self.rows(who, standing, &mut seen, now).await?,
        })
    }

    async fn all_environments(&self, who: &Principal) -> Result<Vec<Environment>> {
        let filter = EnvironmentFilter {
            visible_to: eyes(who),
            without_destroyed: true,
            ..EnvironmentFilter::default()
        };
        let mut all = Vec::new();
        let mut next = Some(PageRequest::default());
        while let Some(mut request) = next.take() {
            request.limit = Some(200);
            let page = self.store().environments(&filter, &request).await?;
            all.extend(page.items);
            next = page.next.map(|cursor| PageRequest {
                cursor: Some(cursor),
                limit: None,
            });
        }
        Ok(all)
    }

    async fn seen_of(&self, of: &[EnvironmentId]) -> Result<Seen> {
        let open = self.store().open_failovers_of(of).await?;
        Ok(Seen {
            readings: self.store().readings_of(of).await?.into_iter().collect(),
            open: open
                .into_iter()
                .map(|failover| (failover.environment_id, failover))
                .collect(),
        })
    }

    fn judge(&self, environment: &Environment, seen: &Seen, now: DateTime<Utc>) -> Option<Safety> {
        let readings = seen.readings.get(&environment.id);
        self.safety_of(environment, readings, seen.open.get(&environment.id), now)
    }

    /// The rows of one page: the rest of what they show is asked for these alone.
    async fn rows(
        &self,
        who: &Principal,
        standing: Vec<(Place, Environment, Option<Safety>)>,
        seen: &mut Seen,
        now: DateTime<Utc>,
    ) -> Result<Vec<FleetRow>> {
        let ids: Vec<_> = standing
            .iter()
            .map(|(_, environment, _)| environment.id)
            .collect();
        let newest = self.store().newest_runs(&ids).await?;
        let mut runs: HashMap<_, Run> = newest.into_iter().map(|run| (run.environment_id, run)).collect();
        let from = now - TimeDelta::seconds(HISTORY_SECONDS);
        let mut lags: HashMap<_, Vec<LagPoint>> = HashMap::new();
        for (environment, point) in self.store().lag_histories(&ids, from, POINT_SECONDS).await? {
            lags.entry(environment).or_default().push(point);
        }
        let overdue = self.overdue_proofs(who).await?;
        let row = |(_, environment, safety): (Place, Environment, Option<Safety>)| {
            let source = self.catalog().get(&environment.profile);
            let readings = seen.readings.get(&environment.id);
            FleetRow {
                safety,
                lag_seconds: readings.and_then(|readings| readings.lag_seconds.known(now).copied()),
                lag: lags.remove(&environment.id).unwrap_or_default(),
                open_failover: seen.open.remove(&environment.id),
                last_proven_at: environment.last_proven_at,
                proof_overdue: overdue.contains(&environment.id),
                profile_title: source
                    .map_or_else(|| environment.profile.clone(), |s| s.profile.title.clone()),
                rpo_seconds: source.map(|s| s.profile.rpo_seconds),
                rto_seconds: source.map(|s| s.profile.rto_seconds),
                last_run: runs.remove(&environment.id),
                environment,
            }
        };
        Ok(standing.into_iter().map(row).collect())
    }
}

fn place(environment: &Environment, safety: Option<&Safety>) -> Place {
    let urgency = safety.map_or(Safety::LEAST_URGENT, Safety::urgency);
    let urgency = match environment.state {
        // Its last apply stopped half-way.
        EnvironmentState::Incomplete => urgency.min(Safety::AS_AT_RISK),
        _ => urgency,
    };
    (urgency, Reverse(environment.id))
}

fn cursor((urgency, Reverse(id)): Place) -> Cursor {
    Cursor(format!("{urgency}-{id}"))
}

fn place_of(cursor: &Cursor) -> Result<Place> {
    let parsed = cursor
        .0
        .split_once('-')
        .and_then(|(urgency, id)| Some((urgency.parse().ok()?, Reverse(id.parse().ok()?))));
    parsed.ok_or_else(|| StoreError::BadCursor.into())
}
