//! A headless Chromium, driven as a person would: by what stands on buttons and labels.

mod page;
mod pictures;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use it::net;
use it::process::Background;
use it::sh::cmd;
use serde_json::{Value, json};

pub(crate) use page::Page;

/// Keeps Chromium from asking for anything outside this machine, and lets it run as root and in containers.
const ARGUMENTS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,1000",
];

/// A running chromedriver.
pub(crate) struct Driver {
    url: String,
    folder: tempfile::TempDir,
    _process: Background,
}

impl Driver {
    /// Starts it with its log in `folder`.
    pub(crate) async fn start(folder: &Path) -> Result<Self> {
        let port = net::free_port()?;
        let mut process = cmd("chromedriver", [format!("--port={port}")])
            .spawn(&folder.join("chromedriver.log"))
            .context("starting chromedriver; `cargo xtask setup` installs it")?;
        let url = format!("http://127.0.0.1:{port}");
        net::wait_for(&format!("{url}/status"), &mut process, Duration::from_secs(30)).await?;
        Ok(Self {
            url,
            folder: tempfile::tempdir()?,
            _process: process,
        })
    }

    /// Opens a browser of its own on the portal at `base`, hands its page to `visit`, and closes it whatever happens:
    /// a chromedriver that ends leaves its browsers behind.
    pub(crate) async fn with_page<T>(
        &self,
        base: &str,
        javascript: bool,
        visit: impl AsyncFnOnce(&Page) -> Result<T>,
    ) -> Result<T> {
        let client = self.open(javascript).await?;
        let session = client.session_id().await?.context("the browser has a session")?;
        let page = Page::new(
            client.clone(),
            base,
            javascript,
            format!("{}/session/{session}", self.url),
        );
        let mut result = visit(&page).await;
        if let Err(error) = result {
            let place = page.whereabouts().await;
            result = Err(error.context(place));
        }
        client.close().await.context("closing the browser")?;
        result
    }

    async fn open(&self, javascript: bool) -> Result<Client> {
        let profile = tempfile::tempdir_in(self.folder.path())?.keep();
        let mut arguments: Vec<String> = ARGUMENTS.map(str::to_owned).into();
        arguments.push(format!("--user-data-dir={}", profile.display()));
        let mut options = json!({ "args": arguments });
        if !javascript {
            // 2 is "block", as in the browser's own settings of a site.
            options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
        }
        let capabilities = json!({
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let Value::Object(capabilities) = capabilities else {
            unreachable!("an object was just made")
        };
        ClientBuilder::new(HttpConnector::new())
            .capabilities(Capabilities::from_iter(capabilities))
            .connect(&self.url)
            .await
            .context("opening a browser")
    }
}
