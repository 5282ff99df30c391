//! `lifeboat doctor`: checks everything the portal needs, one line each, and says what to do about what is missing.
//!
//! Every check is the real thing: the sandbox is tried, providers are initialised, roles are assumed.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use axum::http::Uri;
use lifeboat_aws::StsCredentials;
use lifeboat_domain::account::Account;
use lifeboat_domain::attestation::Isolation;
use lifeboat_domain::{AccountId, RunId};
use lifeboat_runner::{CredentialRequest, CredentialSource as _, Purpose, Runner};
use tokio::net::TcpStream;

use super::{output, wiring};
use crate::config::{AccountConfig, Config, ConfigError, ProcessRole};

/// How long an endpoint may take to answer.
const REACH_WITHIN: Duration = Duration::from_secs(3);

/// What a check found.
enum Finding {
    Good(String),
    /// Works, but somebody should know.
    Odd(String),
    /// Does not work: what is wrong and what to do.
    Bad(String),
}

/// The findings so far.
#[derive(Default)]
struct Report {
    bad: usize,
}

impl Report {
    fn add(&mut self, what: &str, finding: Finding) {
        let (word, text) = match finding {
            Finding::Good(text) => ("ok  ", text),
            Finding::Odd(text) => ("note", text),
            Finding::Bad(text) => {
                self.bad += 1;
                ("BAD ", text)
            }
        };
        let text = text.replace('\n', "\n                      ");
        output::say(&format!("{word}  {what:<14}  {text}"));
    }
}

pub(super) async fn run(config: Result<Config, ConfigError>) -> anyhow::Result<ExitCode> {
    let mut report = Report::default();
    match config {
        Ok(config) => {
            report.add("configuration", Finding::Good("is valid".to_owned()));
            check(&config, &mut report).await;
        }
        Err(error) => report.add("configuration", Finding::Bad(error.to_string())),
    }
    Ok(match report.bad {
        0 => {
            output::say("everything the portal needs is there");
            ExitCode::SUCCESS
        }
        bad => {
            output::say(&format!("{bad} to be put right, as said above"));
            ExitCode::FAILURE
        }
    })
}

async fn check(config: &Config, report: &mut Report) {
    report.add("key", key(config));
    report.add("database", database(config).await);
    report.add("front end", front_end(&config.site_dir));
    if !config.has_role(ProcessRole::Worker) {
        report.add(
            "worker",
            Finding::Odd("not in roles: Terraform, sandbox and accounts are not checked".to_owned()),
        );
        return;
    }
    let runner = match wiring::runner(config).await {
        Ok(runner) => {
            report.add(
                "terraform",
                Finding::Good(format!("is version {}", runner.terraform_version())),
            );
            report.add("sandbox", sandbox(&runner));
            Some(runner)
        }
        Err(error) => {
            report.add("terraform", Finding::Bad(output::told(&error)));
            None
        }
    };
    profiles(config, runner.as_ref(), report).await;
    accounts(config, report).await;
}

fn key(config: &Config) -> Finding {
    match wiring::key(config) {
        Ok(key) => Finding::Good(format!("is {}; keep a copy of it apart from the data", key.id())),
        Err(error) => Finding::Bad(match error.downcast_ref::<ConfigError>() {
            Some(ConfigError { problems }) => {
                let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
                lines.join("\n")
            }
            None => output::told(&error),
        }),
    }
}

async fn database(config: &Config) -> Finding {
    let store = match wiring::connect(config).await {
        Ok(store) => store,
        Err(error) => {
            return Finding::Bad(format!(
                "{}; set database_url to a database that can be reached",
                output::told(&error)
            ));
        }
    };
    match store.is_migrated().await {
        Ok(true) => Finding::Good(format!("{:?} answers and is up to date", store.engine())),
        Ok(false) => Finding::Bad("lacks migrations; run `lifeboat migrate`".to_owned()),
        Err(error) => Finding::Bad(format!("does not answer: {error}")),
    }
}

fn front_end(site_dir: &Path) -> Finding {
    let missing: Vec<&str> = ["assets/lifeboat.css", "pkg/lifeboat.js", "pkg/lifeboat.wasm"]
        .into_iter()
        .filter(|file| !site_dir.join(file).is_file())
        .collect();
    match missing.is_empty() {
        true => Finding::Good(format!("is in {}", site_dir.display())),
        false => Finding::Odd(format!(
            "lacks {} in {}; build it and set site_dir. Until then pages work without style and islands",
            missing.join(", "),
            site_dir.display()
        )),
    }
}

