//! Who is watched: every environment that stands, as its newest state tells of it. What must not be here: readings.

use std::collections::HashMap;

use chrono::Utc;
use lifeboat_domain::EnvironmentId;
use lifeboat_domain::environment::Environment;
use lifeboat_domain::reading::Readings;
use lifeboat_domain::safety::Objectives;
use lifeboat_dr::readings::Watch;

use crate::{Portal, ProblemKind, Result, ServiceError};

/// The environments that stand.
#[derive(Default)]
pub(super) struct Roster {
    entries: HashMap<EnvironmentId, Entry>,
}

/// One of them, as it was when it was looked at last.
pub(super) struct Entry {
    pub(super) environment: Environment,
    pub(super) objectives: Objectives,
}

impl Roster {
    pub(super) fn entry(&self, id: EnvironmentId) -> Option<&Entry> {
        self.entries.get(&id)
    }

    /// Brings the roster and `watch` up to date. A fault leaves them as they are.
    pub(super) async fn refresh(&mut self, portal: &Portal, watch: &mut Watch) {
        if let Err(error) = self.try_refresh(portal, watch).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "looking which environments there are"
            );
        }
        metrics::gauge!("lifeboat_watched_environments").set(watch.len() as f64);
    }

    async fn try_refresh(&mut self, portal: &Portal, watch: &mut Watch) -> Result<()> {
        let standing = portal.store().watched_environments().await?;
        let standing: HashMap<_, _> = standing.into_iter().map(|one| (one.id, one)).collect();
        watch.retain(|id| standing.contains_key(&id));
        self.entries.retain(|id, _| standing.contains_key(id));
        let fresh: Vec<EnvironmentId> = standing
            .values()
            .filter(|one| self.is_news(one))
            .map(|one| one.id)
            .collect();
        let mut kept = kept(portal, &fresh).await?;
        for environment in standing.into_values() {
            let id = environment.id;
            if fresh.contains(&id) && !add(portal, watch, &environment, kept.remove(&id)).await {
                self.entries.remove(&id);
                continue;
            }
            let objectives = portal.objectives_of(&environment);
            let entry = Entry {
                environment,
                objectives,
            };
            self.entries.insert(id, entry);
        }
        Ok(())
    }

    /// Whether what is watched of it may have changed: outputs come with a state, the rest with its settings.
    fn is_news(&self, environment: &Environment) -> bool {
        self.entries.get(&environment.id).is_none_or(|known| {
            let known = &known.environment;
            known.state_serial != environment.state_serial || known.parameters != environment.parameters
        })
    }
}

async fn kept(portal: &Portal, ids: &[EnvironmentId]) -> Result<HashMap<EnvironmentId, Readings>> {
    Ok(portal.store().readings_of(ids).await?.into_iter().collect())
}

/// Watches an environment as its newest state tells of it; not at all when that does not tell enough, until there is another state.
/// `false` when it could not be looked at: then it is tried again.
async fn add(portal: &Portal, watch: &mut Watch, environment: &Environment, kept: Option<Readings>) -> bool {
    let id = environment.id;
    let error = match portal.target_of(environment).await {
        Ok(target) => {
            watch.watch(target, kept, Utc::now());
            return true;
        }
        Err(error) => error,
    };
    let told = matches!(
        &error,
        ServiceError::Refused {
            kind: ProblemKind::Conflict,
            ..
        }
    );
    if told {
        watch.retain(|watched| watched != id);
    }
    tracing::warn!(environment = %id, error = &error as &dyn std::error::Error, "an environment is not watched");
    told
}
