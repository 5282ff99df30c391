//! What is secret is found neither in the database nor beside it.

use std::path::Path;

use lifeboat_domain::run::RunChange;
use lifeboat_domain::{ApiTokenId, Digest, StateVersionId};
use lifeboat_store::{ArtifactPath, NewApiToken, SessionRow};
use secrecy::ExposeSecret;

use crate::support::{Scene, audit, on_both};

on_both![no_secret_lies_about_after_a_main_job];

/// Every file below `folder` that contains `needle`.
fn files_with(folder: &Path, needle: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            found.extend(files_with(&entry.path(), needle));
        } else if std::fs::read(entry.path())
            .unwrap()
            .windows(needle.len())
            .any(|window| window == needle)
        {
            found.push(entry.path().display().to_string());
        }
    }
    found
}

/// Every row that contains `needle`, on a server whose files are not ours to read.
async fn rows_with(scene: &Scene, needle: &str) -> Vec<String> {
    let direct = sqlx::AnyPool::connect(scene.test.url.expose_secret())
        .await
        .unwrap();
    let mut found = Vec::new();
    for (table, sql) in [
        ("runs", "select * from runs"),
        ("sessions", "select * from sessions"),
        ("api_tokens", "select * from api_tokens"),
        ("state_versions", "select * from state_versions"),
        ("environments", "select * from environments"),
        ("audit_events", "select * from audit_events"),
    ] {
        for row in sqlx::query(sql).fetch_all(&direct).await.unwrap() {
            let values = row.values.iter().map(|value| format!("{:?}", value.kind));
            if values.into_iter().any(|value| value.contains(needle)) {
                found.push(table.to_owned());
            }
        }
    }
    found
}

async fn no_secret_lies_about_after_a_main_job(scene: Scene) {
    let secrets = [
        "session-id-4711",
        "lb_token_4711",
        "run-credential-4711",
        "db-password-4711",
    ];
    let [session, token, credential, state] = secrets;
    scene.environment("visible-suffix").await;
    let claim = scene.applying().await;
    let (run, environment) = (claim.run.id, claim.environment.id);
    let expires_at = chrono::Utc::now() + chrono::Duration::hours(1);
    let digest = |secret: &str| Digest::of(secret.as_bytes());
    let row = SessionRow {
        key: digest(session),
        data: "{}".to_owned(),
        expires_at,
    };
    scene.create_session(&row).await.unwrap();
    let (id, user, name) = (ApiTokenId::generate(), scene.asker.id, "ci".to_owned());
    let new = NewApiToken {
        id,
        user,
        name,
        digest: digest(token),
        expires_at,
    };
    scene.create_token(new, audit("token.create")).await.unwrap();
    scene
        .set_run_credential(run, claim.fence, &digest(credential))
        .await
        .unwrap();
    let kept = crate::state::put(&scene, &claim, 1).await;
    let paths = [
        ArtifactPath::State(environment, kept.id),
        ArtifactPath::PlanFile(run),
        ArtifactPath::PlanJson(run),
        ArtifactPath::Salvage(environment, run),
    ];
    for path in paths {
        scene.test.artifacts.put(path, state.as_bytes()).await.unwrap();
    }
    scene.report(&claim, RunChange::ApplyFinished).await.unwrap();
    for path in paths {
        let opened = scene.test.artifacts.get(path).await.unwrap();
        assert_eq!(opened.expose_secret(), state.as_bytes());
    }
    let missing = ArtifactPath::State(environment, StateVersionId::generate());
    assert!(scene.test.artifacts.get(missing).await.is_err());

    for secret in secrets {
        assert_eq!(
            files_with(scene.test.folder(), secret.as_bytes()),
            [""; 0],
            "{secret}"
        );
        assert_eq!(rows_with(&scene, secret).await, [""; 0], "{secret}");
    }
    // The search itself finds what is there.
    assert!(!rows_with(&scene, "visible-suffix").await.is_empty());
    if scene.engine() == lifeboat_store::Engine::Sqlite {
        assert!(!files_with(scene.test.folder(), b"visible-suffix").is_empty());
    }
}
