//! What replication of objects and of the credentials stands in the way of.

use chrono::Utc;
use lifeboat_domain::failover::FailoverKind;
use lifeboat_domain::failover::preview::{Precondition, Verdict, Weight};
use lifeboat_domain::reading::{Alarm, SecretPresence, SecretState};

use super::scene::{Scene, silence};
use crate::preview::steps;
use crate::readings::testing::{PRIMARY, STANDBY};

const SWITCHOVER: FailoverKind = FailoverKind::Switchover;
const FAILOVER: FailoverKind = FailoverKind::Failover;
const FAILBACK: FailoverKind = FailoverKind::Failback;

fn alarm(name: &str, state: &str) -> Alarm {
    Alarm {
        name: name.to_owned(),
        state: state.to_owned(),
        reason: "threshold crossed".to_owned(),
        since: Utc::now(),
    }
}

/// The regions of a change of roles of that kind: where it goes, and where from.
fn regions(scene: &Scene, kind: FailoverKind) -> (String, String) {
    let to = &steps::to_region(kind, &scene.target).region;
    (to.clone(), scene.target.other(to).region.clone())
}

/// What the line on objects says when an alarm stands in a region, `there` being the one that is to serve.
fn objects(kind: FailoverKind, there: &[(&str, &str)], here: &[(&str, &str)]) -> Precondition {
    let mut scene = Scene::of(kind);
    let (to, from) = regions(&scene, kind);
    for (region, alarms) in [(to, there), (from, here)] {
        let alarms = alarms.iter().map(|(name, state)| alarm(name, state)).collect();
        scene.region(&region).alarms.value = Some(alarms);
    }
    assert_eq!(scene.blockers(kind), [""; 0], "{kind:?}: objects inform");
    scene.found(kind, "objects")
}

#[test]
fn objects_that_s3_gave_up_on_are_said_with_what_to_do() {
    for kind in FailoverKind::ALL {
        let failed = "alarm-replication-failed-transaction-logs-primary-demo";
        let late = "alarm-replication-latency-transaction-logs-secondary-demo";
        let found = objects(kind, &[(late, "ALARM")], &[(failed, "ALARM")]);
        assert_eq!(
            (found.verdict, found.weight),
            (Verdict::Fails, Weight::Informs),
            "{kind:?}"
        );
        assert!(
            found.detail.contains(failed) && found.detail.contains(late),
            "{found:?}"
        );
        let remedy = found.remedy.unwrap();
        assert!(remedy.contains("Batch Replication"), "{remedy}");
        assert_eq!(remedy.contains("missing"), kind.may_lose_data(), "{remedy}");
        assert!(
            found.source.contains(PRIMARY) && found.source.contains(STANDBY),
            "{}",
            found.source
        );
    }
}

#[test]
fn objects_that_are_late_arrive_afterwards_unless_their_region_is_gone() {
    for kind in FailoverKind::ALL {
        let found = objects(kind, &[("alarm-replication-latency-x", "ALARM")], &[]);
        assert_eq!(found.verdict, Verdict::Warns, "{kind:?}");
        let remedy = found.remedy.unwrap();
        assert_eq!(
            remedy.contains("they arrive"),
            !kind.may_lose_data(),
            "{kind:?}: {remedy}"
        );
    }
}

#[test]
fn where_nothing_is_copied_there_is_no_delay() {
    let found = objects(
        SWITCHOVER,
        &[("alarm-replication-latency-x", "INSUFFICIENT_DATA")],
        &[],
    );
    assert_eq!(found.verdict, Verdict::Holds);
    assert!(
        found.detail.contains("nothing is to be copied"),
        "{}",
        found.detail
    );
    let found = objects(
        SWITCHOVER,
        &[],
        &[("alarm-replication-failed-x", "INSUFFICIENT_DATA")],
    );
    assert_eq!(
        found.verdict,
        Verdict::Unknown,
        "only one that was just made has nothing to say"
    );
}

