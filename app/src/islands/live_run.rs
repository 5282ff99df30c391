//! A run as it goes on: progress, the log, and the rest of the page when the run reaches its next state.

mod activity;
#[cfg(feature = "hydrate")]
mod browser;

use leptos::prelude::*;
use lifeboat_domain::event::Level;

pub use activity::{Activity, Step};

/// What the island shows and its listeners change.
#[derive(Clone, Copy)]
struct Live {
    activity: RwSignal<Activity>,
    /// Lines of the log.
    lines: RwSignal<usize>,
    /// Lines that match the search, while there is one.
    matches: RwSignal<Option<usize>>,
    search: RwSignal<String>,
    /// Whether the log scrolls with its end.
    follow: RwSignal<bool>,
    /// Whether there is more to come, and if so whether we are connected.
    connection: RwSignal<Connection>,
    /// Read out politely.
    said: RwSignal<String>,
    /// The page could not be brought up to date by itself.
    outdated: RwSignal<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Connection {
    /// The run ended: nothing more comes.
    Over,
    /// Not connected yet, and without scripts never.
    Apart,
    /// Connected.
    #[cfg(feature = "hydrate")]
    Live,
    /// Interrupted; only a browser notices.
    #[cfg(feature = "hydrate")]
    Lost,
}

/// Progress and log of the run with the id `run`, after the event `after`; `children` are the lines so far.
#[island]
pub fn LiveRun(
    run: String,
    after: i64,
    ended: bool,
    open: bool,
    lines: usize,
    activity: Activity,
    children: Children,
) -> impl IntoView {
    let connection = if ended {
        Connection::Over
    } else {
        Connection::Apart
    };
    let live = Live {
        activity: RwSignal::new(activity),
        lines: RwSignal::new(lines),
        matches: RwSignal::new(None),
        search: RwSignal::new(String::new()),
        follow: RwSignal::new(!ended),
        connection: RwSignal::new(connection),
        said: RwSignal::new(String::new()),
        outdated: RwSignal::new(false),
    };
    let (ready, set_ready) = signal(false);
    Effect::new(move |_| set_ready.set(true));
    let page = format!("/runs/{run}");
    let plain = format!("{page}/log.txt");
    #[cfg(feature = "hydrate")]
    browser::start(run, after, ended, live);
    #[cfg(not(feature = "hydrate"))]
    let _ = (run, after);
    view! {
        <p class="sr" role="status">{move || live.said.get()}</p>
        <p class="notice moved-on" role="status" hidden=move || !live.outdated.get()>
            <span>"This run has moved on. What you typed is kept. "</span>
            <a href=page>"Show the run as it is now"</a>
        </p>
        {move || progress(live.activity.get())}
        <details class="panel log" id="run-log" open=open>
            <summary>
                <h2>"Log"</h2>
                <span class="third">{move || crate::words::counted(live.lines.get(), "line", "lines")}</span>
                <span class="third log-connection">{move || connection_words(live.connection.get())}</span>
            </summary>
            <div class="log-tools" hidden=move || !ready.get()>
                <label class="choice">
                    <input type="checkbox" prop:checked=move || live.follow.get()
                        on:change=move |event| live.follow.set(event_target_checked(&event))/>
                    <span>"Follow"</span>
                </label>
                <input type="search" placeholder="Search the log…" aria-label="Search the log" autocomplete="off"
                    on:input=move |event| live.search.set(event_target_value(&event))/>
                <span class="third" role="status">
                    {move || live.matches.get().map(|count| crate::words::counted(count, "line matches", "lines match"))}
                </span>
            </div>
            <div class="log-scroll" id="log-scroll" tabindex="0" role="log" aria-live="off" aria-label="Log">
                {children()}
            </div>
            <p class="log-end"><a href=plain>"Plain text"</a></p>
        </details>
    }
}

/// How a line's level stands in its `data-level`; ordinary lines have none.
pub(crate) fn level_word(level: Level) -> Option<&'static str> {
    match level {
        Level::Info => None,
        Level::Warn => Some("warn"),
        Level::Error => Some("error"),
    }
}

fn connection_words(connection: Connection) -> &'static str {
    match connection {
        Connection::Over | Connection::Apart => "",
        #[cfg(feature = "hydrate")]
        Connection::Live => "live",
        #[cfg(feature = "hydrate")]
        Connection::Lost => "connection lost, trying again",
    }
}

/// How far the apply is, and what it is doing right now.
fn progress(activity: Activity) -> impl IntoView {
    let Activity {
        progress,
        running,
        failed,
    } = activity;
    let shown = progress.total > 0 || !running.is_empty() || !failed.is_empty();
    let bar = (progress.total > 0).then(|| {
        let label = format!("{} of {} done", progress.done, progress.total);
        view! {
            <div class="progress-line">
                <progress max=progress.total.to_string() value=progress.done.to_string() aria-label="Apply"></progress>
                <b>{label}</b>
            </div>
        }
    });
    let now = running
        .into_iter()
        .map(|step| {
            let since = step.since.to_rfc3339();
            view! {
                <li>
                    <span class="second">{step.action}</span>
                    <code>{step.address}</code>
                    <time class="third" datetime=since data-since="">{crate::words::between(step.since, chrono::Utc::now())}</time>
                </li>
            }
        })
        .collect_view();
    let failed = failed
        .into_iter()
        .map(|address| view! { <li class="tone-bad"><b>"failed"</b><code>{address}</code></li> })
        .collect_view();
    shown.then(|| view! { <section class="panel progress" aria-label="Progress">{bar}<ul>{failed}{now}</ul></section> })
}
