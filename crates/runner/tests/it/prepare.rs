//! Preparing profile versions.

use lifeboat_domain::Digest;
use lifeboat_domain::attestation::Isolation;
use lifeboat_runner::{Catalog, RunnerError};

use crate::support::{Bench, fixtures};

#[tokio::test]
async fn a_version_is_initialised_once_by_however_many_ask() {
    let bench = Bench::new().await;
    assert_eq!(bench.runner.isolation(), Isolation::Bubblewrap);
    assert!(bench.runner.terraform_version().starts_with("1."));

    let (first, second) = tokio::join!(bench.prepared("steps"), bench.prepared("steps"));
    assert_eq!(first.profile, second.profile);
    let folders: Vec<String> = std::fs::read_dir(bench.data.path().join("profiles"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let expected = format!("steps-{}", first.profile.digest);
    assert!(folders.contains(&expected), "{folders:?}");
    assert!(
        !folders.iter().any(|folder| folder.starts_with(".making")),
        "{folders:?}"
    );

    let again = bench.runner.prepared("steps", &first.profile.digest).unwrap();
    assert_eq!(again.profile, first.profile);
}

#[tokio::test]
async fn unknown_and_altered_versions_are_refused() {
    let bench = Bench::new().await;
    let unknown = bench
        .runner
        .prepared("steps", &Digest::of(b"another"))
        .unwrap_err();
    assert!(matches!(unknown, RunnerError::UnknownVersion { .. }), "{unknown}");

    let prepared = bench.prepared("steps").await;
    let version = format!("steps-{}", prepared.profile.digest);
    let folder = bench.data.path().join("profiles").join(version);
    for file in ["profiles/steps/outputs.tf", "packages/greeter.zip"] {
        let file = folder.join(file);
        let before = std::fs::read(&file).unwrap();
        std::fs::write(&file, "").unwrap();
        let altered = bench
            .runner
            .prepared("steps", &prepared.profile.digest)
            .unwrap_err();
        assert!(altered.to_string().contains("were changed"), "{altered}");
        std::fs::write(&file, before).unwrap();
    }
}

#[tokio::test]
async fn a_mirror_without_the_locked_provider_is_named() {
    let empty = tempfile::tempdir().unwrap();
    let bench = Bench::with(|settings| settings.provider_mirror = Some(empty.path().to_owned())).await;
    let catalog = Catalog::load(&fixtures()).unwrap();
    let error = bench
        .runner
        .prepare(catalog.get("tiny").unwrap())
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("lacks a locked provider") && error.contains("hashicorp/aws 5.100.0"),
        "{error}"
    );
}