#[test]
fn alarms_on_what_flows_the_other_way_and_on_the_database_are_not_these() {
    let there = [("alarm-replication-failed-x-secondary-demo", "ALARM")];
    let here = [
        ("alarm-replication-latency-x-primary-demo", "ALARM"),
        ("alarm-replication-lag-alert-primary-demo", "ALARM"),
    ];
    assert_eq!(objects(SWITCHOVER, &there, &here).verdict, Verdict::Holds);
    assert_eq!(objects(FAILBACK, &there, &here).verdict, Verdict::Holds);
}

#[test]
fn the_alarms_of_a_region_that_is_down_are_unknown_and_the_line_says_so() {
    let mut scene = Scene::of(FAILOVER);
    let now = scene.now;
    silence(&mut scene.region(PRIMARY).alarms, now);
    let found = scene.found(FAILOVER, "objects");
    assert_eq!((found.verdict, found.weight), (Verdict::Unknown, Weight::Informs));
    assert!(
        found.detail.contains(&format!("alarms in {PRIMARY} are unknown")),
        "{}",
        found.detail
    );
    assert!(
        found.source.contains(STANDBY) && !found.source.contains(PRIMARY),
        "{}",
        found.source
    );
    assert_eq!(scene.blockers(FAILOVER), [""; 0]);
    let late = alarm("alarm-replication-latency-x", "ALARM");
    scene.region(STANDBY).alarms.value = Some(vec![late]);
    assert_eq!(
        scene.found(FAILOVER, "objects").verdict,
        Verdict::Warns,
        "what is known is said"
    );
    silence(&mut scene.region(STANDBY).alarms, now);
    let found = scene.found(FAILOVER, "objects");
    assert_eq!(found.verdict, Verdict::Unknown);
    assert!(found.detail.contains("3600 s old"), "{}", found.detail);
}

/// The line on the credentials, and whether it is all that blocks; `change` is made to what the region that is to serve has (`there`)
/// and to what the other has.
fn secret(
    kind: FailoverKind,
    change: impl FnOnce(&mut SecretState, &mut SecretState),
) -> (Precondition, bool) {
    let mut scene = Scene::of(kind);
    let (to, from) = regions(&scene, kind);
    let mut there = scene.region(&to).secret.value.take().unwrap();
    let mut here = scene.region(&from).secret.value.take().unwrap();
    change(&mut there, &mut here);
    scene.region(&to).secret.value = Some(there);
    scene.region(&from).secret.value = Some(here);
    let blockers = scene.blockers(kind);
    assert!(
        blockers.is_empty() || blockers == ["secret"],
        "{kind:?}: {blockers:?}"
    );
    (scene.found(kind, "secret"), !blockers.is_empty())
}

/// A secret of its own, in a version that is in no other region.
fn of_its_own(version: &str) -> SecretState {
    SecretState {
        presence: SecretPresence::Present,
        current_version: Some(version.to_owned()),
        ..SecretState::missing()
    }
}

#[test]
fn credentials_that_are_missing_deleted_empty_or_old_block_what_must_lose_nothing() {
    type Change = fn(&mut SecretState);
    let changes: [(&str, Change); 4] = [
        ("missing", |there| *there = SecretState::missing()),
        ("deleted", |there| there.presence = SecretPresence::Deleted),
        ("empty", |there| there.current_version = None),
        ("another version", |there| {
            there.current_version = Some("version-0".to_owned());
        }),
    ];
    for kind in FailoverKind::ALL {
        for (word, change) in changes {
            let (found, blocks) = secret(kind, |there, _| change(there));
            assert_eq!(found.verdict, Verdict::Fails, "{kind:?}: {word}");
            assert_eq!(blocks, !kind.may_lose_data(), "{kind:?}: {word}");
            assert!(found.detail.contains(word), "{found:?}");
            assert!(found.remedy.is_some(), "{found:?}");
        }
    }
}

