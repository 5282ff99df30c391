//! What a drill's approval covers of plans: a copy that is only made, and only destroyed. Anything else is for people.

use lifeboat_domain::drill::Drill;
use lifeboat_domain::plan::impact::Severity;
use lifeboat_domain::plan::{Action, Plan};
use lifeboat_domain::run::{Run, RunKind};

/// Why the drill's approval does not cover the plan of a run of its copy; none when it does.
pub(super) fn uncovered(drill: &Drill, run: &Run, plan: Option<&Plan>) -> Option<String> {
    if run.requested_by != drill.requested_by {
        return Some(format!("{} asked for it, not the drill", run.requested_by_login));
    }
    let Some(plan) = plan else {
        return Some("its plan cannot be read".to_owned());
    };
    let wanted = match run.kind {
        RunKind::Provision => Action::Create,
        RunKind::Destroy => Action::Delete,
        RunKind::Update => return Some("a drill updates nothing".to_owned()),
    };
    let fits = |action: Action| action == wanted || action == Action::Read;
    if let Some(other) = plan.changes.iter().find(|change| !fits(change.action)) {
        return Some(format!("its plan does something else with {}", other.address));
    }
    // Whatever changed outside of Terraform goes with the copy; before there is a copy there is nothing to change.
    if run.kind == RunKind::Provision && !plan.drift.is_empty() {
        return Some("its plan found changes made outside of Terraform".to_owned());
    }
    let weighty = plan
        .impact
        .iter()
        .find(|impact| impact.severity != Severity::Informs);
    weighty.map(|impact| format!("its plan has the finding “{}”", impact.title))
}

#[cfg(test)]
mod tests {
    use lifeboat_domain::Digest;
    use lifeboat_domain::plan::impact::DrImpact;
    use lifeboat_domain::plan::{Counts, ResourceChange};

    use super::*;
    use crate::drills::tests::{drill, run};

    fn plan(actions: &[Action]) -> Plan {
        let change = |action: &Action| ResourceChange {
            address: format!("thing.{action:?}"),
            module: String::new(),
            kind: "thing".to_owned(),
            region: String::new(),
            action: *action,
            attributes: Vec::new(),
        };
        Plan {
            digest: Digest::of(b"plan"),
            state_serial: 0,
            profile_digest: Digest::of(b"profile"),
            counts: Counts::default(),
            unchanged: 0,
            changes: actions.iter().map(change).collect(),
            outputs: Vec::new(),
            drift: Vec::new(),
            impact: Vec::new(),
        }
    }

    #[test]
    fn only_making_and_only_destroying_are_covered() {
        let drill = drill();
        let judge = |kind, actions: &[Action]| uncovered(&drill, &run(&drill, kind), Some(&plan(actions)));
        assert_eq!(judge(RunKind::Provision, &[Action::Create, Action::Read]), None);
        assert_eq!(judge(RunKind::Destroy, &[Action::Delete]), None);
        for other in [Action::Update, Action::Replace, Action::Delete, Action::Forget] {
            assert!(
                judge(RunKind::Provision, &[Action::Create, other]).is_some(),
                "{other:?}"
            );
        }
        for other in [Action::Create, Action::Update, Action::Replace, Action::Forget] {
            assert!(
                judge(RunKind::Destroy, &[Action::Delete, other]).is_some(),
                "{other:?}"
            );
        }
        assert!(judge(RunKind::Update, &[]).is_some());
        assert!(uncovered(&drill, &run(&drill, RunKind::Destroy), None).is_some());
    }

    #[test]
    fn findings_drift_and_other_peoples_runs_are_for_people() {
        let drill = drill();
        let mut found = plan(&[Action::Delete]);
        found.impact = vec![DrImpact {
            severity: Severity::Endangers,
            title: "It hurts".to_owned(),
            detail: String::new(),
            addresses: Vec::new(),
        }];
        assert!(uncovered(&drill, &run(&drill, RunKind::Destroy), Some(&found)).is_some());
        let mut drifted = plan(&[Action::Create]);
        drifted.drift = drifted.changes.clone();
        assert!(uncovered(&drill, &run(&drill, RunKind::Provision), Some(&drifted)).is_some());
        assert_eq!(
            uncovered(
                &drill,
                &run(&drill, RunKind::Destroy),
                Some(&plan(&[Action::Delete]))
            ),
            None
        );
        let mut foreign = run(&drill, RunKind::Destroy);
        foreign.requested_by = lifeboat_domain::UserId::generate();
        assert!(uncovered(&drill, &foreign, Some(&plan(&[Action::Delete]))).is_some());
    }
}
