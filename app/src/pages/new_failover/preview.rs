//! What a failover would do now: from where to where, what is at risk, how long, what must hold, step by step.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::failover::preview::Preview;

use crate::model::NewFailoverPage;
use crate::pages::choose_profile::target;
use crate::parts::{Mark, Picture, Shape, Tone, panel, preconditions, region_picture, step_title, tally};
use crate::words;

pub(super) fn view(page: &NewFailoverPage, preview: &Preview, now: DateTime<Utc>) -> AnyView {
    let regions = page.readings.as_ref().map(|readings| {
        let picture = Picture {
            readings,
            rpo_seconds: Some(preview.rpo_seconds),
            moving_to: Some(&preview.to_region),
            now,
        };
        view! { <section class="panel" aria-label="Regions now">{region_picture(&picture)}</section> }
    });
    let made = view! {
        <span class="third">
            "asked "
            <time datetime=preview.made_at.to_rfc3339() title=words::exact(preview.made_at) data-age="">
                {words::age(preview.made_at, now)}
            </time>
        </span>
    };
    let counted = view! { <span class="third">{tally(preview)}</span> };
    view! {
        {panel("would", "What it would do", made, view! { <div class="panel-body">{summary(preview)}</div> })}
        {panel("preconditions", "Preconditions", counted, preconditions(preview, now))}
        {panel("steps", "Steps", (), steps(preview))}
        {regions}
    }
    .into_any()
}

/// From where to where, the loss and the time: the three figures that decide.
pub(crate) fn summary(preview: &Preview) -> AnyView {
    let from = preview.from_region.clone().unwrap_or_else(|| "?".to_owned());
    let unknown = preview
        .from_region
        .is_none()
        .then(|| view! { <small>"which region writes now is unknown"</small> });
    view! {
        <dl class="figures">
            <div>
                <dt>"Writer"</dt>
                <dd><span class="second">{from}</span>" → "<b>{preview.to_region.clone()}</b>{unknown}</dd>
            </div>
            <div><dt>"At risk"</dt><dd>{at_risk(preview)}</dd></div>
            <div><dt>"Takes about"</dt><dd>{expected(preview)}</dd></div>
        </dl>
    }
    .into_any()
}

fn at_risk(preview: &Preview) -> AnyView {
    let rpo = format!("RPO {}", target(preview.rpo_seconds));
    match (preview.lossless, preview.at_risk_seconds) {
        (true, _) => view! { <b>"nothing"</b><small>{format!("lossless; {rpo}")}</small> }.into_any(),
        (false, Some(seconds)) if seconds > f64::from(preview.rpo_seconds) => view! {
            <b class="over">{words::figure(seconds)}</b>
            <small>{Mark::new(Tone::Bad, Shape::Cross, format!("more than the {rpo}")).view()}</small>
        }
        .into_any(),
        (false, Some(seconds)) => {
            view! { <b>{words::figure(seconds)}</b><small>{format!("of writes; {rpo}")}</small> }.into_any()
        }
        (false, None) => view! { <b>"?"</b><small>{format!("the lag is unknown; {rpo}")}</small> }.into_any(),
    }
}

fn expected(preview: &Preview) -> AnyView {
    let rto = format!("RTO {}", target(preview.rto_seconds));
    match preview.expected_seconds {
        Some(seconds) => {
            let from = match preview.experience {
                1 => "the one before".to_owned(),
                count => format!("{count} earlier ones"),
            };
            view! { <b>{words::figure(seconds)}</b><small>{format!("from {from}; {rto}")}</small> }.into_any()
        }
        None => view! { <b>"not measured yet"</b><small>{format!("promised within the {rto}")}</small> }
            .into_any(),
    }
}

/// The steps as announced.
pub(crate) fn steps(preview: &Preview) -> AnyView {
    let from = preview
        .from_region
        .clone()
        .unwrap_or_else(|| "the other region".to_owned());
    let rows = preview
        .steps
        .iter()
        .map(|step| {
            let undo = match &step.undo {
                Some(undo) => view! { <p class="undo">{words::sentence(undo)}</p> }.into_any(),
                None => view! { <p class="third">"Changes nothing."</p> }.into_any(),
            };
            view! {
                <li>
                    <div>
                        <p><b>{step_title(step.name, &from, &preview.to_region)}</b>" "<span class="second">{step.what.clone()}</span></p>
                        {undo}
                    </div>
                    <span class="third">{step.usual_seconds.map(|seconds| format!("about {}", words::figure(seconds)))}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="announced">{rows}</ol> }.into_any()
}
