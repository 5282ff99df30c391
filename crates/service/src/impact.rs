//! What plans do to disaster recovery, judged with the roles an environment has now. The rules are `domain::plan::impact`'s.

use std::collections::BTreeMap;

use lifeboat_domain::environment::{Environment, Output, Resource};
use lifeboat_domain::plan::Plan;
use lifeboat_domain::plan::impact::{self, DrImpact, Roles};
use lifeboat_domain::run::{Run, RunKind};

use crate::{Portal, ProblemKind, Result, ServiceError};

/// The output in which every profile tells the region it builds as primary.
const BUILT_PRIMARY: &str = "primary_region";

impl Portal {
    /// The findings of a plan that was made just now, to be kept with it.
    pub(crate) async fn assess(
        &self,
        environment: &Environment,
        kind: RunKind,
        plan: &Plan,
    ) -> Result<Vec<DrImpact>> {
        let (outputs, resources) = self.newest_contents(environment.id).await?;
        let built = self.built_primary(environment, &outputs);
        let profile = self.catalog().get(&environment.profile);
        let profile = profile.map(|source| &source.profile);
        let roles = Roles {
            active: &environment.active_region,
            standby: &environment.standby_region,
            built_primary: built.as_deref(),
            rto_seconds: profile.map(|profile| profile.rto_seconds),
            rpo_seconds: profile.map(|profile| profile.rpo_seconds),
            instances: instances(&resources),
        };
        Ok(impact::assess(plan, kind, &roles))
    }

    /// The region the environment was built with as primary: by its newest state, which outlives the profile; by the profile where
    /// nothing stands yet. None when neither tells.
    fn built_primary(&self, environment: &Environment, outputs: &[Output]) -> Option<String> {
        let output = outputs.iter().find(|output| output.name == BUILT_PRIMARY);
        let told = output.and_then(|output| output.value.as_ref()?.as_str());
        let offered = || {
            let source = self.catalog().get(&environment.profile)?;
            Some(source.profile.primary_region.clone())
        };
        told.map(str::to_owned).or_else(offered)
    }

    /// Why the environment cannot be destroyed by the roles it has now, whoever asks. `outputs` are those of its newest state.
    pub(crate) fn why_not_destroy(&self, environment: &Environment, outputs: &[Output]) -> Option<String> {
        let built = self.built_primary(environment, outputs);
        impact::why_not_destroy(&environment.active_region, built.as_deref())
    }

    /// Why nobody may approve the run's plan. The roles may have changed since the plan was made, so they are asked again.
    pub(crate) async fn why_not_apply(
        &self,
        run: &Run,
        environment: &Environment,
        guarded: bool,
        plan: Option<&Plan>,
    ) -> Result<Option<String>> {
        if run.kind == RunKind::Destroy {
            let (outputs, _) = self.newest_contents(environment.id).await?;
            if let Some(why) = self.why_not_destroy(environment, &outputs) {
                return Ok(Some(why));
            }
        }
        Ok(plan.and_then(|plan| impact::refusal(&plan.impact, guarded)))
    }

    /// Refuses what [`Self::why_not_apply`] tells. Errors: dr-impact.
    pub(crate) async fn refuse_harmful(&self, run: &Run) -> Result<()> {
        let environment = self.store().environment(run.environment_id).await?;
        let account = self.store().account(environment.account_id).await?;
        let plan = self.stored_plan(run.id).await?;
        let harm = self
            .why_not_apply(run, &environment, account.guarded, plan.as_ref())
            .await?;
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
