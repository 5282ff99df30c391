//! Environments: made with their first run, listed, looked at.

use lifeboat_domain::environment::{Environment, EnvironmentState, NewEnvironment, Output, Resource};
use lifeboat_domain::person::{Principal, Team};
use lifeboat_domain::profile::Profile;
use lifeboat_domain::role::Right;
use lifeboat_domain::run::RunKind;
use lifeboat_domain::state_version::StateVersion;
use lifeboat_domain::{EnvironmentId, FieldError, Page, PageRequest, RunId};
use lifeboat_runner::state;
use lifeboat_store::{
    ArtifactPath, AuditFilter, EnvironmentFilter, FailoverFilter, NewEnvironmentRow, NewRunRow, RunFilter,
    StoreError,
};
use secrecy::ExposeSecret;
use serde_json::json;

use crate::access::{eyes, require, why_not};
use crate::accounts::without_external_id;
use crate::profiles::suffix;
use crate::views::{CreatedEnvironment, EnvironmentActions, EnvironmentDetail, Permission, Watched};
use crate::{Portal, ProblemKind, Result, ServiceError, audit, idempotency};

/// Rows of each list on an environment's page.
const DETAIL_ROWS: u32 = 20;
/// Failovers on it.
const FAILOVER_ROWS: u32 = 5;

impl Portal {
    /// Makes an environment and queues its provision run, in one transaction.
    /// Errors: invalid-input (fields `profile`, `team`, `account`, `parameters.<name>`, `Idempotency-Key`), forbidden,
    /// suffix-taken, idempotency-mismatch. The same key with the same request answers with what was made the first time.
    pub async fn create_environment(
        &self,
        who: &Principal,
        new: &NewEnvironment,
        idempotency_key: Option<&str>,
    ) -> Result<CreatedEnvironment> {
        let key = idempotency::key(who, idempotency_key, "environment.create", new)?;
        let (profile, row) = self.check_new_environment(who, new).await?;
        let run = NewRunRow {
            id: RunId::generate(),
            kind: RunKind::Provision,
            requested_by: who.user.id,
        };
        let detail = json!({
            "suffix": row.suffix, "profile": profile.version_label(), "account": new.account, "run": run.id,
        });
        let subject = format!("environment/{}", row.id);
        let mut event = audit::event(&who.user.login, "environment.create", subject, detail);
        event.team = Some(row.team_id);
        event.environment = Some(row.id);

        let taken = suffix_taken(&profile, &row.suffix, &new.account);
        let made = self
            .store()
            .create_environment(row, run, key.as_ref(), event)
            .await;
        let made = made.map_err(|error| match error {
            StoreError::Taken("environment suffix") => taken,
            other => other.into(),
        })?;
        if made.is_fresh() {
            metrics::counter!("lifeboat_environments_created_total", "profile" => profile.name).increment(1);
            self.signals().queued();
        }
        let (environment, run) = made.into_inner();
        Ok(CreatedEnvironment { environment, run })
    }

    /// Everything that can be wrong is found before anything is made, and told at once.
    async fn check_new_environment(
        &self,
        who: &Principal,
        new: &NewEnvironment,
    ) -> Result<(Profile, NewEnvironmentRow)> {
        let mut errors = Vec::new();
        let team = self.team_for(who, &new.team).await?;
        if team.is_none() {
            let message = format!(
                "there is no team {:?} that you are in; choose one of yours",
                new.team
            );
            errors.push(FieldError::new("team", message));
        }
        let account = self.store().account_by_name(&new.account).await?;
        if account.is_none() {
            let message = format!(
                "there is no account {:?}; GET /api/v1/accounts lists them",
                new.account
            );
            errors.push(FieldError::new("account", message));
        }
        let checked = match self.catalog().get(&new.profile) {
            Some(source) => match source.profile.check(&new.parameters) {
                Ok(parameters) => Some((source.profile.clone(), parameters)),
                Err(wrong) => {
                    errors.extend(wrong);
                    None
                }
            },
            None => {
                let names: Vec<_> = self
                    .catalog()
                    .profiles()
                    .map(|s| s.profile.name.as_str())
                    .collect();
                let message = format!(
                    "there is no profile {:?}; choose one of: {}",
                    new.profile,
                    names.join(", ")
                );
                errors.push(FieldError::new("profile", message));
                None
            }
        };
        let (Some(team), Some(account), Some((profile, parameters))) = (team, account, checked) else {
            return Err(ServiceError::invalid(errors));
        };
        let row = NewEnvironmentRow {
            id: EnvironmentId::generate(),
            suffix: suffix(&profile, &parameters).to_owned(),
            team_id: team.id,
            account_id: account.id,
            profile: profile.name.clone(),
            profile_digest: profile.digest.clone(),
            active_region: profile.primary_region.clone(),
            standby_region: profile.standby_region.clone(),
            parameters,
            created_by: who.user.id,
        };
        Ok((profile, row))
    }

    /// The team of that name if the person may see it; forbidden when they may see it but not request in it.
    async fn team_for(&self, who: &Principal, name: &str) -> Result<Option<Team>> {
        let own = who
            .memberships
            .iter()
            .map(|m| &m.team)
            .find(|team| team.name == name);
        let team = match own {
            Some(team) => Some(team.clone()),
            None if who.user.is_admin => self.store().team_by_name(name).await?,
            None => None,
        };
        if let Some(team) = &team {
            require(who, team.id, Right::Request)?;
        }
        Ok(team)
    }

