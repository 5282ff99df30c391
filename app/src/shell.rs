//! The document around a page: head, navigation, notices, landmarks.

use leptos::config::LeptosOptions;
use leptos::hydration::HydrationScripts;
use leptos::prelude::*;

use crate::islands::RelativeTimes;
use crate::model::{Frame, Page};
use crate::pages;
use crate::parts::{Tone, alert, icon, sprite};

/// The whole document.
pub(crate) fn document(frame: Frame, page: Page) -> AnyView {
    let title = format!("{} · Lifeboat", pages::title(&page));
    let refresh = pages::refresh_without_script(&page);
    let options = LeptosOptions::builder().output_name("lifeboat").build();
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>{title}</title>
                <link rel="icon" href="/assets/images/lifeboat.svg" type="image/svg+xml"/>
                <link rel="preload" href="/assets/fonts/inter.woff2" r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
                <link rel="stylesheet" href="/assets/lifeboat.css"/>
                {refresh
                    .map(|seconds| {
                        view! { <noscript><meta http-equiv="refresh" content=seconds.to_string()/></noscript> }
                    })}
                <HydrationScripts options islands=true/>
            </head>
            {body(frame, page)}
        </html>
    }
    .into_any()
}

fn body(frame: Frame, page: Page) -> AnyView {
    let notices = view! {
        {frame.unsandboxed.then(unsandboxed)}
        {frame.notice.clone().map(|text| view! { <div class="notice" role="status">{icon("check")}<span>{text}</span></div> })}
    };
    let sidebar = frame.principal.is_some().then(|| sidebar(&frame, &page));
    let class = if sidebar.is_some() { "" } else { "bare" };
    view! {
        <body class=class>
            <a class="skip" href="#main">"Skip to the content"</a>
            {sprite()}
            {sidebar}
            <main id="main" tabindex="-1">{notices} {pages::view(page, frame.now)}</main>
            <RelativeTimes/>
        </body>
    }
    .into_any()
}

fn unsandboxed() -> AnyView {
    alert(
        Tone::Warn,
        "Runs are not sandboxed",
        view! { <p>"This portal runs with "<code>"sandbox = \"unsafe-none\""</code>", which is for development only."</p> },
    )
}

fn sidebar(frame: &Frame, page: &Page) -> AnyView {
    let here = |path: &'static str| (pages::section(page) == path).then_some("page");
    let link = |path: &'static str, word: &'static str, count: u32| {
        let counted = if path == "/failovers" { " open" } else { " waiting" };
        let count = (count > 0).then(|| {
            view! { <span class="nav-count">{count}<span class="sr">{counted}</span></span> }
        });
        view! { <li><a href=path aria-current=here(path)>{word}{count}</a></li> }
    };
    let person = frame.principal.as_ref().map(|principal| {
        let teams: Vec<_> = principal.memberships.iter().map(|m| m.team.name.clone()).collect();
        let teams = match (teams.is_empty(), principal.user.is_admin) {
            (false, _) => teams.join(", "),
            (true, true) => "portal admin".to_owned(),
            (true, false) => "in no team".to_owned(),
        };
        view! {
            <div class="who">
                <p><span class="second">{principal.user.display_name.clone()}</span><span class="third">{teams}</span></p>
                <form method="post" action="/logout"><button class="button small" type="submit">"Log out"</button></form>
            </div>
        }
    });
    view! {
        <header class="sidebar">
            <a class="brand" href="/">{icon("lifeboat")}<span>"Lifeboat"</span></a>
            <nav aria-label="Main">
                <ul>
                    {link("/", "Fleet", 0)}
                    {link("/runs", "Runs", 0)}
                    {link("/approvals", "Approvals", frame.approvals_waiting)}
                    {link("/failovers", "Failovers", frame.failovers_open)}
                    {link("/drills", "Drills", 0)}
                    {link("/tokens", "API tokens", 0)}
                    {link("/docs/api", "API reference", 0)}
                </ul>
            </nav>
            {person}
        </header>
    }
    .into_any()
}
