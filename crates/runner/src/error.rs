//! What can go wrong, in two kinds: the runner could not do its work, or a step ended badly.

use std::path::PathBuf;

use crate::stop::StopReason;

/// The runner could not do its work. Texts are for operators; they name the file or setting and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum RunnerError {
    /// A profile's folder is not acceptable.
    #[error("the profile {profile}: {file}: {problem}")]
    Profile {
        /// Name of the folder.
        profile: String,
        /// File, relative to the folder that holds `profiles/` and `modules/`.
        file: String,
        /// What is wrong, naming the block or key, and what to do.
        problem: String,
    },
    /// A profile version is not on this machine.
    #[error(
        "the profile version {version} is not prepared on this machine; restore its folder in the data directory or plan with the present version"
    )]
    UnknownVersion {
        /// `name@12345678`.
        version: String,
    },
    /// No usable Terraform.
    #[error("terraform: {0}")]
    Terraform(String),
    /// Providers could not be found or initialised.
    #[error("initialising {version}: {problem}")]
    Init {
        /// `name@12345678`.
        version: String,
        /// What Terraform said.
        problem: String,
    },
    /// The sandbox does not hold what it promises.
    #[error("the sandbox: {0}")]
    Sandbox(String),
    /// Files.
    #[error("{doing} {path}: {source}")]
    Io {
        /// `reading`, `writing`, ….
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl RunnerError {
    /// Wraps an IO error: `map_err(RunnerError::io("reading", path))`.
    pub(crate) fn io(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { doing, path, source }
    }
}

/// An error Terraform reported by its machine-readable stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Address of the resource it is about, or else the heading of the block it stands in.
    pub address: Option<String>,
    /// In one line.
    pub summary: String,
    /// More; may have several lines.
    pub detail: String,
}

/// A step (`plan`, `show` or `apply`) ended badly. The text is a reason for people who look at the run; it holds no secret.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// It was stopped.
    #[error("{0}")]
    Stopped(StopReason),
    /// Terraform ended with an error.
    #[error("{}", crate::steps::failure_text(.step, *.exit_code, .diagnostics))]
    Failed {
        /// `plan`, `show` or `apply`.
        step: &'static str,
        /// Exit status; none when a signal ended it.
        exit_code: Option<i32>,
        /// Its errors, redacted.
        diagnostics: Vec<Diagnostic>,
    },
    /// Terraform's output was not what it should be.
    #[error("reading what terraform {step} said: {problem}")]
    Unreadable {
        /// `plan`, `show` or `apply`.
        step: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// The runner itself.
    #[error(transparent)]
    Runner(#[from] RunnerError),
}
