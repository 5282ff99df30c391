//! Pictures of whole pages, light and dark, wide and narrow, for people to look at.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use it::places;
use serde_json::json;

use super::Page;

/// Name, scheme and width, CSS pixels.
const KINDS: [(&str, &str, u32); 3] = [
    ("light", "light", 1280),
    ("dark", "dark", 1280),
    ("narrow", "light", 390),
];

/// Pages can be long; past this they repeat themselves.
const TALLEST: f64 = 6000.0;

fn folder() -> PathBuf {
    places::state().join("screens")
}

impl Page {
    /// Takes the pictures of the page as it is into `.lifeboat/screens/<name>-<kind>.png`, and checks on the way that
    /// nothing makes the page wider than the window. Without JavaScript pages look the same: one set is enough.
    pub(crate) async fn picture(&self, name: &str) -> Result<()> {
        if !self.javascript {
            return Ok(());
        }
        std::fs::create_dir_all(folder()).context("making the folder of the pictures")?;
        for (kind, scheme, width) in KINDS {
            let scheme = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
            self.devtools("Emulation.setEmulatedMedia", json!({ "features": scheme }))
                .await?;
            let window = |height: u32| json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
            self.devtools("Emulation.setDeviceMetricsOverride", window(1000))
                .await?;
            let metrics = self.devtools("Page.getLayoutMetrics", json!({})).await?;
            let size = &metrics["cssContentSize"];
            let wide = size["width"].as_f64().unwrap_or_default();
            ensure!(
                wide <= f64::from(width),
                "{name} is {wide} pixels wide in a window of {width}"
            );
            let tall = size["height"].as_f64().unwrap_or_default().clamp(1000.0, TALLEST);
            // A window as tall as the page, so that what sticks to the window's edges sticks to the page's.
            self.devtools("Emulation.setDeviceMetricsOverride", window(tall as u32))
                .await?;
            let wanted = json!({ "format": "png" });
            let picture = self.devtools("Page.captureScreenshot", wanted).await?;
            let bytes = STANDARD
                .decode(picture["data"].as_str().unwrap_or_default())
                .context("reading a picture")?;
            let file = folder().join(format!("{name}-{kind}.png"));
            std::fs::write(&file, bytes).with_context(|| format!("writing {}", file.display()))?;
        }
        self.devtools("Emulation.clearDeviceMetricsOverride", json!({}))
            .await?;
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": [] }))
            .await
            .map(drop)
    }
}
