//! Pictures of every page, on the way through the main job.

use std::time::Duration;

use anyhow::Result;
use it::people::{ANA, VERA};

use super::job::Seen;
use crate::browser::Page;

/// Before there is anything.
pub(super) async fn before(page: &Page) -> Result<()> {
    page.open("/login").await?;
    page.picture("login").await?;
    page.log_in(ANA).await?;
    for (name, path) in [
        ("fleet-empty", "/"),
        ("new-environment-choose", "/environments/new"),
        ("new-environment", "/environments/new?profile=transactions"),
        ("new-environment-payments", "/environments/new?profile=payments"),
        ("runs-empty", "/runs"),
        ("approvals-empty", "/approvals"),
        ("tokens-empty", "/tokens"),
    ] {
        page.open(path).await?;
        page.picture(name).await?;
    }
    // Fields are checked while one types, before anything is sent.
    page.open("/environments/new?profile=transactions").await?;
    page.fill("parameters.environment_suffix", "Wrong_").await?;
    page.fill("parameters.owner_contact", "nobody").await?;
    page.wait_for(
        "#field-parameters-environment_suffix-error",
        "must",
        &[],
        Duration::from_secs(10),
    )
    .await?;
    page.picture("new-environment-refused").await?;
    page.log_out().await
}

/// After the job.
pub(super) async fn after(page: &Page, seen: &Seen) -> Result<()> {
    for (name, path) in [
        ("environment-destroyed", seen.environment.as_str()),
        ("run-applied", seen.first_run.as_str()),
        ("runs", "/runs"),
        ("approvals", "/approvals"),
        ("tokens", "/tokens"),
        ("api-reference", "/docs/api"),
    ] {
        page.open(path).await?;
        page.picture(name).await?;
    }
    let complaints = page.complaints().await?;
    anyhow::ensure!(complaints.is_empty(), "the browser complains: {complaints:#?}");
    // The browser complains of a page that is not found, rightly; that is read away here.
    page.open("/environments/00000000-0000-0000-0000-000000000000")
        .await?;
    page.picture("not-found").await?;
    page.complaints().await?;
    page.log_out().await?;
    page.log_in(VERA).await?;
    page.open(&seen.environment).await?;
    page.picture("environment-as-viewer").await
}
