//! Faults over the emulator's control endpoints. What must not be here: AWS. What is not the emulator is told nothing but a
//! question for its health.

mod answers;

use std::time::Duration;

use async_trait::async_trait;
use lifeboat_domain::game_day::world::{EmulatedRegion, EmulatedWorld, RegionSwitch, Switch};
use lifeboat_domain::reading::RegionRole;
use lifeboat_dr::{FaultError, Faults, Target, TargetRegion};
use reqwest::{Client, Method, Url, redirect};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::try_join;

use crate::sts::root_cause;
use answers::{Cluster, Health, Name, Regions, Replication};

/// The emulator stands near by, and answers in milliseconds.
const PATIENCE: Duration = Duration::from_secs(3);

/// The longest piece of an answer that is repeated in an error, characters.
const LONGEST: usize = 200;

/// The emulators behind the accounts' endpoints. Cheap to share.
#[derive(Clone, Debug)]
pub struct EmulatorFaults {
    http: Client,
}

impl EmulatorFaults {
    /// Follows no redirect and uses no proxy: what is asked is what the account names. Errors: HTTP cannot be prepared.
    pub fn new() -> Result<Self, reqwest::Error> {
        let http = Client::builder()
            .timeout(PATIENCE)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self { http })
    }

    /// The emulator behind the target's endpoint, once it has said that it is one.
    async fn emulator<'a>(&'a self, target: &'a Target) -> Result<Emulator<'a>, FaultError> {
        let endpoint = target.account.endpoint.as_deref().unwrap_or_default();
        let not_it = |why: String| FaultError::NotTheEmulator {
            endpoint: endpoint.to_owned(),
            why,
        };
        let root = Url::parse(endpoint).map_err(|error| not_it(error.to_string()))?;
        let host = root.host_str().unwrap_or_default();
        if host
            .split('.')
            .any(|label| label == "amazonaws" || label == "aws")
        {
            return Err(not_it("it is AWS".to_owned()));
        }
        let emulator = Emulator {
            http: &self.http,
            root,
        };
        match emulator.get::<Health>(&["health"]).await {
            Ok(health) if health.is_well() => Ok(emulator),
            Ok(_) => Err(not_it("it does not say that it is well".to_owned())),
            Err(FaultError::Refused { why, .. }) => Err(not_it(why)),
            Err(other) => Err(other),
        }
    }
}

#[async_trait]
impl Faults for EmulatorFaults {
    async fn look(&self, target: &Target) -> Result<EmulatedWorld, FaultError> {
        let emulator = self.emulator(target).await?;
        let link = ["replication", target.global_cluster.as_str()];
        let name = ["dns", target.name.as_str()];
        let clusters = [cluster_path(&target.primary), cluster_path(&target.standby)];
        let (regions, replication, name, primary, standby) = try_join!(
            emulator.get::<Regions>(&["regions"]),
            emulator.get::<Replication>(&link),
            emulator.get::<Name>(&name),
            emulator.get::<Cluster>(&clusters[0]),
            emulator.get::<Cluster>(&clusters[1]),
        )?;
        let region = |of: &TargetRegion, cluster: &Cluster| {
            let told = regions.of(&of.region);
            EmulatedRegion {
                name: of.region.clone(),
                down_since: told.since,
                flaps_left: told.flaps_left(),
                instances_failed: cluster.has_failed(),
            }
        };
        let writes = |of: &TargetRegion| replication.writer.as_deref() == Some(of.cluster_arn.as_str());
        Ok(EmulatedWorld {
            primary: region(&target.primary, &primary),
            standby: region(&target.standby, &standby),
            writer: match (writes(&target.primary), writes(&target.standby)) {
                (true, _) => Some(RegionRole::Primary),
                (false, true) => Some(RegionRole::Standby),
                (false, false) => None,
            },
            link_stopped: replication.stopped,
            behind_seconds: replication.behind_seconds(),
            name: target.name.clone(),
            name_stuck_since: name.since,
        })
    }

    async fn throw(&self, target: &Target, switch: Switch) -> Result<(), FaultError> {
        let emulator = self.emulator(target).await?;
        let of = |which| match which {
            RegionRole::Primary => &target.primary,
            RegionRole::Standby => &target.standby,
        };
        match switch {
            Switch::Region { which, to } => {
                let state = match to {
                    RegionSwitch::Up => "up",
                    RegionSwitch::Down => "down",
                    RegionSwitch::Flap => "flapping",
                };
                let path = ["regions", of(which).region.as_str()];
                emulator.put(&path, json!({ "state": state })).await
            }
            Switch::Instances { which, failed } => {
                let instances = if failed { "failed" } else { "available" };
                let body = json!({ "instances": instances });
                emulator.put(&cluster_path(of(which)), body).await
            }
            Switch::Link { stopped } => {
                let path = ["replication", target.global_cluster.as_str()];
                emulator.put(&path, json!({ "stopped": stopped })).await
            }
            Switch::Name { stuck } => {
                let path = ["dns", target.name.as_str()];
                emulator.put(&path, json!({ "stuck": stuck })).await
            }
        }
    }
}

fn cluster_path(of: &TargetRegion) -> [&str; 3] {
    ["clusters", &of.region, &of.cluster_identifier]
}

/// The control endpoints of one emulator.
struct Emulator<'a> {
    http: &'a Client,
    root: Url,
}

impl Emulator<'_> {
    async fn get<T: DeserializeOwned>(&self, path: &[&str]) -> Result<T, FaultError> {
        self.ask(Method::GET, path, None).await
    }

    async fn put(&self, path: &[&str], body: Value) -> Result<(), FaultError> {
        self.ask::<Value>(Method::PUT, path, Some(body)).await.map(drop)
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &[&str],
        body: Option<Value>,
    ) -> Result<T, FaultError> {
        let asked = || format!("/_lifeboat/{}", path.join("/"));
        let no_answer = |error: reqwest::Error| FaultError::NoAnswer {
            path: asked(),
            why: root_cause(&error),
        };
        let refused = |why: String| FaultError::Refused { path: asked(), why };
        let mut url = self.root.clone();
        match url.path_segments_mut() {
            Ok(mut segments) => segments.pop_if_empty().push("_lifeboat").extend(path),
            Err(()) => return Err(refused("the endpoint takes no path".to_owned())),
        };
        let mut request = self.http.request(method, url);
        if let Some(body) = body {
            request = request.body(body.to_string());
        }
        let answer = request.send().await.map_err(no_answer)?;
        let status = answer.status();
        let text = answer.text().await.map_err(no_answer)?;
        let said = || text.chars().take(LONGEST).collect::<String>();
        if !status.is_success() {
            return Err(refused(format!("{status}: {}", said())));
        }
        serde_json::from_str(&text).map_err(|error| refused(format!("{error}: {}", said())))
    }
}