fn sandbox(runner: &Runner) -> Finding {
    match runner.isolation() {
        Isolation::Bubblewrap => Finding::Good("bubblewrap holds what it promises".to_owned()),
        Isolation::None => Finding::Odd(
            "is OFF (sandbox = \"unsafe-none\"): for development only, and every page says so".to_owned(),
        ),
    }
}

async fn profiles(config: &Config, runner: Option<&Runner>, report: &mut Report) {
    let catalog = match wiring::catalog(config) {
        Ok(catalog) => catalog,
        Err(error) => return report.add("profiles", Finding::Bad(output::told(&error))),
    };
    let mut found = false;
    for source in catalog.profiles() {
        found = true;
        let name = format!("profile {}", source.profile.name);
        let Some(runner) = runner else {
            report.add(
                &name,
                Finding::Odd("is valid; its providers are not checked without Terraform".to_owned()),
            );
            continue;
        };
        report.add(&name, match runner.prepare(source).await {
            Ok(prepared) => Finding::Good(format!(
                "{} is initialised with {}",
                source.profile.version_label(),
                prepared.providers.join(", ")
            )),
            Err(error) => Finding::Bad(format!(
                "{error}\nname a folder that mirrors the providers with provider_mirror, or let this machine reach the registry"
            )),
        });
    }
    if !found {
        let text = format!(
            "there is none in {}; set terraform_dir",
            config.terraform_dir.join("profiles").display()
        );
        report.add("profiles", Finding::Bad(text));
    }
}

async fn accounts(config: &Config, report: &mut Report) {
    if config.accounts.is_empty() {
        report.add(
            "accounts",
            Finding::Odd("none is configured; add [accounts.<name>] to make environments".to_owned()),
        );
        return;
    }
    let source = StsCredentials::from_environment().await;
    for (name, account) in &config.accounts {
        let line = format!("account {name}");
        if let Some(endpoint) = &account.endpoint {
            report.add(&line, reach(endpoint).await);
        }
        let known = as_known(name, account);
        for purpose in [Purpose::Plan, Purpose::Apply, Purpose::Operate] {
            report.add(&line, enter(&source, &known, purpose).await);
        }
    }
}

/// Whether something listens at an account's own endpoint.
async fn reach(endpoint: &str) -> Finding {
    let uri: Option<Uri> = endpoint.parse().ok();
    let address = uri.as_ref().and_then(|uri| {
        let usual = if uri.scheme_str() == Some("https") {
            443
        } else {
            80
        };
        Some((
            uri.host()?.trim_matches(['[', ']']),
            uri.port_u16().unwrap_or(usual),
        ))
    });
    let Some(address) = address else {
        return Finding::Bad(format!(
            "its endpoint {endpoint} is no address; write it like http://127.0.0.1:5566"
        ));
    };
    match tokio::time::timeout(REACH_WITHIN, TcpStream::connect(address)).await {
        Ok(Ok(_)) => Finding::Good(format!("{endpoint} answers")),
        Ok(Err(error)) => Finding::Bad(format!(
            "{endpoint} cannot be reached: {error}; start it, or correct the endpoint"
        )),
        Err(_) => Finding::Bad(format!(
            "{endpoint} does not answer; start it, or correct the endpoint"
        )),
    }
}

async fn enter(source: &StsCredentials, account: &Account, purpose: Purpose) -> Finding {
    let request = CredentialRequest {
        account,
        purpose,
        run: Some(RunId::generate()),
        regions: &[],
    };
    let what = purpose.as_str();
    match source.credentials(request).await {
        Ok(credentials) => Finding::Good(format!(
            "can be entered to {what} as {}",
            credentials
                .role_arn
                .as_deref()
                .unwrap_or("the endpoint's own user")
        )),
        Err(error) => Finding::Bad(format!(
            "cannot be entered to {what}: {error}\ncheck the account's role ARNs, external id and endpoint, and the portal's own AWS credentials"
        )),
    }
}

fn as_known(name: &str, account: &AccountConfig) -> Account {
    Account {
        id: AccountId::generate(),
        name: name.to_owned(),
        aws_account_id: account.aws_account_id.clone(),
        plan_role_arn: account.plan_role_arn.clone(),
        apply_role_arn: account.apply_role_arn.clone(),
        operate_role_arn: account.operate_role_arn.clone(),
        external_id: account.external_id.clone(),
        guarded: account.guarded,
        endpoint: account.endpoint.clone(),
    }
}
