//! What a drill measured, and whether that is what was promised.

use serde::{Deserialize, Serialize};

use crate::FailoverId;
use crate::failover::report::Report;
use crate::failover::{Failover, FailoverKind, FailoverState, StepState};

/// What was measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Measured {
    /// The failover whose report it is from.
    pub failover: FailoverId,
    /// RTO, seconds: from the first failed probe where there was one, else from the request.
    pub rto_seconds: Option<f64>,
    /// Writes that were lost, seconds.
    pub lost_seconds: Option<f64>,
    /// Recovery time objective, seconds.
    pub rto_objective_seconds: u32,
    /// Recovery point objective, seconds.
    pub rpo_objective_seconds: u32,
}

impl Measured {
    /// What a failover's report says.
    pub fn of(failover: FailoverId, report: &Report) -> Self {
        Self {
            failover,
            rto_seconds: report.rto_from_failure_seconds.or(report.rto_seconds),
            lost_seconds: report.lost_seconds,
            rto_objective_seconds: report.rto_objective_seconds,
            rpo_objective_seconds: report.rpo_objective_seconds,
        }
    }

    /// Which objective was missed, or could not be measured; none when both were met.
    pub fn missed(&self) -> Option<String> {
        let objective = f64::from(self.rto_objective_seconds);
        match self.rto_seconds {
            None => return Some("the RTO could not be measured".to_owned()),
            Some(rto) if rto > objective => {
                return Some(format!(
                    "the RTO was {rto:.0} s; the objective is {objective:.0} s"
                ));
            }
            Some(_) => {}
        }
        let objective = f64::from(self.rpo_objective_seconds);
        match self.lost_seconds {
            None => Some("what was lost could not be measured".to_owned()),
            Some(lost) if lost > objective => Some(format!(
                "{lost:.0} s of writes were lost; the objective is {objective:.0} s"
            )),
            Some(_) => None,
        }
    }
}

/// Whether a change of roles proves its environment: it was brought to its end with no step left out, and RTO and loss were measured
/// and are within the objectives. Whether people rehearsed or meant it is all the same. A failback proves nothing: that roles come
/// home says nothing of the day on which home is lost.
pub fn proves(failover: &Failover) -> bool {
    let measured = failover.report.as_ref();
    let measured = measured.map(|report| Measured::of(failover.id, report));
    failover.state == FailoverState::Finished
        && failover.kind != FailoverKind::Failback
        && failover.steps.iter().all(|step| step.state != StepState::Skipped)
        && measured.is_some_and(|measured| measured.missed().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_measured_is_not_met() {
        let measured = Measured {
            failover: FailoverId::generate(),
            rto_seconds: Some(60.0),
            lost_seconds: None,
            rto_objective_seconds: 300,
            rpo_objective_seconds: 60,
        };
        assert!(measured.missed().is_some());
        let known = Measured {
            lost_seconds: Some(0.0),
            ..measured
        };
        assert_eq!(known.missed(), None);
        let slow = Measured {
            rto_seconds: Some(301.0),
            lost_seconds: Some(0.0),
            ..measured
        };
        assert!(slow.missed().is_some());
    }
}
