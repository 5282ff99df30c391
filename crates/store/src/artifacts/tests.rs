//! Sealed artefacts open only unchanged, in their place and with their key.

use proptest::prelude::*;
use secrecy::ExposeSecret;

use super::*;

const PLAIN: &[u8] = b"the database password is hunter2";

fn folder() -> (tempfile::TempDir, Artifacts) {
    let folder = tempfile::tempdir().unwrap();
    let artifacts =
        Artifacts::folder(&folder.path().join("a/b"), EncryptionKey::generate().unwrap()).unwrap();
    (folder, artifacts)
}

#[tokio::test]
async fn what_was_put_is_got_until_it_is_deleted() {
    let (_folder, artifacts) = folder();
    let path = ArtifactPath::PlanFile(RunId::generate());
    assert!(matches!(
        artifacts.get(path).await,
        Err(ArtifactError::NotFound(_))
    ));
    artifacts.put(path, b"first").await.unwrap();
    artifacts.put(path, PLAIN).await.unwrap();
    assert_eq!(artifacts.get(path).await.unwrap().expose_secret(), PLAIN);
    artifacts.delete(path).await.unwrap();
    artifacts.delete(path).await.unwrap();
    assert!(matches!(
        artifacts.get(path).await,
        Err(ArtifactError::NotFound(_))
    ));
}

#[tokio::test]
async fn a_moved_artefact_does_not_open() {
    let (folder, artifacts) = folder();
    let (one, two) = (RunId::generate(), RunId::generate());
    artifacts.put(ArtifactPath::PlanFile(one), PLAIN).await.unwrap();
    artifacts
        .put(ArtifactPath::PlanFile(two), b"other")
        .await
        .unwrap();
    let file = |run| folder.path().join(format!("a/b/plans/{run}/tfplan"));
    std::fs::copy(file(one), file(two)).unwrap();
    let moved = artifacts.get(ArtifactPath::PlanFile(two)).await;
    assert!(matches!(moved, Err(ArtifactError::Tampered(path)) if path.contains(&two.to_string())));
    assert!(artifacts.get(ArtifactPath::PlanFile(one)).await.is_ok());
}

#[tokio::test]
async fn another_key_is_named_and_refused() {
    let (folder, artifacts) = folder();
    let path = ArtifactPath::State(EnvironmentId::generate(), StateVersionId::generate());
    artifacts.put(path, PLAIN).await.unwrap();
    let other = Artifacts::folder(&folder.path().join("a/b"), EncryptionKey::generate().unwrap()).unwrap();
    let refused = other.get(path).await;
    assert!(
        matches!(refused, Err(ArtifactError::OtherKey { sealed_with, .. }) if sealed_with == artifacts.key.id())
    );
}

#[tokio::test]
async fn the_folder_is_its_owners_alone_and_holds_no_plain_text() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, artifacts) = folder();
    let run = RunId::generate();
    artifacts.put(ArtifactPath::PlanJson(run), PLAIN).await.unwrap();
    let root = folder.path().join("a/b");
    assert_eq!(root.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    let kept = std::fs::read(root.join(format!("plans/{run}/plan.json"))).unwrap();
    assert!(!kept.windows(7).any(|window| window == b"hunter2"));
}

#[test]
fn the_key_is_read_back_and_never_shown() {
    let key = EncryptionKey::generate().unwrap();
    let text = key.to_base64();
    let again = EncryptionKey::from_base64(&format!(" {}\n", text.expose_secret()).into()).unwrap();
    assert_eq!(again.bytes(), key.bytes());
    assert_eq!(again.id().len(), 16);
    assert!(!format!("{key:?}").contains(text.expose_secret()));
    for wrong in ["", "AAAA", "not base64!"] {
        assert!(
            EncryptionKey::from_base64(&wrong.to_owned().into()).is_err(),
            "{wrong:?}"
        );
    }
}

proptest! {
    #[test]
    fn no_changed_bit_and_no_cut_opens(plain: Vec<u8>, at: prop::sample::Index, bit in 0..8_u8, cut: prop::sample::Index) {
        let key = EncryptionKey::generate().unwrap();
        let sealed = seal::seal(&key, "plans/x/tfplan", &plain).unwrap();
        prop_assert_eq!(&seal::open(&key, "plans/x/tfplan", &sealed).unwrap(), &plain);
        let mut changed = sealed.clone();
        changed[at.index(sealed.len())] ^= 1 << bit;
        prop_assert!(seal::open(&key, "plans/x/tfplan", &changed).is_err());
        prop_assert!(seal::open(&key, "plans/x/tfplan", &sealed[..cut.index(sealed.len())]).is_err());
        prop_assert!(seal::open(&key, "plans/x/tfplaN", &sealed).is_err());
    }
}
