//! One browser window on the portal.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use fantoccini::elements::Element;
use fantoccini::{Client, Locator};
use it::people::Person;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

/// How long something that needs no Terraform may take to appear.
const SOON: Duration = Duration::from_secs(30);

/// A window.
pub(crate) struct Page {
    pub(super) client: Client,
    base: String,
    pub(super) javascript: bool,
    /// Address of this window's session at chromedriver.
    session: String,
}

impl Page {
    pub(super) fn new(client: Client, base: &str, javascript: bool, session: String) -> Self {
        Self {
            client,
            base: base.to_owned(),
            javascript,
            session,
        }
    }

    /// Goes to a path.
    pub(crate) async fn open(&self, path: &str) -> Result<()> {
        let url = format!("{}{path}", self.base);
        self.client
            .goto(&url)
            .await
            .with_context(|| format!("opening {path}"))
    }

    /// The path it is at.
    pub(crate) async fn path(&self) -> Result<String> {
        Ok(self.client.current_url().await?.path().to_owned())
    }

    /// Where it is and what it shows, for error messages.
    pub(super) async fn whereabouts(&self) -> String {
        let path = self.path().await.unwrap_or_default();
        let text = self.text("main").await.unwrap_or_default();
        format!(
            "at {path} (JavaScript {}), which shows:\n{text}\n",
            if self.javascript { "on" } else { "off" }
        )
    }

    /// The first element that matches, as soon as there is one.
    pub(crate) async fn find(&self, css: &str) -> Result<Element> {
        let found = self
            .client
            .wait()
            .at_most(SOON)
            .for_element(Locator::Css(css))
            .await;
        found.with_context(|| format!("looking for {css}"))
    }

    /// Its text as a person sees it.
    pub(crate) async fn text(&self, css: &str) -> Result<String> {
        let element = self.find(css).await?;
        element.text().await.with_context(|| format!("reading {css}"))
    }

    /// Types into the field of that name, replacing what is there.
    pub(crate) async fn fill(&self, name: &str, text: &str) -> Result<()> {
        let field = self.find(&format!("[name='{name}']:not([type=hidden])")).await?;
        if field.tag_name().await? == "select" {
            return field
                .select_by_value(text)
                .await
                .with_context(|| format!("choosing {text} for {name}"));
        }
        if field.attr("type").await?.as_deref() == Some("datetime-local") {
            return self.set(field, text).await;
        }
        field.clear().await.with_context(|| format!("clearing {name}"))?;
        field
            .send_keys(text)
            .await
            .with_context(|| format!("typing into {name}"))
    }

    /// Sets a field whose keys depend on the browser's language.
    async fn set(&self, field: Element, text: &str) -> Result<()> {
        let script = "arguments[0].value = arguments[1]";
        let arguments = vec![serde_json::to_value(field)?, text.into()];
        let done = self.client.execute(script, arguments).await;
        done.map(drop).with_context(|| format!("setting {text}"))
    }

    /// Presses the button, or follows the link, that says `words`, and waits until the page has gone elsewhere or said so.
    pub(crate) async fn press(&self, words: &str) -> Result<()> {
        let xpath =
            format!("//*[self::button or self::a][normalize-space()=\"{words}\" or @aria-label=\"{words}\"]");
        let found = self
            .client
            .wait()
            .at_most(SOON)
            .for_element(Locator::XPath(&xpath))
            .await;
        let element = found.with_context(|| format!("looking for what says “{words}”"))?;
        element
            .click()
            .await
            .with_context(|| format!("pressing “{words}”"))
    }

    /// Ticks the box of that name, if there is one.
    pub(crate) async fn tick(&self, name: &str) -> Result<()> {
        let css = format!("input[type=checkbox][name='{name}']:not(:checked)");
        for unticked in self.client.find_all(Locator::Css(&css)).await? {
            unticked
                .click()
                .await
                .with_context(|| format!("ticking {name}"))?;
        }
        Ok(())
    }

