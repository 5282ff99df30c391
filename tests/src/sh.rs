//! Child processes of the developer commands and the whole-system tests.
//!
//! The only place of these two crates that starts a program: by path and arguments, never through a shell.

use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};

use anyhow::{Context, Result, bail};

use crate::process::Background;

/// A program about to be started.
#[must_use]
pub struct Cmd {
    inner: Command,
    shown: String,
}

/// `program`, found on PATH unless it has a slash, with `arguments`.
pub fn cmd<A: AsRef<OsStr>>(program: impl AsRef<OsStr>, arguments: impl IntoIterator<Item = A>) -> Cmd {
    #[allow(
        clippy::disallowed_methods,
        reason = "the runner is for Terraform in the portal; developer commands start their tools here"
    )]
    let inner = Command::new(program.as_ref());
    let shown = program.as_ref().to_string_lossy().into_owned();
    Cmd { inner, shown }.args(arguments)
}

impl Cmd {
    /// Adds one argument.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.shown.push(' ');
        self.shown.push_str(&argument.as_ref().to_string_lossy());
        self.inner.arg(argument);
        self
    }

    /// Adds arguments.
    pub fn args<A: AsRef<OsStr>>(self, arguments: impl IntoIterator<Item = A>) -> Self {
        arguments.into_iter().fold(self, Self::arg)
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.inner.env(name, value);
        self
    }

    /// Sets environment variables.
    pub fn envs(mut self, pairs: impl IntoIterator<Item = (String, OsString)>) -> Self {
        self.inner.envs(pairs);
        self
    }

    /// Takes an environment variable away.
    pub fn without_env(mut self, name: &str) -> Self {
        self.inner.env_remove(name);
        self
    }

    /// Runs in `folder`.
    pub fn dir(mut self, folder: impl AsRef<Path>) -> Self {
        self.inner.current_dir(folder);
        self
    }

    /// Runs it on this terminal; an error unless it succeeds.
    pub fn run(self) -> Result<()> {
        let shown = self.shown.clone();
        expect_success(&shown, self.status()?)
    }

    /// Runs it on this terminal.
    pub fn status(mut self) -> Result<ExitStatus> {
        self.inner
            .status()
            .with_context(|| format!("starting {}", self.shown))
    }

    /// Runs it and returns what it printed, whatever its exit status.
    pub fn output(mut self) -> Result<Output> {
        self.inner.stdin(Stdio::null());
        self.inner
            .output()
            .with_context(|| format!("starting {}", self.shown))
    }

    /// Runs it and returns its standard output; an error with its standard error unless it succeeds.
    pub fn read(self) -> Result<String> {
        let shown = self.shown.clone();
        into_text(&shown, self.output()?)
    }

    /// Runs it with `input` on its standard input and returns its standard output.
    pub fn feed(mut self, input: &str) -> Result<String> {
        self.inner
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = self
            .inner
            .spawn()
            .with_context(|| format!("starting {}", self.shown))?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes()).context("writing its input")?;
        }
        into_text(&self.shown, child.wait_with_output()?)
    }

    /// Runs it, handing every line of its standard output to `each`.
    pub fn lines(mut self, mut each: impl FnMut(&str)) -> Result<ExitStatus> {
        self.inner.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = self
            .inner
            .spawn()
            .with_context(|| format!("starting {}", self.shown))?;
        if let Some(stdout) = child.stdout.take() {
            for line in BufReader::new(stdout).split(b'\n') {
                each(&String::from_utf8_lossy(&line.context("reading its output")?));
            }
        }
        child
            .wait()
            .with_context(|| format!("waiting for {}", self.shown))
    }

    /// Starts it in the background with all its output in `log`. It gets a process group of its own, so that Ctrl-C
    /// reaches only whoever started it, who then ends it in order.
    pub fn spawn(mut self, log: &Path) -> Result<Background> {
        let out = open_log(log)?;
        self.inner
            .stdin(Stdio::null())
            .stdout(out.try_clone().context("sharing the log file")?)
            .stderr(out)
            .process_group(0);
        let child = self
            .inner
            .spawn()
            .with_context(|| format!("starting {}", self.shown))?;
        Ok(Background::new(child, self.shown, log.to_owned()))
    }
}

fn open_log(path: &Path) -> Result<File> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .with_context(|| format!("opening {}", path.display()))
}

fn into_text(shown: &str, output: Output) -> Result<String> {
    if !output.status.success() {
        bail!(
            "{shown}: {}\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// An error that names the command unless it succeeded.
pub fn expect_success(shown: &str, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("{shown}: {status}");
    }
    Ok(())
}

/// The full path of a program on PATH.
pub fn which(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
}
