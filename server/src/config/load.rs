//! Reading the configuration from its file and `LIFEBOAT_*`, and saying what is wrong with it: every error names the
//! key and the remedy.

use std::fmt;
use std::path::{Path, PathBuf};

use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider, error::Kind};
use secrecy::ExposeSecret;

use super::{Config, ProcessRole};

const PREFIX: &str = "LIFEBOAT_";
/// Variables that are no keys: the file's own path, and what scripts call their API token.
const OTHER_VARIABLES: [&str; 2] = ["LIFEBOAT_CONFIG", "LIFEBOAT_TOKEN"];
const DEFAULT_FILE: &str = "lifeboat.toml";

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProblem {
    /// The key, such as `accounts.sandbox.endpoint`.
    pub key: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl ConfigProblem {
    /// A problem of `key`.
    pub fn new(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            message: message.into(),
        }
    }
}

/// The configuration cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// All that is wrong.
    pub problems: Vec<ConfigProblem>,
}

impl ConfigError {
    /// An error of one key.
    pub fn one(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            problems: vec![ConfigProblem::new(key, message)],
        }
    }
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, message } = self;
        // A file that is no TOML is wrong at no key.
        if key.is_empty() {
            return f.write_str(message);
        }
        let variable = format!("{PREFIX}{}", key.to_uppercase().replace('.', "__"));
        write!(f, "{key} (or {variable}): {message}")
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration cannot be used:")?;
        for problem in &self.problems {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

/// Where the configuration comes from.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The file; it must exist. Without one `lifeboat.toml` in the working folder is read if it is there.
    pub file: Option<PathBuf>,
    /// Environment variables; those that do not begin with `LIFEBOAT_` are left alone.
    pub variables: Vec<(String, String)>,
}

impl Source {
    /// The process's own environment, with `file` if one was named.
    pub fn from_process(file: Option<PathBuf>) -> Self {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self {
            file,
            variables: variables.collect(),
        }
    }
}

impl Config {
    /// Reads, merges (file over defaults, environment over file) and checks.
    pub fn load(source: &Source) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Self::defaults());
        match &source.file {
            Some(file) if !file.is_file() => {
                return Err(ConfigError::one(
                    "config",
                    format!(
                        "there is no file {}; give the path of a TOML file",
                        file.display()
                    ),
                ));
            }
            Some(file) => figment = figment.merge(Toml::file_exact(file)),
            None if Path::new(DEFAULT_FILE).is_file() => {
                figment = figment.merge(Toml::file_exact(DEFAULT_FILE));
            }
            None => {}
        }
        let config: Self = figment
            .merge(Variables(&source.variables))
            .extract()
            .map_err(explain)?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let mut problems = Vec::new();
        self.check_addresses(&mut problems);
        self.check_key(&mut problems);
        let mut wrong = |key: &str, message: &str| problems.push(ConfigProblem::new(key, message));
        if let Some(url) = &self.database_url {
            let url = url.expose_secret();
            if !["sqlite:", "postgres://", "postgresql://"]
                .iter()
                .any(|s| url.starts_with(s))
            {
                // The value may hold a password: it is not repeated.
                wrong("database_url", "must begin with sqlite:// or postgres://");
            }
        }
        if self.roles.is_empty() {
            wrong("roles", "is empty; name web, worker, monitor or several of them");
        }
        if self.worker_slots == 0 && self.has_role(ProcessRole::Worker) {
            wrong(
                "worker_slots",
                "is zero; set at least 1, or leave worker out of roles",
            );
        }
        if self.memory_budget_mb.is_some_and(|budget| budget < 512) {
            wrong(
                "memory_budget_mb",
                "is less than one plan needs; set at least 512",
            );
        }
        for (name, account) in &self.accounts {
            account.check(name, &mut problems);
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(ConfigError { problems })
        }
    }

    fn check_addresses(&self, problems: &mut Vec<ConfigProblem>) {
        let mut wrong = |message: &str| problems.push(ConfigProblem::new("public_url", message));
        match self.public_url.as_deref() {
            None if !self.listen.ip().is_loopback() => {
                wrong(
                    "is missing; set the https:// address people reach the portal by, as listen is not loopback",
                );
            }
            None => {}
            Some(url) => match url.parse::<axum::http::Uri>() {
                Ok(uri) if uri.path() != "/" => {
                    wrong("must not have a path; the portal stands at the root of its own host name");
                }
                Ok(uri) => match (uri.scheme_str(), uri.host()) {
                    (Some("https"), Some(_)) => {}
                    (Some("http"), Some(host)) if is_loopback(host) => {}
                    (Some("http"), _) => {
                        wrong(
                            "must be https:// (http:// is for loopback only): session cookies travel over TLS only",
                        );
                    }
                    _ => wrong("must begin with https:// and a host name"),
                },
                Err(_) => wrong("must be an address such as https://lifeboat.example.com"),
            },
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// `LIFEBOAT_*`, always as text: guessing types would eat the zeros at the start of an account id.
struct Variables<'a>(&'a [(String, String)]);

impl Provider for Variables<'_> {
    fn metadata(&self) -> Metadata {
        Metadata::named("the environment")
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let mut root = Dict::new();
        for (name, value) in self.0 {
            let Some(key) = name.strip_prefix(PREFIX) else {
                continue;
            };
            if OTHER_VARIABLES.contains(&name.as_str()) {
                continue;
            }
            let key = key.to_lowercase();
            let path: Vec<&str> = key.split("__").collect();
            insert(&mut root, &path, value);
        }
        Ok(Map::from([(Profile::Default, root)]))
    }
}

fn insert(dict: &mut Dict, path: &[&str], text: &str) {
    match path {
        [] => {}
        [key] => drop(dict.insert((*key).to_owned(), Value::from(text))),
        [key, rest @ ..] => {
            let inner = dict
                .entry((*key).to_owned())
                .or_insert_with(|| Value::from(Dict::new()));
            if let Value::Dict(_, inner) = inner {
                insert(inner, rest, text);
            }
        }
    }
}

/// Puts figment's errors into the form every other configuration error has.
fn explain(error: figment::Error) -> ConfigError {
    let problems = error.into_iter().map(|error| {
        let source = error.metadata.as_ref().map(|m| match &m.source {
            Some(figment::Source::File(path)) => format!(" (in {})", shown(path)),
            _ => String::new(),
        });
        let source = source.unwrap_or_default();
        let mut path = error.path.clone();
        let message = match &error.kind {
            Kind::UnknownField(name, expected) => {
                if path.last() != Some(name) {
                    path.push(name.clone());
                }
                format!("is not a key{source}; keys here are {}", expected.join(", "))
            }
            Kind::MissingField(name) => {
                path.push(name.to_string());
                format!("is missing{source}; set it")
            }
            Kind::UnknownVariant(given, expected) => {
                format!(
                    "{given:?} is not known{source}; set one of {}",
                    expected.join(", ")
                )
            }
            Kind::Message(message) => format!("{}{source}", message.trim_end()),
            Kind::InvalidType(_, expected) | Kind::InvalidValue(_, expected) => {
                format!("has the wrong type{source}; expected {expected}")
            }
            other => format!("{other}{source}"),
        };
        ConfigProblem::new(path.join("."), message)
    });
    ConfigError {
        problems: problems.collect(),
    }
}

fn shown(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

#[cfg(test)]
mod tests;
