//! What the portal's history holds of the failover and the failback that nobody asked it for, and whether their evidence is genuine.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use it::sh::cmd;
use it::{Client, places};
use lifeboat_domain::EnvironmentId;
use lifeboat_domain::failover::{Failover, FailoverKind, FailoverState};
use lifeboat_domain::page::Page;
use serde::Deserialize;

use super::automation::Wait;
use super::stages::Failed;

/// The monitor reads the automation's records every few seconds.
const ADOPTED: Duration = Duration::from_secs(120);

/// How far the history may be from the automation's own figure, for it is kept in milliseconds.
const ROUNDING_SECONDS: f64 = 0.01;

#[derive(Deserialize)]
struct Key {
    public_key: String,
}

/// Waits until both are in the history, as the automation measured them, and has their packs verified as an auditor would.
pub(super) async fn holds(asks: &Client, id: EnvironmentId, failed: &Failed) -> Result<String> {
    let (failover, failback) = adopted(asks, id).await?;
    for one in [&failover, &failback] {
        ensure!(
            one.is_by_automation(),
            "failover {} is {:?}",
            one.number,
            one.origin
        );
        ensure!(
            one.state == FailoverState::Finished && !one.steps.is_empty(),
            "failover {} is {} after {} steps",
            one.number,
            one.state.as_str(),
            one.steps.len()
        );
    }
    let report = failover.report.as_ref();
    let kept = report.and_then(|report| report.rto_from_failure_seconds);
    let (kept, measured) = match (kept, failed.rto_as_told()) {
        (Some(kept), Some(measured)) => (kept, measured),
        figures => bail!("an RTO is missing: {figures:?}"),
    };
    ensure!(
        (kept - measured).abs() <= ROUNDING_SECONDS,
        "the history says {kept} s, the automation {measured} s"
    );
    verify(asks, [&failover, &failback]).await?;
    Ok(format!(
        "failover {} in {kept:.1} s, failback {}; both packs are genuine",
        failover.number, failback.number
    ))
}

async fn adopted(asks: &Client, id: EnvironmentId) -> Result<(Failover, Failover)> {
    let wait = Wait::at_most(ADOPTED, "the portal's history holds what the automation did");
    loop {
        let list: Page<Failover> = asks.get(&format!("/environments/{id}/failovers")).await?;
        let of = |kind| list.items.iter().find(|one| one.kind == kind).cloned();
        if let (Some(failover), Some(failback)) = (of(FailoverKind::Failover), of(FailoverKind::Failback)) {
            ensure!(
                list.items.len() == 2,
                "it holds {} instead of two",
                list.items.len()
            );
            return Ok((failover, failback));
        }
        wait.look().await?;
    }
}

/// Downloads the packs and has `lifeboat evidence verify` look at them, with the portal's key and nothing else.
async fn verify(asks: &Client, both: [&Failover; 2]) -> Result<()> {
    let Key { public_key } = asks.get("/evidence-key").await?;
    let folder = places::state().join("drill");
    let mut files = Vec::new();
    for one in both {
        let pack = asks.get_text(&format!("/failovers/{}/evidence", one.id)).await?;
        let file = folder.join(format!("{}-{}.evidence.json", one.environment_suffix, one.number));
        std::fs::write(&file, pack).with_context(|| format!("writing {}", file.display()))?;
        files.push(file);
    }
    cmd(
        places::portal_binary(),
        ["evidence", "verify", "--public-key", &public_key],
    )
    .args(files)
    .read()
    .map(drop)
}
