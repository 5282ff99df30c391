//! The Python virtual environment of the emulator and of the Python tools.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use it::places;
use it::sh::{cmd, which};
use lifeboat_domain::Digest;

use crate::terraform::workspace;

/// What a project's folder may ask for.
const REQUIREMENTS: [&str; 2] = ["requirements.txt", "requirements-dev.txt"];

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

/// Makes `.lifeboat/venv` with what the requirement files name, unless it holds just that.
pub(super) fn environment() -> Result<()> {
    let Some(python) = interpreter() else {
        bail!(
            "making the virtual environment: Python 3.11 or newer is not on PATH; install it (Debian: python3)"
        );
    };
    let folder = places::state().join("venv");
    let stamp_file = folder.join("lifeboat-stamp");
    let stamp = stamp(python)?;
    if std::fs::read_to_string(&stamp_file).is_ok_and(|written| written == stamp) {
        return Ok(());
    }
    println!("setup: making the Python virtual environment");
    cmd(python, ["-m", "venv", "--clear"])
        .arg(&folder)
        .run()
        .context("making the virtual environment")?;
    install(&folder)?;
    std::fs::write(stamp_file, stamp).context("writing the virtual environment's stamp")
}

fn install(folder: &Path) -> Result<()> {
    let mut pip = cmd(
        folder.join("bin/python"),
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"],
    );
    for file in requirements() {
        pip = pip.arg("--requirement").arg(file);
    }
    pip.run()
        .context("installing Python packages; a package index must be within reach")
}

/// Names the interpreter, the place and the content of the requirement files.
fn stamp(python: &str) -> Result<String> {
    let mut text = cmd(python, ["-VV"]).read()?;
    text.push_str(&places::root().to_string_lossy());
    for path in requirements() {
        text.push_str(
            &std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?,
        );
    }
    Ok(Digest::of(text.as_bytes()).to_string())
}
