//! `cargo xtask plan`: a profile's plan as Terraform's JSON, for checks and docs.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};
use clap::Args;
use it::emulator::Emulator;
use it::{Pace, net, places, secrets};
use lifeboat_domain::parameter::ParameterValues;
use lifeboat_domain::profile::Profile;
use lifeboat_runner::Catalog;

use crate::terraform::bare::Bare;
use crate::{clear, setup};

/// What to plan.
#[derive(Args)]
pub(crate) struct Options {
    /// Profile, by the name of its folder.
    profile: String,
    /// File that gets the plan.
    #[arg(long)]
    json: PathBuf,
    /// Parameters that differ from the profile's demo values.
    #[arg(long, value_name = "NAME=VALUE", num_args = 1..)]
    set: Vec<String>,
}

/// Plans the profile against an emulator of its own.
pub(crate) async fn run(options: Options) -> Result<()> {
    let profile = load(&options.profile)?;
    let parameters = parameters(&profile, &options.set)?;
    setup::run(setup::Scope::Demo)?;
    let folder = places::state().join("plan").join(std::process::id().to_string());
    clear(&folder)?;
    std::fs::create_dir_all(&folder).context("making the plan's folder")?;
    let mut emulator = Emulator::start(net::free_port()?, &folder, Pace::Quick).await?;
    secrets::seed(&emulator.aws()?, &profile, &parameters).await?;
    let bare = Bare::prepare(
        &folder.join("terraform"),
        &options.profile,
        &parameters,
        &emulator.url,
    )?;
    let plan = bare.plan()?;
    emulator.end()?;
    std::fs::write(&options.json, &plan).with_context(|| format!("writing {}", options.json.display()))?;
    println!(
        "plan: {} kB of JSON in {}",
        plan.len() / 1000,
        options.json.display()
    );
    clear(&folder)
}

fn load(name: &str) -> Result<Profile> {
    let catalog = Catalog::load(&places::root().join("terraform"))?;
    let names = || {
        catalog
            .profiles()
            .map(|source| source.profile.name.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let source = catalog
        .get(name)
        .ok_or_else(|| anyhow!("there is no profile {name}; there is: {}", names()))?;
    Ok(source.profile.clone())
}

/// The demo values with `set` on top, checked as the portal checks them.
pub(crate) fn parameters(profile: &Profile, set: &[String]) -> Result<ParameterValues> {
    let demo = |parameter: &lifeboat_domain::parameter::Parameter| {
        parameter
            .demo
            .clone()
            .map(|value| (parameter.name.clone(), value))
    };
    let mut values: ParameterValues = profile.parameters.iter().filter_map(demo).collect();
    for pair in set {
        let (name, text) = pair
            .split_once('=')
            .ok_or_else(|| anyhow!("--set {pair}: write it as NAME=VALUE"))?;
        let parameter = profile
            .parameter(name)
            .ok_or_else(|| anyhow!("--set {name}: no parameter has this name"))?;
        match parameter
            .parse(text)
            .map_err(|problem| anyhow!("--set {name}: {problem}"))?
        {
            Some(value) => drop(values.insert(name.to_owned(), value)),
            None => drop(values.remove(name)),
        }
    }
    profile.check(&values).map_err(|errors| {
        let told: Vec<String> = errors
            .iter()
            .map(|error| format!("{} {}", error.field, error.message))
            .collect();
        anyhow!("checking the parameters: {}", told.join("; "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_wins_over_the_demo_and_is_checked() {
        let profile = load("transactions").unwrap();
        let suffix = |set: &[&str]| {
            let set: Vec<String> = set.iter().map(|pair| (*pair).to_owned()).collect();
            parameters(&profile, &set).map(|values| values["environment_suffix"].to_string())
        };
        assert_eq!(
            suffix(&[]).unwrap(),
            profile
                .parameter("environment_suffix")
                .unwrap()
                .demo
                .clone()
                .unwrap()
                .to_string()
        );
        assert_eq!(suffix(&["environment_suffix=ledger"]).unwrap(), "ledger");
        for wrong in [
            "environment_suffix=Ledger",
            "environment_suffix",
            "nothing=1",
            "environment_suffix=",
        ] {
            assert!(suffix(&[wrong]).is_err(), "{wrong}");
        }
    }
}