    /// Whether there is an element that matches.
    pub(crate) async fn has(&self, css: &str) -> Result<bool> {
        Ok(!self.client.find_all(Locator::Css(css)).await?.is_empty())
    }

    /// Whether something says `words`.
    pub(crate) async fn offers(&self, words: &str) -> Result<bool> {
        let xpath = format!("//*[self::button or self::a][normalize-space()=\"{words}\"]");
        Ok(!self.client.find_all(Locator::XPath(&xpath)).await?.is_empty())
    }

    /// Waits until the element's text holds `wanted`. With JavaScript the page must get there by itself; without, it is
    /// loaded again. An error as soon as the text holds one of `never`.
    pub(crate) async fn wait_for(
        &self,
        css: &str,
        wanted: &str,
        never: &[&str],
        limit: Duration,
    ) -> Result<String> {
        let deadline = Instant::now() + limit;
        loop {
            // An element may be replaced between being found and being read: that is no answer yet.
            let text = match self.client.find(Locator::Css(css)).await {
                Ok(element) => element.text().await.unwrap_or_default(),
                Err(_) => String::new(),
            };
            if text.contains(wanted) {
                return Ok(text);
            }
            if let Some(word) = never.iter().find(|word| text.contains(**word)) {
                bail!("waiting for “{wanted}” at {css}: it says “{word}”");
            }
            ensure!(
                Instant::now() < deadline,
                "waiting for “{wanted}” at {css}: it still says “{text}”"
            );
            sleep(Duration::from_millis(250)).await;
            if !self.javascript {
                sleep(Duration::from_secs(1)).await;
                self.client.refresh().await.context("loading the page again")?;
            }
        }
    }

    /// Logs in through the form.
    pub(crate) async fn log_in(&self, person: Person) -> Result<()> {
        self.open("/login").await?;
        self.fill("login", person.login).await?;
        self.fill("password", &person.password()).await?;
        self.press("Log in").await?;
        self.find(".sidebar .who")
            .await
            .map(drop)
            .with_context(|| format!("logging in as {}", person.login))
    }

    /// Logs out.
    pub(crate) async fn log_out(&self) -> Result<()> {
        self.press("Log out").await?;
        self.find("form[action='/login']")
            .await
            .map(drop)
            .context("logging out")
    }

    /// The session cookie's value.
    pub(crate) async fn session_cookie(&self) -> Result<String> {
        let cookies = self.client.get_all_cookies().await?;
        let session = cookies
            .into_iter()
            .find(|cookie| cookie.name().contains("lifeboat"));
        let session = session.context("there is no session cookie")?;
        ensure!(
            session.http_only() == Some(true),
            "scripts can read the session cookie"
        );
        ensure!(
            session.secure() == Some(true),
            "the session cookie may travel unencrypted"
        );
        Ok(session.value().to_owned())
    }

    /// What the browser complained about since it was asked last: errors of scripts, blocked resources, failed requests.
    pub(crate) async fn complaints(&self) -> Result<Vec<String>> {
        let log = self.ask("se/log", &json!({ "type": "browser" })).await?;
        let entries = log.as_array().cloned().unwrap_or_default();
        let severe = entries.into_iter().filter(|entry| entry["level"] == "SEVERE");
        Ok(severe.map(|entry| entry["message"].to_string()).collect())
    }

    /// A command of Chromium's own protocol.
    pub(super) async fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        self.ask(
            "goog/cdp/execute",
            &json!({ "cmd": command, "params": parameters }),
        )
        .await
    }

    async fn ask(&self, endpoint: &str, body: &Value) -> Result<Value> {
        let request = reqwest::Client::new()
            .post(format!("{}/{endpoint}", self.session))
            .json(body);
        let answer = request
            .send()
            .await?
            .error_for_status()
            .with_context(|| format!("asking chromedriver for {body}"))?;
        let mut answer: Value = answer.json().await?;
        Ok(answer["value"].take())
    }
}
