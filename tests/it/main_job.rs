//! The main job in the browser: with JavaScript and without, at the same time, on one portal. Afterwards no secret of it
//! may be found anywhere.

mod job;
mod tour;

use anyhow::{Result, ensure};
use it::Stack;

use crate::browser::Driver;
use crate::secrets::{Hideout, Watch};
use crate::support::folder;

#[tokio::test]
async fn the_main_job_holds_with_and_without_javascript_and_leaves_no_secret_behind() -> Result<()> {
    let folder = folder("main-job")?;
    let stack = Stack::for_test(&folder, |_| {}).await?;
    let watch = Watch::start();
    let driver = Driver::start(&folder).await?;
    let url = stack.url();

    let with = driver.with_page(&url, true, async |page| {
        tour::before(page).await?;
        let seen = job::run(page, &stack, "with-script").await?;
        tour::after(page, &seen).await?;
        let complaints = page.complaints().await?;
        ensure!(complaints.is_empty(), "the browser complains: {complaints:#?}");
        Ok(seen)
    });
    let without = driver.with_page(&url, false, async |page| {
        job::run(page, &stack, "no-script").await
    });
    let (with, without) = tokio::join!(with, without);
    let (with, without) = (with?, without?);

    let mut secrets = watch.end();
    for seen in [&with, &without] {
        let left = stack.emulator.leftovers(&seen.suffix).await?;
        ensure!(
            left.count == 0,
            "{} is destroyed, but there still is: {:?}",
            seen.suffix,
            left.resources
        );
        seen.secrets().for_each(|(what, value)| secrets.add(what, value));
    }
    // While the portal still runs: a write-ahead log is part of a database.
    Hideout::of(&stack).search(&secrets, &with.suffix)?;
    stack.end()
}
