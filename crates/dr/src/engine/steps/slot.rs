//! The deployed slot: taken by every process that works on the failover, so that the environment's own automation keeps away.

use crate::CloudError;
use crate::engine::facts;
use crate::engine::turn::{Halt, LEASE_SECONDS, Look, Trouble, Turn};

pub(super) async fn take(turn: &mut Turn<'_>) -> Result<Look, Trouble> {
    let holder = turn.holder();
    let purpose = format!("portal: {}", turn.failover.kind.as_str());
    let (cloud, target) = (turn.cloud, turn.target);
    let taking = cloud.take_slot(target, &holder, &purpose, LEASE_SECONDS);
    match turn
        .ask("taking the operation slot", &target.standby.region, taking)
        .await
    {
        Ok(lease) => {
            turn.leave(facts::TOKEN, lease.token);
            turn.lease = Some(lease);
            Ok(Look::Done(
                "the environment's own automation keeps away".to_owned(),
            ))
        }
        Err(CloudError::SlotHeld {
            holder: other,
            lease_until,
        }) if other == holder => Ok(Look::Wait(format!(
            "an earlier worker of this failover had the slot; its lease ends {}",
            lease_until.format("%H:%M:%S UTC")
        ))),
        Err(error @ CloudError::SlotHeld { .. }) => Err(match turn.asked_at() {
            None => Halt::Refused(error.to_string()),
            Some(_) => Halt::Failed(error.to_string()),
        }
        .into()),
        Err(error) => Err(error.into()),
    }
}
