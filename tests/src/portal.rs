//! The portal as a child process: its configuration, its first people, its server.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::emulator::Outside;
use crate::people::Person;
use crate::process::Background;
use crate::sh::{Cmd, cmd};
use crate::{net, places};

/// AWS account the sandbox pretends to be.
pub const AWS_ACCOUNT: &str = "123456789012";

/// Settings of whoever calls that hold for these portals too; all other `LIFEBOAT_*` are kept from them.
const PASSED_ON: [&str; 4] = [
    "LIFEBOAT_LOG_FILTER",
    "LIFEBOAT_PROVIDER_MIRROR",
    "LIFEBOAT_SANDBOX",
    "LIFEBOAT_TERRAFORM_BIN",
];

/// What a portal is started with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Folder of its configuration, database, key, data and log.
    pub folder: PathBuf,
    /// Port of its public face.
    pub port: u16,
    /// Address of the emulator the account `sandbox` points at.
    pub emulator_url: String,
    /// The way to the emulator's internet, if the portal is to know it.
    pub outside: Option<Outside>,
    /// Folder with `modules/` and `profiles/`.
    pub terraform_dir: PathBuf,
    /// Runs it works on at the same time.
    pub worker_slots: u32,
    /// Further top-level lines of its configuration.
    pub extra: String,
}

impl Settings {
    /// Settings of a portal in `folder`, with this clone's profiles.
    pub fn new(folder: &Path, port: u16, emulator_url: &str) -> Self {
        Self {
            folder: folder.to_owned(),
            port,
            emulator_url: emulator_url.to_owned(),
            outside: None,
            terraform_dir: places::root().join("terraform"),
            worker_slots: 2,
            extra: String::new(),
        }
    }

    /// Address of its public face.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn toml(&self) -> String {
        let folder = self.folder.display();
        format!(
            r#"listen = "127.0.0.1:{port}"
public_url = "{url}"
database_url = "sqlite://{folder}/lifeboat.db"
data_dir = "{folder}/data"
encryption_key_file = "{folder}/lifeboat.key"
terraform_dir = "{terraform}"
site_dir = "{site}"
worker_slots = {slots}
{mirror}{extra}
[accounts.sandbox]
aws_account_id = "{AWS_ACCOUNT}"
endpoint = "{emulator}"
plan_role_arn = "arn:aws:iam::{AWS_ACCOUNT}:role/lifeboat-plan"
apply_role_arn = "arn:aws:iam::{AWS_ACCOUNT}:role/lifeboat-apply"
operate_role_arn = "arn:aws:iam::{AWS_ACCOUNT}:role/lifeboat-operate"
external_id = "lifeboat-sandbox"
guarded = true
{outside}"#,
            port = self.port,
            url = self.url(),
            terraform = self.terraform_dir.display(),
            site = places::site().display(),
            slots = self.worker_slots,
            emulator = self.emulator_url,
            mirror = mirror(),
            extra = self.extra,
            outside = self.outside.as_ref().map(outside).unwrap_or_default(),
        )
    }

    /// The portal's binary with `arguments`, reading this configuration.
    pub fn command<const N: usize>(&self, arguments: [&str; N]) -> Cmd {
        let others = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        let others =
            others.filter(|name| name.starts_with("LIFEBOAT_") && !PASSED_ON.contains(&name.as_str()));
        let portal = cmd(places::portal_binary(), arguments).dir(&self.folder);
        others.fold(portal, |portal, name| portal.without_env(&name))
    }

    /// Makes configuration, key and database.
    pub fn prepare(&self) -> Result<()> {
        std::fs::create_dir_all(self.folder.join("data")).context("making the portal's folder")?;
        std::fs::write(self.folder.join("lifeboat.toml"), self.toml()).context("writing lifeboat.toml")?;
        let key = self.folder.join("lifeboat.key");
        if !key.exists() {
            self.command(["key", "generate", "--out"]).arg(key).read()?;
        }
        self.command(["migrate"]).read().map(drop)
    }

    /// Makes one person.
    pub fn add_user(&self, person: Person) -> Result<()> {
        let who = [
            "user",
            "add",
            "--password-stdin",
            "--login",
            person.login,
            "--name",
            person.name,
        ];
        let add = match person.member {
            Some(member) => self.command(who).args(["--member", member]),
            None => self.command(who).arg("--admin"),
        };
        add.feed(&format!("{}\n", person.password())).map(drop)
    }

    /// Starts the server and waits until it is ready.
    pub async fn serve(&self) -> Result<Portal> {
        let process = self.command(["serve"]).spawn(&self.folder.join("portal.log"))?;
        let mut portal = Portal {
            settings: self.clone(),
            process,
        };
        let ready = format!("{}/readyz", self.url());
        net::wait_for(&ready, &mut portal.process, Duration::from_secs(60)).await?;
        Ok(portal)
    }
}

/// An account's lines that lead out of AWS.
fn outside(outside: &Outside) -> String {
    let Outside {
        dns_server,
        https_proxy,
        ca_file,
    } = outside;
    format!("dns_server = \"{dns_server}\"\nhttps_proxy = \"{https_proxy}\"\nca_file = \"{ca_file}\"\n")
}

/// A running portal.
pub struct Portal {
    /// What it was started with.
    pub settings: Settings,
    process: Background,
}

impl Portal {
    /// Process id of the server.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Its log.
    pub fn log(&self) -> &Path {
        self.process.log()
    }

    /// The end of its log.
    pub fn log_tail(&self, lines: usize) -> String {
        self.process.log_tail(lines)
    }

    /// An error when it has ended.
    pub fn expect_running(&mut self) -> Result<()> {
        self.process.expect_running()
    }

    /// Ends it in order; an error unless it says that it ended well.
    pub fn end(&mut self) -> Result<()> {
        let status = self.process.end()?;
        anyhow::ensure!(
            status.success(),
            "ending the portal: {status}\n{}",
            self.log_tail(10)
        );
        Ok(())
    }

    /// Ends it in order and starts it again.
    pub async fn restart(&mut self) -> Result<()> {
        self.end()?;
        *self = self.settings.clone().serve().await?;
        Ok(())
    }

    /// Kills it as a power cut would, and starts it again.
    pub async fn crash_and_restart(&mut self) -> Result<()> {
        self.process.kill()?;
        *self = self.settings.clone().serve().await?;
        Ok(())
    }
}

/// The line that names the fetched providers, where there are such; a portal finds other mirrors by itself.
fn mirror() -> String {
    let fetched = places::fetched_providers();
    if fetched.is_dir() {
        format!("provider_mirror = {fetched:?}\n")
    } else {
        String::new()
    }
}
