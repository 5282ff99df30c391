//! The AWS emulator as a child process.

pub mod world;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use reqwest::Method;
use serde::Deserialize;

use crate::aws::Aws;
use crate::process::Background;
use crate::sh::cmd;
use crate::{net, places};

use world::World;

/// A running emulator.
pub struct Emulator {
    /// Its address, such as `http://127.0.0.1:5566`.
    pub url: String,
    /// What can be done to its world.
    pub world: World,
    dns_port: u16,
    process: Background,
}

/// The way to what the emulator plays outside of AWS's own endpoints: names and hosts.
#[derive(Clone, Debug)]
pub struct Outside {
    /// Host and port of the DNS server.
    pub dns_server: String,
    /// Address of the proxy.
    pub https_proxy: String,
    /// File with the authority that vouches for its hosts.
    pub ca_file: String,
}

/// How long what takes its time on AWS takes in the emulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// A failover of the database is over in a second.
    Quick,
    /// As on AWS: a forced failover of the database takes a minute, a switchover half of one.
    Real,
}

impl Pace {
    fn transition_seconds(self) -> &'static str {
        match self {
            Self::Quick => "1",
            Self::Real => "60",
        }
    }
}

/// What still exists in the emulated account.
#[derive(Debug, Deserialize)]
pub struct Leftovers {
    /// How many.
    pub count: u32,
    /// What they are.
    pub resources: Vec<serde_json::Value>,
}

impl Emulator {
    /// Starts it on `port` with its log in `folder`.
    pub async fn start(port: u16, folder: &Path, pace: Pace) -> Result<Self> {
        let python = places::python();
        anyhow::ensure!(
            python.is_file(),
            "starting the emulator: {} is missing; run `cargo xtask setup`",
            python.display()
        );
        let dns_port = net::free_udp_port()?;
        let mut process = cmd(python, ["-m", "lifeboat_emulator", "--port"])
            .arg(port.to_string())
            .args(["--transition-seconds", pace.transition_seconds()])
            .args(["--dns-port", &dns_port.to_string()])
            .dir(places::root().join("emulator"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .spawn(&folder.join("emulator.log"))?;
        let url = format!("http://127.0.0.1:{port}");
        net::wait_for(
            &format!("{url}/_lifeboat/health"),
            &mut process,
            Duration::from_secs(60),
        )
        .await?;
        let world = World::new(&url);
        Ok(Self {
            url,
            world,
            dns_port,
            process,
        })
    }

    /// The way to its internet.
    pub async fn outside(&self) -> Result<Outside> {
        let mut told = self.world.told_environment().await?;
        let mut told = |name: &str| {
            told.remove(name)
                .with_context(|| format!("the emulator names no {name} for its internet"))
        };
        Ok(Outside {
            dns_server: format!("127.0.0.1:{}", self.dns_port),
            https_proxy: told("HTTPS_PROXY")?,
            ca_file: told("SSL_CERT_FILE")?,
        })
    }

    /// What still exists of the environment `suffix`.
    pub async fn leftovers(&self, suffix: &str) -> Result<Leftovers> {
        self.world
            .control(Method::GET, &format!("/leftovers?suffix={suffix}"), None)
            .await
    }

    /// The value of a secret in Secrets Manager of us-east-1.
    pub async fn secret(&self, name: &str) -> Result<String> {
        self.aws()?.secret("us-east-1", name).await
    }

    /// AWS as it plays it.
    pub fn aws(&self) -> Result<Aws> {
        Aws::at(&self.url)
    }

    /// Its log.
    pub fn log(&self) -> &Path {
        self.process.log()
    }

    /// Ends it.
    pub fn end(&mut self) -> Result<()> {
        self.process.end().map(drop)
    }
}
