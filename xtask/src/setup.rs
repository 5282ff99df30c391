//! What a machine needs to build, run and test Lifeboat: installed when we may, else named with its remedy.
//!
//! Everything here is quick when there is nothing to do.

mod packages;
pub(crate) mod python;
pub(crate) mod rust;
pub(crate) mod terraform;
pub(crate) mod tools;

use std::fs::File;

use anyhow::{Context, Result};
use it::places;

/// What the machine is to be ready for. Each includes the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope {
    /// Build and run the demo.
    Demo,
    /// Run all tests.
    Test,
    /// Run what CI runs.
    Ci,
}

/// Makes the machine ready for `scope`.
pub(crate) fn run(scope: Scope) -> Result<()> {
    let _alone = alone()?;
    packages::install(scope)?;
    rust::wasm_target()?;
    python::environment()?;
    terraform::provider()?;
    crate::packages::build()?;
    if scope >= Scope::Test {
        python::scanner()?;
    }
    if scope == Scope::Ci {
        tools::install()?;
    }
    Ok(())
}

/// Keeps other commands of this clone from setting up at the same time, as long as the file is open: two of them would break
/// each other's virtual environment.
fn alone() -> Result<File> {
    std::fs::create_dir_all(places::state()).context("making .lifeboat")?;
    let lock = File::create(places::state().join("setup.lock")).context("making the lock of the setup")?;
    lock.lock().context("waiting for another setup of this clone")?;
    Ok(lock)
}
