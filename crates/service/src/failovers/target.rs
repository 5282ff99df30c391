//! What of an environment can be watched and moved.

use lifeboat_domain::environment::{Environment, EnvironmentState};
use lifeboat_domain::safety::Objectives;
use lifeboat_dr::Target;

use crate::{Portal, ProblemKind, Result, ServiceError};

/// What is promised when the profile that says it is no longer offered: the strictest class there is. A failover must not
/// be refused for a missing file.
const WITHOUT_PROFILE: Objectives = Objectives {
    rto_seconds: 300,
    rpo_seconds: 60,
};

impl Portal {
    /// The environment as the cloud knows it, by the outputs of its newest state. Errors: conflict when it was never applied, is
    /// destroyed, or lacks an output.
    pub(crate) async fn target_of(&self, environment: &Environment) -> Result<Target> {
        let nothing_there = match environment.state {
            EnvironmentState::New => Some("nothing was applied yet; apply its first plan"),
            EnvironmentState::Destroyed => Some("it is destroyed"),
            EnvironmentState::Ready | EnvironmentState::Incomplete => None,
        };
        let cannot = |why: &str| {
            let detail = format!("this environment can neither be watched nor moved: {why}");
            ServiceError::refused(ProblemKind::Conflict, detail)
        };
        if let Some(why) = nothing_there {
            return Err(cannot(why));
        }
        let account = self.store().account(environment.account_id).await?;
        let (outputs, _) = self.newest_contents(environment.id).await?;
        Target::of(environment, &account, &outputs).map_err(|error| cannot(&error.to_string()))
    }

    /// What its profile promises.
    pub(crate) fn objectives_of(&self, environment: &Environment) -> Objectives {
        let source = self.catalog().get(&environment.profile);
        source.map_or(WITHOUT_PROFILE, |source| Objectives {
            rto_seconds: source.profile.rto_seconds,
            rpo_seconds: source.profile.rpo_seconds,
        })
    }
}
