//! A resolver as a client machine has one: it keeps the old answer as long as its TTL allows, be it right or wrong.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::sync::Mutex;

use super::{Application, Site};
use crate::emulator::world::World;

pub(super) struct Resolver {
    world: World,
    answer: Mutex<Option<(String, Instant)>>,
}

impl Resolver {
    pub(super) fn new(world: World) -> Self {
        Self {
            world,
            answer: Mutex::default(),
        }
    }

    /// The host that the application's name leads to, and the site it belongs to.
    pub(super) async fn site(&self, application: &Application) -> Result<(String, Site)> {
        let mut answer = self.answer.lock().await;
        let host = match &*answer {
            Some((host, until)) if Instant::now() < *until => host.clone(),
            _ => {
                let told = self
                    .world
                    .resolve(&application.name, application.kind.record_type())
                    .await?;
                let host = told.answers.first().context("the name leads nowhere")?;
                let host = host.trim_end_matches('.').to_owned();
                *answer = Some((host.clone(), Instant::now() + Duration::from_secs(told.ttl)));
                host
            }
        };
        let mut sites = application.sites.iter();
        let site = sites
            .find(|site| site.is_at(&host))
            .cloned()
            .with_context(|| format!("{host} is no host of the application"))?;
        Ok((host, site))
    }
}
