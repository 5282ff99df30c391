use chrono::DateTime;
use lifeboat_domain::evidence::{Evidence, EvidenceEnvironment, FORMAT};
use lifeboat_domain::failover::preview::Preview;
use lifeboat_domain::failover::{
    Acknowledgements, Failover, FailoverKind, FailoverState, Origin, StepName, StepRecord,
};
use lifeboat_domain::reading::LagPoint;
use lifeboat_domain::{FailoverId, TeamId, UserId};

use super::*;

fn signer() -> Signer {
    Signer::from_seed(&[7; 32])
}

fn evidence(environment: EnvironmentId, sequence: i64, previous: Option<Digest>) -> Evidence {
    let at = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
    let preview = Preview {
        kind: FailoverKind::Failover,
        made_at: at,
        from_region: Some("us-east-1".to_owned()),
        to_region: "us-west-2".to_owned(),
        lossless: false,
        at_risk_seconds: Some(0.1 + 0.2),
        rpo_seconds: 60,
        rto_seconds: 300,
        expected_seconds: None,
        experience: 0,
        preconditions: Vec::new(),
        steps: Vec::new(),
    };
    let failover = Failover {
        id: FailoverId::generate(),
        environment_id: environment,
        environment_suffix: "ledger".to_owned(),
        team_id: TeamId::generate(),
        number: sequence,
        origin: Origin::Portal,
        kind: FailoverKind::Failover,
        state: FailoverState::Finished,
        from_region: "us-east-1".to_owned(),
        to_region: "us-west-2".to_owned(),
        reason: "us-east-1 is down, “really” ✓".to_owned(),
        drill: false,
        acknowledged: Acknowledgements::default(),
        requested_by: Some(UserId::generate()),
        requested_by_login: Some("ana".to_owned()),
        confirmed_by_login: Some("ben".to_owned()),
        preview: Some(preview),
        steps: vec![StepRecord {
            request_ids: vec!["4f1c".to_owned()],
            ..StepRecord::pending(StepName::Promote)
        }],
        pause_requested: false,
        why: None,
        report: None,
        rto_seconds: 300,
        rpo_seconds: 60,
        revision: 9,
        created_at: at,
        started_at: Some(at),
        ended_at: Some(at),
    };
    Evidence {
        format: FORMAT.to_owned(),
        sequence,
        previous,
        made_at: at,
        environment: EvidenceEnvironment {
            id: environment,
            suffix: "ledger".to_owned(),
            team: "payments".to_owned(),
            account: "prod".to_owned(),
            profile: "transactions".to_owned(),
            profile_digest: Digest::of(b"profile"),
            state_serial: 4,
            last_applied: None,
        },
        failover,
        people: Vec::new(),
        lag: vec![LagPoint {
            at,
            seconds: Some(0.2),
        }],
        met_rto: Some(true),
        met_rpo: None,
    }
}

/// A chain of that many packs.
fn packs(count: i64) -> Vec<Pack> {
    let environment = EnvironmentId::generate();
    let mut packs: Vec<Pack> = Vec::new();
    for sequence in 1..=count {
        let previous = packs.last().map(|pack| pack.digest.clone());
        packs.push(seal(&evidence(environment, sequence, previous), &signer()).unwrap());
    }
    packs
}

fn genuine(packs: &[&Pack]) -> Vec<Genuine> {
    let keys = [signer().public_key()];
    packs
        .iter()
        .map(|pack| verify(pack.text.as_bytes(), &keys).unwrap())
        .collect()
}

#[test]
fn a_pack_says_what_was_sealed() {
    let sealed = evidence(EnvironmentId::generate(), 1, None);
    let pack = seal(&sealed, &signer()).unwrap();
    let (content, digest) = open(pack.text.as_bytes(), &[signer().public_key()]).unwrap();
    assert_eq!(digest, pack.digest);
    assert_eq!(serde_json::from_str::<Evidence>(content).unwrap(), sealed);
    // Anybody's tools read it.
    let whole: serde_json::Value = serde_json::from_str(&pack.text).unwrap();
    assert_eq!(
        whole["evidence"]["failover"]["steps"][0]["request_ids"][0],
        "4f1c"
    );
    assert_eq!(whole["digest"], pack.digest.as_str());
}