    /// The environments the person may see, newest first.
    pub async fn environments(&self, who: &Principal, page: &PageRequest) -> Result<Page<Environment>> {
        let filter = EnvironmentFilter {
            visible_to: eyes(who),
            ..EnvironmentFilter::default()
        };
        Ok(self.store().environments(&filter, page).await?)
    }

    /// One environment. Errors: not-found.
    pub async fn environment(&self, who: &Principal, id: EnvironmentId) -> Result<Environment> {
        self.seen_environment(who, id).await
    }

    /// One environment with everything its page shows. Errors: not-found.
    pub async fn environment_detail(&self, who: &Principal, id: EnvironmentId) -> Result<EnvironmentDetail> {
        let environment = self.seen_environment(who, id).await?;
        let rows = PageRequest {
            cursor: None,
            limit: Some(DETAIL_ROWS),
        };
        let of_environment = RunFilter {
            environment: Some(id),
            ..RunFilter::default()
        };
        let activity = AuditFilter {
            visible_to: eyes(who),
            environment: Some(id),
        };
        let (outputs, resources) = self.newest_contents(id).await?;
        let source = self.catalog().get(&environment.profile);
        let watched = self.watched_now(&environment).await?;
        let of_failovers = FailoverFilter {
            environment: Some(id),
            ..FailoverFilter::default()
        };
        let few = PageRequest {
            cursor: None,
            limit: Some(FAILOVER_ROWS),
        };
        let why_not_destroy = self.why_not_destroy(&environment, &outputs);
        Ok(EnvironmentDetail {
            profile: source.map(|source| source.profile.clone()),
            account: without_external_id(self.store().account(environment.account_id).await?),
            outputs,
            resources,
            runs: self.store().runs(&of_environment, &rows).await?.items,
            activity: self.store().audit_events(&activity, &rows).await?.items,
            state_versions: self.store().state_versions(id, &rows).await?.items,
            actions: actions(who, &environment, source.is_some(), why_not_destroy, &watched),
            failovers: self.store().failovers(&of_failovers, &few).await?.items,
            last_proven_at: environment.last_proven_at,
            readings: watched.readings,
            safety: watched.safety,
            open_failover: watched.open_failover,
            environment,
        })
    }

    /// Outputs of the newest state, by name; sensitive values hidden. Errors: not-found.
    pub async fn outputs(&self, who: &Principal, id: EnvironmentId) -> Result<Vec<Output>> {
        self.seen_environment(who, id).await?;
        Ok(self.newest_contents(id).await?.0)
    }

    /// Resources of the newest state, by address. Errors: not-found.
    pub async fn resources(&self, who: &Principal, id: EnvironmentId) -> Result<Vec<Resource>> {
        self.seen_environment(who, id).await?;
        Ok(self.newest_contents(id).await?.1)
    }

    /// State versions, newest first; never their content. Errors: not-found.
    pub async fn state_versions(
        &self,
        who: &Principal,
        id: EnvironmentId,
        page: &PageRequest,
    ) -> Result<Page<StateVersion>> {
        self.seen_environment(who, id).await?;
        Ok(self.store().state_versions(id, page).await?)
    }

    pub(crate) async fn newest_contents(&self, id: EnvironmentId) -> Result<(Vec<Output>, Vec<Resource>)> {
        let Some(version) = self.store().newest_state_version(id).await? else {
            return Ok((Vec::new(), Vec::new()));
        };
        let sealed = self.artifacts().get(ArtifactPath::State(id, version.id)).await?;
        let internal = |e| ServiceError::internal("reading the newest state", e);
        let outputs = state::outputs(sealed.expose_secret()).map_err(internal)?;
        let resources = state::resources(sealed.expose_secret()).map_err(internal)?;
        Ok((outputs, resources))
    }
}

/// What the person may do with an environment they see; `offered`: its profile is; `failed_over`: why it cannot be destroyed.
fn actions(
    who: &Principal,
    environment: &Environment,
    offered: bool,
    failed_over: Option<String>,
    watched: &Watched,
) -> EnvironmentActions {
    let operate = if watched.safety.is_none() {
        Permission::hidden()
    } else if who.may(environment.team.id, Right::Operate) {
        Permission::yes()
    } else {
        Permission::no(why_not(Right::Operate))
    };
    let fail_over = match &watched.open_failover {
        Some(open) if operate.allowed => {
            Permission::no(format!("{} {} has not ended", open.kind.as_str(), open.number))
        }
        _ => operate.clone(),
    };
    let permission = if environment.state == EnvironmentState::Destroyed {
        Permission::hidden()
    } else if who.may(environment.team.id, Right::Request) {
        Permission::yes()
    } else {
        Permission::no(why_not(Right::Request))
    };
    EnvironmentActions {
        update: permission.clone(),
        settings: match offered {
            true => permission.clone(),
            false => Permission::hidden(),
        },
        destroy: match failed_over {
            Some(why) if permission.allowed => Permission::no(why),
            _ => permission,
        },
        fail_over,
        kill_switch: operate,
    }
}

fn suffix_taken(profile: &Profile, suffix: &str, account: &str) -> ServiceError {
    let message =
        format!("“{suffix}” is taken by another environment in the account {account}; choose another");
    ServiceError::Refused {
        kind: ProblemKind::SuffixTaken,
        detail: message.clone(),
        errors: vec![FieldError::new(
            format!("parameters.{}", profile.suffix_parameter),
            message,
        )],
    }
}
