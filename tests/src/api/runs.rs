//! Environments and runs through the API, and waiting for a run to get somewhere.

use std::time::Duration;

use anyhow::{Result, bail};
use lifeboat_domain::environment::{Environment, NewEnvironment, Output, Resource};
use lifeboat_domain::parameter::{ParameterValue, ParameterValues};
use lifeboat_domain::plan::Plan;
use lifeboat_domain::profile::Profile;
use lifeboat_domain::run::{Decision, NewDecision, NewRun, Run, RunKind, RunState};
use lifeboat_domain::{EnvironmentId, Page, RunId};
use serde::Deserialize;
use tokio::time::Instant;

use super::Client;
use crate::people::TEAM;

/// A new environment and its first run.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Created {
    /// The environment.
    pub environment: Environment,
    /// Its first run, queued.
    pub run: Run,
}

/// Demo values of a profile's parameters, with its suffix.
pub fn demo_parameters(profile: &Profile, suffix: &str) -> ParameterValues {
    let demo = profile.parameters.iter().filter_map(|parameter| {
        let value = parameter.demo.clone()?;
        Some((parameter.name.clone(), value))
    });
    let suffix = (
        profile.suffix_parameter.clone(),
        ParameterValue::Text(suffix.to_owned()),
    );
    demo.chain([suffix]).collect()
}

impl Client {
    /// All profiles.
    pub async fn profiles(&self) -> Result<Vec<Profile>> {
        self.get("/profiles").await
    }

    /// A profile.
    pub async fn profile(&self, name: &str) -> Result<Profile> {
        self.get(&format!("/profiles/{name}")).await
    }

    /// The body that creates an environment of `profile` in the sandbox with its demo parameters.
    pub async fn new_environment(&self, profile: &str, suffix: &str) -> Result<NewEnvironment> {
        let profile = self.profile(profile).await?;
        Ok(NewEnvironment {
            parameters: demo_parameters(&profile, suffix),
            profile: profile.name,
            team: TEAM.to_owned(),
            account: lifeboat_domain::account::SANDBOX.to_owned(),
        })
    }

    /// Creates an environment. One idempotency key makes one environment, however often it is sent.
    pub async fn create_environment(&self, new: &NewEnvironment, idempotency_key: &str) -> Result<Created> {
        self.post("/environments", new, Some(idempotency_key)).await
    }

    /// The newest environments.
    pub async fn environments(&self) -> Result<Vec<Environment>> {
        let page: Page<Environment> = self.get("/environments").await?;
        Ok(page.items)
    }

    /// An environment.
    pub async fn environment(&self, id: EnvironmentId) -> Result<Environment> {
        self.get(&format!("/environments/{id}")).await
    }

    /// The outputs of an environment.
    pub async fn outputs(&self, id: EnvironmentId) -> Result<Vec<Output>> {
        self.get(&format!("/environments/{id}/outputs")).await
    }

    /// The resources of an environment.
    pub async fn resources(&self, id: EnvironmentId) -> Result<Vec<Resource>> {
        self.get(&format!("/environments/{id}/resources")).await
    }

    /// The runs of an environment, newest first.
    pub async fn runs(&self, id: EnvironmentId) -> Result<Vec<Run>> {
        let page: Page<Run> = self.get(&format!("/environments/{id}/runs")).await?;
        Ok(page.items)
    }

    /// Queues a run.
    pub async fn queue(&self, id: EnvironmentId, kind: RunKind) -> Result<Run> {
        self.post(&format!("/environments/{id}/runs"), &NewRun { kind }, None)
            .await
    }

    /// A run.
    pub async fn run(&self, id: RunId) -> Result<Run> {
        self.get(&format!("/runs/{id}")).await
    }

    /// The plan of a run.
    pub async fn plan(&self, id: RunId) -> Result<Plan> {
        self.get(&format!("/runs/{id}/plan")).await
    }

    /// Decides on the plan that is read at this moment.
    pub async fn decide(&self, id: RunId, decision: Decision, comment: Option<&str>) -> Result<Run> {
        let plan = self.plan(id).await?;
        let body = NewDecision {
            decision,
            plan_digest: plan.digest,
            comment: comment.map(str::to_owned),
        };
        self.post(&format!("/runs/{id}/decision"), &body, None).await
    }

    /// Waits until the run is in `wanted`; an error with the end of its log as soon as it ended elsewhere.
    pub async fn wait_until(&self, id: RunId, wanted: RunState, limit: Duration) -> Result<Run> {
        self.wait_for(id, &[wanted], limit).await
    }

    /// Waits until the run has a plan, with changes or without.
    pub async fn wait_to_be_planned(&self, id: RunId, limit: Duration) -> Result<Run> {
        self.wait_for(id, &[RunState::NoChanges, RunState::AwaitingApproval], limit)
            .await
    }

    async fn wait_for(&self, id: RunId, wanted: &[RunState], limit: Duration) -> Result<Run> {
        let deadline = Instant::now() + limit;
        loop {
            let run = self.run(id).await?;
            let state = run.progression.state;
            if wanted.contains(&state) {
                return Ok(run);
            }
            if state.is_ended() || Instant::now() > deadline {
                let log = self
                    .get_text(&format!("/runs/{id}/log"))
                    .await
                    .unwrap_or_default();
                let wanted: Vec<&str> = wanted.iter().map(|state| state.as_str()).collect();
                bail!(
                    "waiting for run {} of {} to be {}: it is {} ({}); the end of its log:\n{}",
                    run.number,
                    run.environment_suffix,
                    wanted.join(" or "),
                    state.as_str(),
                    run.reason.as_deref().unwrap_or("no reason given"),
                    last_lines(&log, 25)
                );
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}