#[test]
fn any_changed_byte_is_found() {
    let keys = [signer().public_key()];
    let pack = packs(1).remove(0).text.into_bytes();
    assert!(verify(&pack, &keys).is_ok());
    for at in 0..pack.len() {
        for bit in [0x01, 0x20, 0x80] {
            let mut changed = pack.clone();
            changed[at] ^= bit;
            assert!(verify(&changed, &keys).is_err(), "byte {at}, bit {bit:#x}");
        }
        assert!(verify(&pack[..at], &keys).is_err(), "cut to {at}");
    }
    let mut longer = pack;
    longer.push(b'\n');
    assert_eq!(verify(&longer, &keys), Err(EvidenceError::Form));
}

#[test]
fn a_pack_that_somebody_else_signed_is_not_believed() {
    let other = Signer::from_seed(&[8; 32]);
    let forged = seal(&evidence(EnvironmentId::generate(), 1, None), &other).unwrap();
    let refused = verify(forged.text.as_bytes(), &[signer().public_key()]);
    assert_eq!(
        refused,
        Err(EvidenceError::OtherKey(Box::new(other.public_key())))
    );
    // Another's signature under our key.
    let key = |signer: &Signer| signer.public_key().to_string();
    let claimed = forged.text.replace(&key(&other), &key(&signer()));
    let refused = verify(claimed.as_bytes(), &[signer().public_key()]);
    assert_eq!(refused, Err(EvidenceError::Signature));
    assert!(
        verify(
            forged.text.as_bytes(),
            &[signer().public_key(), other.public_key()]
        )
        .is_ok()
    );
}

#[test]
fn packs_that_follow_each_other_are_a_chain_in_any_order() {
    let packs = packs(3);
    let chains = check_chains(genuine(&[&packs[2], &packs[0], &packs[1], &packs[1]])).unwrap();
    assert_eq!((chains.len(), chains[0].first, chains[0].last), (1, 1, 3));
    assert!(chains[0].is_from_the_begin());
    let later = check_chains(genuine(&[&packs[1], &packs[2]])).unwrap();
    assert!(!later[0].is_from_the_begin());
}

#[test]
fn a_pack_that_was_left_out_or_put_in_its_place_is_found() {
    let (true_ones, mut others) = (packs(3), packs(3));
    let missing = check_chains(genuine(&[&true_ones[0], &true_ones[2]]));
    assert!(
        matches!(missing, Err(ChainError::Missing { sequence: 2, .. })),
        "{missing:?}"
    );

    // Made anew by who has the key: genuine, and yet not the one that the next one names.
    let environment = genuine(&[&true_ones[0]])[0].environment;
    others[1] = seal(
        &evidence(environment, 2, Some(true_ones[0].digest.clone())),
        &signer(),
    )
    .unwrap();
    let swapped = check_chains(genuine(&[&true_ones[0], &others[1], &true_ones[2]]));
    assert!(
        matches!(swapped, Err(ChainError::Broken { sequence: 3, .. })),
        "{swapped:?}"
    );
    let both = check_chains(genuine(&[&true_ones[1], &others[1]]));
    assert!(
        matches!(both, Err(ChainError::Twice { sequence: 2, .. })),
        "{both:?}"
    );
    let headless = seal(&evidence(environment, 2, None), &signer()).unwrap();
    let headless = check_chains(genuine(&[&headless]));
    assert!(
        matches!(headless, Err(ChainError::Broken { sequence: 2, .. })),
        "{headless:?}"
    );
}

#[test]
fn a_key_reads_back_and_the_signer_is_never_shown() {
    let key = signer().public_key();
    assert_eq!(format!(" {key}\n").parse(), Ok(key.clone()));
    assert_eq!("bm8=".parse::<PublicKey>(), Err(NotAKey));
    assert_eq!(format!("{:?}", signer()), format!("Signer({key})"));
}
