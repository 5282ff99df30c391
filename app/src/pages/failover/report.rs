//! The report: what was measured against what was promised. What could not be measured says so.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::failover::Failover;
use lifeboat_domain::failover::report::Report;

use crate::pages::choose_profile::target;
use crate::parts::{Mark, Shape, Tone, panel, step_title, table_wrap};
use crate::words;

pub(crate) fn view(failover: &Failover) -> Option<AnyView> {
    let report = failover.report.as_ref()?;
    let body = view! {
        <table class="report">
            <thead>
                <tr><th scope="col">"Objective"</th><th scope="col">"Promised"</th><th scope="col">"Measured"</th><th scope="col">"Met"</th></tr>
            </thead>
            <tbody>
                {objective("RTO", report.rto_objective_seconds, report.rto_seconds, since_trigger(report))}
                {report
                    .rto_from_failure_seconds
                    .map(|seconds| objective(
                        "RTO from the first failed probe",
                        report.rto_objective_seconds,
                        Some(seconds),
                        report.met_rto(),
                    ))}
                {objective("RPO", report.rpo_objective_seconds, report.lost_seconds, report.met_rpo())}
            </tbody>
        </table>
    };
    let measured = failover.is_by_automation().then(|| {
        view! { <p class="panel-body second">"As the environment's automation measured it. It looks at the DNS switch, and asks no DNS."</p> }
    });
    Some(
        view! {
            <div class="column" id="failover-report">
                {panel("report", "Report", (), view! { {measured}{table_wrap("Objectives", body)}{moments(report)} })}
                {panel("timings", "Step timings", (), timings(failover, report))}
            </div>
        }
        .into_any(),
    )
}

fn since_trigger(report: &Report) -> Option<bool> {
    Some(report.rto_seconds? <= f64::from(report.rto_objective_seconds))
}

fn objective(name: &'static str, promised: u32, measured: Option<f64>, met: Option<bool>) -> AnyView {
    let met = match met {
        Some(true) => Mark::new(Tone::Ok, Shape::Check, "Met"),
        Some(false) => Mark::new(Tone::Bad, Shape::Cross, "Missed"),
        None => Mark::new(Tone::Quiet, Shape::Unknown, "Not measured"),
    };
    let measured = measured.map_or_else(|| "?".to_owned(), words::figure);
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td>{target(promised)}</td>
            <td><b class="figure">{measured}</b></td>
            <td>{met.view()}</td>
        </tr>
    }
    .into_any()
}

/// The moments that the figures are made of.
fn moments(report: &Report) -> AnyView {
    let moment = |name: &'static str, at: Option<DateTime<Utc>>, otherwise: &'static str| {
        let at = match at {
            Some(at) => view! { <time datetime=at.to_rfc3339() title=words::exact(at)>{format!("{} UTC", at.format("%H:%M:%S%.3f"))}</time> }
                .into_any(),
            None => view! { <span class="third">{otherwise}</span> }.into_any(),
        };
        view! { <dt>{name}</dt><dd>{at}</dd> }
    };
    view! {
        <dl class="facts panel-body">
            {moment("First failed probe", report.first_failed_at, "nothing had failed")}
            {moment("Asked for", Some(report.triggered_at), "")}
            {moment("First write there", report.first_write_at, "not seen")}
            {moment("Name leads there", report.name_moved_at, "not seen")}
            {moment("Switch holds it there", report.switch_confirmed_at, "not seen")}
            <dt>"Of it not spent waiting"</dt><dd>{report.own_seconds.map_or_else(|| "not measured".to_owned(), words::figure)}</dd>
        </dl>
    }
    .into_any()
}

fn timings(failover: &Failover, report: &Report) -> AnyView {
    let longest = report.steps.iter().map(|step| step.seconds).fold(0.1, f64::max);
    let rows = report
        .steps
        .iter()
        .map(|step| {
            view! {
                <li>
                    <span>{step_title(step.name, &failover.from_region, &failover.to_region)}</span>
                    <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" focusable="false">
                        <rect width=format!("{:.1}", (step.seconds / longest * 100.0).max(0.4)) height="6"/>
                    </svg>
                    <span class="took">{words::figure(step.seconds)}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="timings">{rows}</ol> }.into_any()
}