#[test]
fn a_replica_that_is_not_in_sync_is_told_by_its_original() {
    let failed = |original: &mut SecretState| {
        let replica = &mut original.replicas[0];
        replica.status = "Failed".to_owned();
        replica.message = Some("the key is disabled".to_owned());
    };
    let (found, blocks) = secret(SWITCHOVER, |_, here| failed(here));
    assert_eq!((found.verdict, blocks), (Verdict::Warns, false));
    assert!(found.detail.contains("the key is disabled"), "{}", found.detail);
    let (found, blocks) = secret(SWITCHOVER, |there, here| {
        failed(here);
        there.current_version = Some("version-0".to_owned());
    });
    assert_eq!((found.verdict, blocks), (Verdict::Fails, true));
    assert!(found.detail.contains("the key is disabled"), "{}", found.detail);
    // A name that was taken there: what stands in its place is no replica.
    let (found, _) = secret(SWITCHOVER, |there, here| {
        failed(here);
        *there = of_its_own("version-of-another");
    });
    assert_eq!(found.verdict, Verdict::Fails);
    let (found, _) = secret(FAILBACK, |there, _| failed(there));
    assert_eq!(
        found.verdict,
        Verdict::Warns,
        "the original tells, wherever it goes"
    );
}

#[test]
fn secrets_of_their_own_differ_rightfully() {
    for kind in FailoverKind::ALL {
        let (found, blocks) = secret(kind, |there, here| {
            *there = of_its_own("one");
            *here = of_its_own("another");
        });
        assert_eq!((found.verdict, blocks), (Verdict::Warns, false), "{kind:?}");
        assert!(found.remedy.unwrap().contains("a plan compares"), "{kind:?}");
    }
    let (found, blocks) = secret(SWITCHOVER, |there, here| {
        there.replica_of = None;
        here.replicas.clear();
    });
    assert_eq!((found.verdict, blocks), (Verdict::Warns, false));
    assert!(found.detail.contains("no longer replicated"), "{}", found.detail);
}

#[test]
fn originals_may_be_kept_elsewhere() {
    for region in [STANDBY, "eu-west-1"] {
        let (found, _) = secret(SWITCHOVER, |there, here| {
            here.replicas.clear();
            here.replica_of = Some(region.to_owned());
            there.replica_of = (region != STANDBY).then(|| region.to_owned());
        });
        assert_eq!(found.verdict, Verdict::Holds, "{region}");
    }
}

#[test]
fn a_secret_that_is_gone_where_one_comes_from_does_not_stop_anybody() {
    for kind in FailoverKind::ALL {
        let (found, blocks) = secret(kind, |_, here| *here = SecretState::missing());
        assert_eq!((found.verdict, blocks), (Verdict::Warns, false), "{kind:?}");
    }
}

#[test]
fn while_the_primary_is_silent_it_is_known_that_there_is_a_copy_and_how_old_it_is() {
    let mut scene = Scene::of(FAILOVER);
    let now = scene.now;
    silence(&mut scene.region(PRIMARY).secret, now);
    let found = scene.found(FAILOVER, "secret");
    assert_eq!((found.verdict, found.weight), (Verdict::Warns, Weight::Informs));
    assert!(
        found.detail.starts_with("they are there, last changed 20"),
        "{}",
        found.detail
    );
    assert!(
        found
            .detail
            .contains(&format!("whether they are in force only {PRIMARY} could tell")),
        "{}",
        found.detail
    );
    assert_eq!(scene.blockers(FAILOVER), [""; 0]);
    assert_eq!(scene.blockers(SWITCHOVER), ["secret"]);
    assert_eq!(scene.found(SWITCHOVER, "secret").verdict, Verdict::Unknown);
    scene.region(STANDBY).secret.value = Some(SecretState::missing());
    assert_eq!(scene.found(FAILOVER, "secret").verdict, Verdict::Fails);
}

#[test]
fn a_silent_region_that_is_to_serve_tells_nothing_of_its_credentials() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        let now = scene.now;
        let (to, from) = regions(&scene, kind);
        silence(&mut scene.region(&to).secret, now);
        let found = scene.found(kind, "secret");
        assert_eq!(found.verdict, Verdict::Unknown, "{kind:?}");
        assert_eq!(
            !scene.blockers(kind).is_empty(),
            !kind.may_lose_data(),
            "{kind:?}"
        );
        assert!(found.detail.contains(&to), "{}", found.detail);
        silence(&mut scene.region(&from).secret, now);
        assert_eq!(scene.found(kind, "secret").verdict, Verdict::Unknown, "{kind:?}");
    }
}
