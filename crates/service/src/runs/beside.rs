//! Runs beside the environment's own automation, which changes roles under the deployed slot. Runs do not take that slot: an apply may
//! last for an hour, and a region may die meanwhile. So none is approved while roles move.

use chrono::Utc;
use lifeboat_domain::run::Run;
use lifeboat_dr::{CloudError, Target};

use crate::{Portal, ProblemKind, Result, ServiceError};

impl Portal {
    /// Refuses while somebody changes the roles of the run's environment. Where AWS does not say, people may go on: they may have to
    /// mend just that. Errors: conflict.
    pub(super) async fn refuse_while_roles_move(&self, run: &Run) -> Result<()> {
        let environment = self.store().environment(run.environment_id).await?;
        let (Ok(cloud), Ok(target)) = (self.cloud(), self.target_of(&environment).await) else {
            return Ok(());
        };
        let standby = &target.standby.region;
        let (automation, topology) =
            tokio::join!(cloud.automation(&target), cloud.topology(&target, standby));
        let slot = known(&target, automation).and_then(|automation| automation.slot);
        let at_work = slot.filter(|slot| slot.lease_until > Utc::now());
        let moving = known(&target, topology).filter(|topology| topology.is_moving());
        let why = match (at_work, moving) {
            (Some(slot), _) => format!(
                "{} has the deployed operation slot ({})",
                slot.holder, slot.purpose
            ),
            (None, Some(topology)) => format!("the global database is {}", topology.status),
            (None, None) => return Ok(()),
        };
        let detail =
            format!("the roles of this environment are being changed: {why}; approve it when that has ended");
        Err(ServiceError::refused(ProblemKind::Conflict, detail))
    }
}

fn known<T>(target: &Target, answer: std::result::Result<T, CloudError>) -> Option<T> {
    let said = |error: &CloudError| {
        tracing::warn!(environment = %target.environment, %error, "looking whether roles move, before an approval");
    };
    answer.inspect_err(said).ok()
}
