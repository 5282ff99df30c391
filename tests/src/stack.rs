//! Emulator and portal together, on loopback, in one folder.

use std::path::Path;

use anyhow::{Context, Result};

use crate::api::Client;
use crate::emulator::{Emulator, Pace};
use crate::net;
use crate::people::{self, Person};
use crate::portal::{Portal, Settings};

/// A running system. Dropping it ends the portal first, then the emulator.
pub struct Stack {
    /// The portal.
    pub portal: Portal,
    /// The emulator.
    pub emulator: Emulator,
}

impl Stack {
    /// Starts both in `folder`, preferring the ports given, and makes the demo's people. `change` may alter the
    /// portal's settings before it starts.
    pub async fn start(
        folder: &Path,
        ports: (u16, u16),
        pace: Pace,
        change: impl FnOnce(&mut Settings),
    ) -> Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        let emulator = Emulator::start(net::port_or_free(ports.1)?, folder, pace).await?;
        let mut settings = Settings::new(folder, net::port_or_free(ports.0)?, &emulator.url);
        settings.outside = Some(emulator.outside().await?);
        change(&mut settings);
        settings.prepare()?;
        add_everyone(&settings)?;
        let portal = settings.serve().await?;
        Ok(Self { portal, emulator })
    }

    /// A system for a test, on free ports.
    pub async fn for_test(folder: &Path, change: impl FnOnce(&mut Settings)) -> Result<Self> {
        Self::start(folder, (0, 0), Pace::Quick, change).await
    }

    /// The portal's address.
    pub fn url(&self) -> String {
        self.portal.settings.url()
    }

    /// A client logged in as `person`.
    pub async fn log_in(&self, person: Person) -> Result<Client> {
        Client::log_in(&self.url(), person).await
    }

    /// Ends the portal, then the emulator.
    pub fn end(mut self) -> Result<()> {
        let ended = self.portal.end();
        self.emulator.end()?;
        ended
    }
}

/// Each is a process of its own that reads the profiles first, so they are started at the same time.
fn add_everyone(settings: &Settings) -> Result<()> {
    std::thread::scope(|scope| {
        let adding = people::ALL.map(|person| scope.spawn(move || settings.add_user(person)));
        adding.into_iter().try_for_each(|added| match added.join() {
            Ok(added) => added,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })
}
