//! The evidence of a failover: everything an auditor asks, on one page that prints. What it says is proven by the pack it links to.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::evidence::{Evidence, EvidenceEnvironment};
use lifeboat_domain::failover::{Failover, Origin};
use lifeboat_domain::reading::{LagPoint, LagSpan};

use super::failover::report;
use crate::model::EvidencePage;
use crate::parts::{
    LagLine, Mark, Shape, Tone, alert, crumbs, deed, failover_title, lag_line, panel, preconditions,
    step_title, table_wrap, tally,
};
use crate::words;

pub(crate) fn view(page: EvidencePage) -> AnyView {
    let evidence = &page.evidence;
    let failover = &evidence.failover;
    let steps = vec![
        ("/failovers".to_owned(), "Failovers".to_owned()),
        (format!("/failovers/{}", failover.id), failover_title(failover)),
    ];
    view! {
        {crumbs(steps)}
        <header class="page-head">
            <div>
                <h1>{title(evidence)}</h1>
                <p class="meta">
                    {Mark::of_failover(failover).view()}
                    {kept("RTO", evidence.met_rto).view()}
                    {kept("RPO", evidence.met_rpo).view()}
                    <span>{format!("made {}", words::exact(evidence.made_at))}</span>
                </p>
            </div>
            <div class="head-actions">
                <a class="button primary" href=format!("/api/v1/failovers/{}/evidence", failover.id) download="">"Download the signed pack"</a>
            </div>
        </header>
        {proof(&page)}
        {report::view(failover).unwrap_or_else(|| alert(Tone::Quiet, "Nothing was measured", "It ended before a report was made."))}
        {panel("who", "Who and why", (), who(failover))}
        {panel("people", "What people and the portal did", (), people(evidence))}
        {panel("steps", "Steps", (), steps_table(failover))}
        {shown(failover)}
        {panel("lag", "Replication lag", (), lag(evidence))}
        {panel("stood", "What stood there", (), environment(&evidence.environment))}
    }
    .into_any()
}

/// The preview's preconditions, or that there was none.
fn shown(failover: &Failover) -> AnyView {
    let title = "Preconditions, as they were shown";
    let Some(preview) = &failover.preview else {
        let none = "Nobody was shown a preview: the environment's automation acted by itself. What it asked stands with its first step.";
        return panel(
            "preconditions",
            title,
            (),
            view! { <p class="panel-body third">{none}</p> },
        );
    };
    let counted = view! { <span class="third">{tally(preview)}</span> };
    panel(
        "preconditions",
        title,
        counted,
        preconditions(preview, preview.made_at),
    )
}

pub(crate) fn title(evidence: &Evidence) -> String {
    format!("Evidence: {}", failover_title(&evidence.failover))
}

/// Whether an objective was kept, as a fact of the head.
fn kept(objective: &str, met: Option<bool>) -> Mark {
    match met {
        Some(true) => Mark::new(Tone::Ok, Shape::Check, format!("{objective} met")),
        Some(false) => Mark::new(Tone::Bad, Shape::Cross, format!("{objective} missed")),
        None => Mark::new(Tone::Quiet, Shape::Unknown, format!("{objective} not measured")),
    }
}

fn proof(page: &EvidencePage) -> AnyView {
    let previous = match &page.evidence.previous {
        Some(digest) => digest.to_string(),
        None => "none: it is the first of this environment".to_owned(),
    };
    let verify = format!("lifeboat evidence verify FILE --public-key {}", page.public_key);
    let facts = vec![
        (
            "Pack",
            format!(
                "{} of {}",
                page.evidence.sequence, page.evidence.environment.suffix
            ),
        ),
        ("Digest", page.digest.to_string()),
        ("Pack before", previous),
    ];
    let body = view! {
        {list(facts)}
        <div class="panel-body verify">
            <p class="second">"Download the pack and verify it anywhere, without this portal:"</p>
            <p class="command"><code>{verify}</code></p>
        </div>
    };
    panel("proof", "Proof", (), body)
}

/// Facts in two columns; long ones break anywhere.
fn list(facts: Vec<(&'static str, String)>) -> AnyView {
    let rows = facts
        .into_iter()
        .map(|(name, value)| view! { <dt>{name}</dt><dd class="evidence-value">{value}</dd> })
        .collect_view();
    view! { <dl class="facts panel-body">{rows}</dl> }.into_any()
}

fn who(failover: &Failover) -> AnyView {
    let yes = |given: bool| {
        if given {
            "accepted"
        } else {
            "not asked or not accepted"
        }
        .to_owned()
    };
    let accepted = failover.acknowledged;
    let nobody = match &failover.origin {
        Origin::Portal => "nobody else".to_owned(),
        Origin::Automation { operation, .. } => {
            format!("nobody: the environment's automation acted by itself, and calls it {operation}")
        }
    };
    list(vec![
        ("Asked for by", failover.asked_by().to_owned()),
        ("At", words::exact(failover.created_at)),
        (
            "Confirmed by",
            failover.confirmed_by_login.clone().unwrap_or(nobody),
        ),
        ("Reason", failover.reason.clone()),
        ("Rehearsal", if failover.drill { "yes" } else { "no" }.to_owned()),
        ("Data loss", yes(accepted.data_loss)),
        ("Roles changed a short while ago", yes(accepted.flapping)),
        ("A running apply overridden", yes(accepted.running_apply)),
        (
            "Roles",
            format!("{} to {}", failover.from_region, failover.to_region),
        ),
        (
            "How it ended",
            failover
                .why
                .clone()
                .unwrap_or_else(|| failover.state.as_str().to_owned()),
        ),
    ])
}

fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S%.3f UTC").to_string()
}

