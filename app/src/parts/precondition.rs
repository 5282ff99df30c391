//! Preconditions grouped by what they mean: what blocks, what needs a yes, what should be known, what holds.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::failover::preview::{Precondition, Preview, Verdict};

use super::{Mark, Shape, Tone};
use crate::words;

/// What was found, counted: `14 hold, 1 unknown, none blocks`.
pub(crate) fn tally(preview: &Preview) -> String {
    let (mut hold, mut asks, mut told, mut unknown, mut blocks) = (0, 0, 0, 0, 0);
    for one in &preview.preconditions {
        let group = match one.verdict {
            _ if one.blocks() => &mut blocks,
            _ if one.asks().is_some() => &mut asks,
            Verdict::Holds => &mut hold,
            Verdict::Unknown => &mut unknown,
            Verdict::Warns | Verdict::Fails => &mut told,
        };
        *group += 1;
    }
    let mut parts = vec![words::counted(hold, "holds", "hold")];
    let others = [
        (asks, "needs a yes", "need a yes"),
        (told, "is good to know", "are good to know"),
        (unknown, "is unknown", "are unknown"),
    ];
    for (count, one, many) in others {
        if count > 0 {
            parts.push(words::counted(count, one, many));
        }
    }
    parts.push(match blocks {
        0 => "none blocks".to_owned(),
        blocks => words::counted(blocks, "blocks", "block"),
    });
    parts.join(", ")
}

/// All of a preview's preconditions.
pub(crate) fn preconditions(preview: &Preview, now: DateTime<Utc>) -> AnyView {
    let group = |title: &'static str, open: bool, belongs: &dyn Fn(&Precondition) -> bool| {
        let members: Vec<_> = preview.preconditions.iter().filter(|p| belongs(p)).collect();
        (!members.is_empty()).then(|| {
            let count = members.len();
            let rows = members.into_iter().map(|one| row(one, now)).collect_view();
            view! {
                <details class="verdicts" open=open>
                    <summary><h3>{title}</h3><span class="third">{count}</span></summary>
                    <ul>{rows}</ul>
                </details>
            }
        })
    };
    let blocks = |one: &Precondition| one.blocks();
    let asks = |one: &Precondition| one.asks().is_some();
    let holds = |one: &Precondition| one.verdict == Verdict::Holds;
    let told = |one: &Precondition| !(one.blocks() || one.asks().is_some() || one.verdict == Verdict::Holds);
    view! {
        {group("Blocks", true, &blocks)}
        {group("Needs your acknowledgement", true, &asks)}
        {group("Good to know", true, &told)}
        {group("Holds", true, &holds)}
    }
    .into_any()
}

fn mark(one: &Precondition) -> Mark {
    let (tone, shape, word) = match one.verdict {
        Verdict::Holds => (Tone::Ok, Shape::Check, "Holds"),
        Verdict::Warns => (Tone::Warn, Shape::Triangle, "Holds, but"),
        Verdict::Fails if one.blocks() => (Tone::Bad, Shape::Cross, "Does not hold"),
        Verdict::Fails => (Tone::Warn, Shape::Triangle, "Does not hold"),
        Verdict::Unknown => (Tone::Quiet, Shape::Unknown, "Unknown"),
    };
    Mark::new(tone, shape, word)
}

fn row(one: &Precondition, now: DateTime<Utc>) -> AnyView {
    let age = match one.observed_at {
        Some(at) => view! {
            <time datetime=at.to_rfc3339() title=words::exact(at) data-age="">{words::age(at, now)}</time>
        }
        .into_any(),
        None => view! { <span>"never read"</span> }.into_any(),
    };
    let remedy = one
        .remedy
        .as_ref()
        .map(|remedy| view! { <p class="remedy">{words::sentence(remedy)}</p> });
    view! {
        <li data-name=one.name.clone()>
            {mark(one).view()}
            <div>
                <p><b>{one.title.clone()}</b>" "<span class="second">{one.detail.clone()}</span></p>
                {remedy}
            </div>
            <p class="third">{one.source.clone()}", "{age}</p>
        </li>
    }
    .into_any()
}
