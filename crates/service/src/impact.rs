//! What plans do to disaster recovery, judged with the roles an environment has now. The rules are `domain::plan::impact`'s.

use std::collections::BTreeMap;

use lifeboat_domain::environment::{Environment, Resource};
use lifeboat_domain::plan::Plan;
use lifeboat_domain::plan::impact::{self, DrImpact, Roles};
use lifeboat_domain::run::{Run, RunKind};

use crate::{Portal, ProblemKind, Result, ServiceError};

impl Portal {
    /// The findings of a plan that was made just now, to be kept with it.
    pub(crate) async fn assess(
        &self,
        environment: &Environment,
        kind: RunKind,
        plan: &Plan,
    ) -> Result<Vec<DrImpact>> {
        let (_, resources) = self.newest_contents(environment.id).await?;
        let profile = self.catalog().get(&environment.profile);
        let profile = profile.map(|source| &source.profile);
        let roles = Roles {
            active: &environment.active_region,
            standby: &environment.standby_region,
            built_primary: profile.map(|profile| profile.primary_region.as_str()),
            rto_seconds: profile.map(|profile| profile.rto_seconds),
            rpo_seconds: profile.map(|profile| profile.rpo_seconds),
            instances: instances(&resources),
        };
        Ok(impact::assess(plan, kind, &roles))
    }

    /// Why the environment cannot be destroyed by the roles it has now, whoever asks.
    pub(crate) fn why_not_destroy(&self, environment: &Environment) -> Option<String> {
        let profile = self.catalog().get(&environment.profile);
        let built = profile.map(|source| source.profile.primary_region.as_str());
        impact::why_not_destroy(&environment.active_region, built)
    }

    /// Why nobody may approve the run's plan. The roles may have changed since the plan was made, so they are asked again.
    pub(crate) fn why_not_apply(
        &self,
        run: &Run,
        environment: &Environment,
        guarded: bool,
        plan: Option<&Plan>,
    ) -> Option<String> {
        let destroys = run.kind == RunKind::Destroy;
        let now = destroys.then(|| self.why_not_destroy(environment)).flatten();
        now.or_else(|| impact::refusal(&plan?.impact, guarded))
    }

    /// Refuses what [`Self::why_not_apply`] tells. Errors: dr-impact.
    pub(crate) async fn refuse_harmful(&self, run: &Run) -> Result<()> {
        let environment = self.store().environment(run.environment_id).await?;
        let account = self.store().account(environment.account_id).await?;
        let plan = self.stored_plan(run.id).await?;
        let harm = self.why_not_apply(run, &environment, account.guarded, plan.as_ref());
        harm.map_or(Ok(()), |why| Err(harmful(why)))
    }
}

/// The refusal of what would take disaster recovery away.
pub(crate) fn harmful(why: String) -> ServiceError {
    ServiceError::refused(ProblemKind::DrImpact, why)
}

fn instances(resources: &[Resource]) -> BTreeMap<String, u32> {
    let mut instances = BTreeMap::new();
    for resource in resources {
        if resource.kind == "aws_rds_cluster_instance" {
            *instances.entry(resource.region.clone()).or_default() += 1;
        }
    }
    instances
}
