//! The Python virtual environments: one of the emulator and the Python tools, one of the security scan.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use it::places;
use it::sh::{cmd, which};
use lifeboat_domain::Digest;

use crate::terraform::workspace;

/// What a project's folder may ask for.
const REQUIREMENTS: [&str; 2] = ["requirements.txt", "requirements-dev.txt"];

/// The folder of the security scan's environment: its pins would hold back those of the projects.
const SCANNER: &str = "checkov";

/// The folders of the clone that are Python projects.
pub(crate) fn projects() -> Vec<PathBuf> {
    let names = workspace::names(places::root()).into_iter();
    let folders = names.map(|name| places::root().join(name));
    folders
        .filter(|folder| folder.join("pyproject.toml").is_file())
        .collect()
}

fn requirements() -> Vec<PathBuf> {
    let files = projects()
        .into_iter()
        .flat_map(|project| REQUIREMENTS.map(|name| project.join(name)));
    files.filter(|file| file.is_file()).collect()
}

/// The first Python of at least 3.11 on PATH.
fn interpreter() -> Option<&'static str> {
    let new_enough = "import sys; sys.exit(sys.version_info < (3, 11))";
    ["python3.11", "python3", "python3.12", "python3.13"]
        .into_iter()
        .filter(|name| which(name).is_some())
        .find(|name| {
            cmd(name, ["-c", new_enough])
                .output()
                .is_ok_and(|o| o.status.success())
        })
}

/// Whether virtual environments can be made; true as well where there is no Python at all, which is said elsewhere.
pub(super) fn can_make_environments() -> bool {
    interpreter().is_none_or(|python| {
        cmd(python, ["-c", "import ensurepip, venv"])
            .output()
            .is_ok_and(|output| output.status.success())
    })
}

/// Makes the machine ready to run Python, and no more.
pub(crate) fn ready() -> Result<()> {
    let _alone = super::alone()?;
    environment()
}

/// Makes `.lifeboat/venv` with what the projects ask for, unless it holds just that.
pub(super) fn environment() -> Result<()> {
    make(&places::state().join("venv"), &requirements())
}

/// Makes the virtual environment of the security scan.
pub(super) fn scanner() -> Result<()> {
    let requirements = places::root().join("terraform/requirements.txt");
    make(&places::state().join(SCANNER), &[requirements])
}

/// The program of the security scan.
pub(crate) fn checkov() -> PathBuf {
    places::state().join(SCANNER).join("bin/checkov")
}

/// Makes the virtual environment `folder` with what the `requirements` files name, unless it holds just that.
fn make(folder: &Path, requirements: &[PathBuf]) -> Result<()> {
    let Some(python) = interpreter() else {
        bail!(
            "making the virtual environment: Python 3.11 or newer is not on PATH; install it (Debian: python3)"
        );
    };
    let stamp_file = folder.join("lifeboat-stamp");
    let stamp = stamp(python, requirements)?;
    let written = std::fs::read_to_string(&stamp_file).unwrap_or_default();
    if written == stamp.to_string() {
        return Ok(());
    }
    // With other requirements it is added to: something may be running from it.
    if written.lines().next() != Some(&stamp.interpreter) {
        println!("setup: making the Python virtual environment");
        cmd(python, ["-m", "venv", "--clear"])
            .arg(folder)
            .run()
            .context("making the virtual environment")?;
    }
    println!("setup: installing Python packages");
    install(folder, requirements)?;
    std::fs::write(stamp_file, stamp.to_string()).context("writing the virtual environment's stamp")
}

fn install(folder: &Path, requirements: &[PathBuf]) -> Result<()> {
    let mut pip = cmd(
        folder.join("bin/python"),
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"],
    );
    for file in requirements {
        pip = pip.arg("--requirement").arg(file);
    }
    pip.run()
        .context("installing Python packages; a package index must be within reach")
}

/// What a virtual environment was made from.
struct Stamp {
    /// Digest of the interpreter and of the clone's place.
    interpreter: String,
    /// Digest of the requirement files.
    requirements: String,
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.interpreter, self.requirements)
    }
}

fn stamp(python: &str, files: &[PathBuf]) -> Result<Stamp> {
    let mut interpreter = cmd(python, ["-VV"]).read()?;
    interpreter.push_str(&places::root().to_string_lossy());
    let mut requirements = String::new();
    for path in files {
        requirements
            .push_str(&std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?);
    }
    let digest = |text: String| Digest::of(text.as_bytes()).to_string();
    Ok(Stamp {
        interpreter: digest(interpreter),
        requirements: digest(requirements),
    })
}
