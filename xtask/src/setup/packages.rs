//! Programs that come from Debian packages.

use std::path::Path;

use anyhow::{Context, Result, bail};
use it::sh::{cmd, which};

use super::Scope;

struct Package {
    name: &'static str,
    needed_from: Scope,
    what_for: &'static str,
    is_there: fn() -> bool,
}

const PACKAGES: [Package; 6] = [
    Package {
        name: "bubblewrap",
        needed_from: Scope::Demo,
        what_for: "the sandbox Terraform runs in",
        is_there: || which("bwrap").is_some(),
    },
    Package {
        name: "util-linux",
        needed_from: Scope::Demo,
        what_for: "prlimit and setpriv",
        is_there: || which("prlimit").is_some() && which("setpriv").is_some(),
    },
    Package {
        name: "python3-venv",
        needed_from: Scope::Demo,
        what_for: "the emulator's virtual environment",
        is_there: super::python::can_make_environments,
    },
    Package {
        name: "postgresql",
        needed_from: Scope::Test,
        what_for: "the store tests' throw-away PostgreSQL server",
        is_there: has_postgres,
    },
    Package {
        name: "chromium",
        needed_from: Scope::Test,
        what_for: "the browser tests",
        is_there: || which("chromium").is_some(),
    },
    Package {
        name: "chromium-driver",
        needed_from: Scope::Test,
        what_for: "the browser tests",
        is_there: || which("chromedriver").is_some(),
    },
];

/// Debian keeps the server's programs off PATH, in a folder for each version.
fn has_postgres() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    which("initdb").is_some() || versions.map(|v| v.path().join("bin/initdb")).any(|p| p.is_file())
}

/// Installs the packages `scope` needs and this machine lacks.
pub(super) fn install(scope: Scope) -> Result<()> {
    let missing: Vec<&Package> = PACKAGES
        .iter()
        .filter(|package| package.needed_from <= scope && !(package.is_there)())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    for package in &missing {
        println!("setup: {} is missing ({})", package.name, package.what_for);
    }
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    let Some(prefix) = apt_get() else {
        bail!(
            "installing packages: this needs apt-get and root or password-less sudo. Run yourself, then again:\n  \
             sudo apt-get install {}\nOn other systems install the programs named above from its own packages.",
            names.join(" ")
        );
    };
    let apt = |arguments: &[&str]| {
        let (program, first) = prefix.split_first().context("apt-get's command is never empty")?;
        cmd(program, first)
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .run()
    };
    apt(&["-qq", "update"])?;
    let mut install = vec!["-qq", "-y", "--no-install-recommends", "install"];
    install.extend(&names);
    apt(&install).context("installing packages")?;
    match missing.iter().find(|package| !(package.is_there)()) {
        None => Ok(()),
        Some(package) => bail!(
            "installing packages: {} is still not found after its installation",
            package.name
        ),
    }
}

/// The words that start apt-get with the right to install; none when we may not.
fn apt_get() -> Option<Vec<&'static str>> {
    which("apt-get")?;
    let is_root = cmd("id", ["-u"]).read().is_ok_and(|id| id.trim() == "0");
    if is_root {
        return Some(vec!["apt-get"]);
    }
    let may_sudo =
        Path::new("/usr/bin/sudo").exists() && cmd("sudo", ["-n", "true"]).output().ok()?.status.success();
    may_sudo.then(|| vec!["sudo", "-n", "--preserve-env=DEBIAN_FRONTEND", "apt-get"])
}