fn people(evidence: &Evidence) -> AnyView {
    let rows = evidence
        .people
        .iter()
        .map(|act| {
            view! {
                <tr><td>{moment(act.at)}</td><td>{act.actor.clone()}</td><td>{deed(&act.action)}</td><td><code>{act.audit_hash.short().to_owned()}</code></td></tr>
            }
        })
        .collect_view();
    let head = view! { <tr><th scope="col">"When"</th><th scope="col">"Who"</th><th scope="col">"What"</th><th scope="col">"Audit"</th></tr> };
    table_wrap(
        "What people and the portal did",
        view! { <table><thead>{head}</thead><tbody>{rows}</tbody></table> },
    )
}

fn steps_table(failover: &Failover) -> AnyView {
    // The day stands in the head of the page, and beside a step of another day.
    let day = failover.created_at.date_naive();
    let time = |at: Option<DateTime<Utc>>| match at {
        Some(at) if at.date_naive() == day => at.format("%H:%M:%S%.3f").to_string(),
        Some(at) => moment(at),
        None => "–".to_owned(),
    };
    let rows = failover
        .steps
        .iter()
        .map(|step| {
            let title = step_title(step.name, &failover.from_region, &failover.to_region);
            view! {
                <tr>
                    <th scope="row">{title}</th>
                    <td>{Mark::of_step(step.state).view()}</td>
                    <td class="time">{time(step.started_at)}</td>
                    <td class="time">{time(step.ended_at)}</td>
                    <td class="evidence-value">{step.note.clone()}</td>
                    <td class="evidence-value"><code>{step.request_ids.join(" ")}</code></td>
                </tr>
            }
        })
        .collect_view();
    let head = [
        "Step",
        "State",
        "Begun, UTC",
        "Ended, UTC",
        "Found",
        "AWS request ids",
    ]
    .map(|word| view! { <th scope="col">{word}</th> })
    .into_iter()
    .collect_view();
    table_wrap(
        "Steps",
        view! { <table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table> },
    )
}

/// Drawn, and every point as a figure below.
fn lag(evidence: &Evidence) -> AnyView {
    let points: &[LagPoint] = &evidence.lag;
    if points.is_empty() {
        return view! { <p class="panel-body third">"Nothing was recorded at that time."</p> }.into_any();
    }
    let rows = points
        .iter()
        .map(|point| {
            let seconds = point
                .seconds
                .map_or_else(|| "not known".to_owned(), |seconds| format!("{seconds:.3} s"));
            view! { <tr><td>{moment(point.at)}</td><td>{seconds}</td></tr> }
        })
        .collect_view();
    let head = view! { <tr><th scope="col">"From"</th><th scope="col">"Greatest lag"</th></tr> };
    let known = points.iter().filter_map(|point| point.seconds);
    let greatest = known.fold(None, |most: Option<f64>, seconds| {
        Some(most.map_or(seconds, |most| most.max(seconds)))
    });
    let greatest = greatest.map_or_else(
        || "never known".to_owned(),
        |seconds| format!("at most {seconds:.3} s"),
    );
    let count = words::counted(points.len(), "point", "points");
    let last = points.last().map(|point| point.at).unwrap_or(evidence.made_at);
    let line = LagLine {
        points,
        span: LagSpan::Hour,
        resolution_seconds: LagSpan::Hour.resolution_seconds(),
        rpo_seconds: Some(evidence.failover.rpo_seconds),
    };
    let line = lag_line(&line, last).map(|line| {
        view! { <div class="panel-body">{line}<p class="third">"The hour until its end; the dotted line is the RPO. A gap is time without a reading."</p></div> }
    });
    view! {
        {line}
        <details class="fold part">
            <summary><span>{format!("{count}, {greatest}")}</span></summary>
            {table_wrap("Replication lag", view! { <table><thead>{head}</thead><tbody>{rows}</tbody></table> })}
        </details>
    }
    .into_any()
}

fn environment(environment: &EvidenceEnvironment) -> AnyView {
    let applied = environment.last_applied.as_ref().map_or_else(
        || "none".to_owned(),
        |applied| {
            let digest = applied
                .plan_digest
                .as_ref()
                .map_or_else(|| "?".to_owned(), ToString::to_string);
            let by = applied.approved_by.as_deref().unwrap_or("?");
            format!("{digest}, run {}, approved by {by}", applied.number)
        },
    );
    list(vec![
        ("Environment", environment.suffix.clone()),
        ("Team", environment.team.clone()),
        ("Account", environment.account.clone()),
        (
            "Profile",
            format!("{} {}", environment.profile, environment.profile_digest),
        ),
        ("State", format!("serial {}", environment.state_serial)),
        ("Plan applied last", applied),
    ])
}
