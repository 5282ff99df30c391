//! The portal's configuration: what it holds. Reading it is in [`load`], lenient number and list parsing in `lenient`.
//!
//! What must not be here: anything the environment or the file does not decide, and defaults that differ between
//! development and production.

mod account;
mod key;
mod lenient;
mod load;

use std::net::SocketAddr;
use std::path::PathBuf;

use figment::providers::Serialized;
use secrecy::SecretString;
use serde::Deserialize;

pub use account::AccountConfig;
pub use load::{ConfigError, ConfigProblem, Source};

/// Everything that can be set, by `lifeboat.toml` or by `LIFEBOAT_*`.
///
/// Nested keys are written with two underscores in the environment: `LIFEBOAT_ACCOUNTS__SANDBOX__ENDPOINT`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address of the public face.
    pub listen: SocketAddr,
    /// Address people and CI know the portal by, such as `https://lifeboat.example.com`. Default: `http://` and `listen`.
    #[serde(default)]
    pub public_url: Option<String>,
    /// `sqlite://path` or `postgres://…`. Default: `lifeboat.db` in the data folder.
    #[serde(default)]
    pub database_url: Option<SecretString>,
    /// Folder for encrypted artefacts, prepared profiles and runs' working folders.
    pub data_dir: PathBuf,
    /// Key that seals artefacts: 32 bytes in base64.
    #[serde(default)]
    pub encryption_key: Option<SecretString>,
    /// File that holds the key instead.
    #[serde(default)]
    pub encryption_key_file: Option<PathBuf>,
    /// Folder with `modules/` and `profiles/`.
    pub terraform_dir: PathBuf,
    /// Terraform's (or OpenTofu's) binary; searched on the `PATH` when not set.
    #[serde(default)]
    pub terraform_bin: Option<PathBuf>,
    /// Folder that mirrors providers; without one Terraform asks the registry.
    #[serde(default)]
    pub provider_mirror: Option<PathBuf>,
    /// Folder with `assets/` and `pkg/`, the front end as built.
    pub site_dir: PathBuf,
    /// How runs are kept apart.
    pub sandbox: SandboxMode,
    /// What this process does.
    #[serde(deserialize_with = "lenient::list")]
    pub roles: Vec<ProcessRole>,
    /// Runs worked on at once.
    #[serde(deserialize_with = "lenient::number")]
    pub worker_slots: usize,
    /// Memory all runs of this process may use together, MB. Default: three quarters of the machine's.
    #[serde(default, deserialize_with = "lenient::optional_number")]
    pub memory_budget_mb: Option<u64>,
    /// Form of the log lines.
    pub log_format: LogFormat,
    /// Which lines are logged, as `tracing` filters are written: `info`, `lifeboat_server=debug,info`.
    pub log_filter: String,
    /// AWS accounts by name.
    #[serde(default)]
    pub accounts: std::collections::BTreeMap<String, AccountConfig>,
}

/// How runs are kept apart from the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SandboxMode {
    /// In bubblewrap; the portal does not start a worker where that does not hold.
    Bubblewrap,
    /// Not at all: for development on a machine without bubblewrap. Every page says so.
    UnsafeNone,
}

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProcessRole {
    /// Serves pages and API.
    Web,
    /// Works on runs and failovers.
    Worker,
    /// Watches the environments. Of several processes with this role one watches at a time.
    Monitor,
}

/// Form of the log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One line for a person.
    Text,
    /// One JSON object a line.
    Json,
}

/// Ours at info. A stale cookie and a machine outside of AWS are nothing to warn about.
const LOG_FILTER: &str = "info,aws_config::imds=error,tower_sessions=warn,tower_sessions_core=error";

impl Config {
    /// What holds where nothing is set.
    fn defaults() -> Serialized<serde_json::Value> {
        Serialized::defaults(serde_json::json!({
            "listen": "127.0.0.1:8080",
            "data_dir": "data",
            "terraform_dir": "terraform",
            "site_dir": "site",
            "sandbox": "bubblewrap",
            "roles": ["web", "worker", "monitor"],
            "worker_slots": 2,
            "log_format": "text",
            "log_filter": LOG_FILTER,
        }))
    }

    /// Where the database is.
    pub fn database_url(&self) -> SecretString {
        self.database_url.clone().unwrap_or_else(|| {
            let path = self.data_dir.join("lifeboat.db");
            SecretString::from(format!("sqlite://{}", path.display()))
        })
    }

    /// Address people and CI know the portal by, without a slash at its end. `bound` is what the public face listens on.
    pub fn public_url(&self, bound: SocketAddr) -> String {
        match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{bound}"),
        }
    }

    /// Whether this process has `role`.
    pub fn has_role(&self, role: ProcessRole) -> bool {
        self.roles.contains(&role)
    }
}
