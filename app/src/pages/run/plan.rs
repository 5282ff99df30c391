//! The plan as a review: DR impact first, then what is lost, then changes by module with only what differs.

use leptos::prelude::*;
use lifeboat_domain::plan::{Action, AttributeChange, ModuleChanges, Plan, PlanValue, ResourceChange};
use lifeboat_domain::run::RunKind;

use super::impact;
use super::value::change;
use crate::parts::{Tone, alert, plan_counts};
use crate::words;

pub(super) fn view(plan: &Plan, kind: RunKind, guarded: bool) -> AnyView {
    let impact = impact::view(&plan.impact, guarded);
    let losses = losses(plan, kind);
    let modules = plan.by_module().into_iter().map(module).collect_view();
    let outputs = outputs(plan);
    let drift = drift(plan);
    let unchanged = (plan.unchanged > 0).then(|| {
        let count = words::counted(plan.unchanged as usize, "resource", "resources");
        view! { <p class="third">{format!("{count} unchanged.")}</p> }
    });
    view! {
        <section class="plan" aria-labelledby="plan-title">
            <h2 id="plan-title" class="sr">"Plan"</h2>
            {impact}
            {losses}
            {drift}
            {modules}
            {outputs}
            {unchanged}
        </section>
    }
    .into_any()
}

/// What this plan takes away.
fn losses(plan: &Plan, kind: RunKind) -> Option<AnyView> {
    if kind == RunKind::Destroy && !plan.changes.is_empty() {
        let count = words::counted(plan.changes.len(), "resource", "resources");
        return Some(alert(
            Tone::Bad,
            "This plan destroys the environment",
            view! { <p>{format!("{count} in both regions, the databases and what is in the buckets among them.")}</p> },
        ));
    }
    let lost: Vec<_> = plan
        .changes
        .iter()
        .filter(|change| matches!(change.action, Action::Delete | Action::Replace))
        .collect();
    if lost.is_empty() {
        return None;
    }
    let title = words::counted(
        lost.len(),
        "resource is destroyed or replaced",
        "resources are destroyed or replaced",
    );
    let rows = lost
        .iter()
        .map(|change| {
            let why = change
                .attributes
                .iter()
                .find(|attribute| attribute.forces_replacement);
            let why = why.map(|attribute| format!(", because {} cannot change in place", attribute.path));
            let what = if change.action == Action::Delete {
                " is destroyed"
            } else {
                " is replaced"
            };
            view! { <li><code>{change.address.clone()}</code>{what}{why}</li> }
        })
        .collect_view();
    Some(alert(Tone::Bad, title, view! { <ul>{rows}</ul> }))
}

fn module(module: ModuleChanges<'_>) -> AnyView {
    let title = if module.module.is_empty() {
        "root".to_owned()
    } else {
        module.module.to_owned()
    };
    let counts = (!module.counts.is_empty()).then(|| plan_counts(module.counts, false));
    let rows = module.changes.into_iter().map(resource).collect_view();
    view! {
        <section class="panel plan-module">
            <header class="panel-head"><h3><code>{title}</code></h3><div class="panel-aside">{counts}</div></header>
            {rows}
        </section>
    }
    .into_any()
}

/// Sign, class and spoken word of an action.
fn sign(action: Action) -> (&'static str, &'static str, &'static str) {
    match action {
        Action::Create => ("+", "sign-create", "create"),
        Action::Update => ("~", "sign-update", "change"),
        Action::Replace => ("±", "sign-delete", "replace"),
        Action::Delete => ("−", "sign-delete", "destroy"),
        Action::Read => ("?", "third", "read"),
        Action::Forget => ("×", "third", "forget"),
    }
}

/// Changes are open, for they are what has to be read; what is made or destroyed whole is folded.
fn resource(change: &ResourceChange) -> AnyView {
    let (glyph, class, word) = sign(change.action);
    let name = match change.module.is_empty() {
        true => change.address.clone(),
        false => change
            .address
            .strip_prefix(&format!("{}.", change.module))
            .unwrap_or(&change.address)
            .to_owned(),
    };
    let open = matches!(change.action, Action::Update | Action::Replace);
    let aside = aside(change);
    let rows = change.attributes.iter().map(attribute).collect_view();
    view! {
        <details class="change" open=open>
            <summary>
                <b class=format!("sign {class}") aria-hidden="true">{glyph}</b>
                <span class="sr">{format!("{word} ")}</span>
                <code>{name}</code>
                <span class="third change-aside">{aside}</span>
            </summary>
            <dl class="attributes">{rows}</dl>
        </details>
    }
    .into_any()
}

fn aside(change: &ResourceChange) -> String {
    let unknown = change
        .attributes
        .iter()
        .filter(|a| a.after == PlanValue::Unknown)
        .count();
    let total = change.attributes.len();
    let what = match change.action {
        Action::Create if unknown > 0 => format!("new, {} set, {unknown} known after apply", total - unknown),
        Action::Create => format!("new, {total} set"),
        Action::Delete => "destroyed".to_owned(),
        Action::Replace => format!(
            "replaced, {}",
            words::counted(total, "attribute differs", "attributes differ")
        ),
        Action::Update => words::counted(total, "attribute", "attributes"),
        Action::Read => "read during the apply".to_owned(),
        Action::Forget => "left out of the state, not destroyed".to_owned(),
    };
    match change.region.is_empty() {
        true => what,
        false => format!("{}, {what}", change.region),
    }
}

fn attribute(attribute: &AttributeChange) -> impl IntoView + use<> {
    let forces = attribute
        .forces_replacement
        .then(|| view! { <span class="forces">"forces replacement"</span> });
    view! {
        <dt>{attribute.path.clone()}</dt>
        <dd>{change(&attribute.before, &attribute.after)} {forces}</dd>
    }
}

fn outputs(plan: &Plan) -> Option<AnyView> {
    if plan.outputs.is_empty() {
        return None;
    }
    let count = words::counted(plan.outputs.len(), "output changes", "outputs change");
    let rows = plan
        .outputs
        .iter()
        .map(
            |output| view! { <dt>{output.name.clone()}</dt><dd>{change(&output.before, &output.after)}</dd> },
        )
        .collect_view();
    Some(
        view! {
            <section class="panel plan-module">
                <details class="change">
                    <summary><b class="sign" aria-hidden="true">"="</b><span>"Outputs"</span><span class="third change-aside">{count}</span></summary>
                    <dl class="attributes">{rows}</dl>
                </details>
            </section>
        }
        .into_any(),
    )
}

/// What somebody changed by hand since the last apply.
fn drift(plan: &Plan) -> Option<AnyView> {
    if plan.drift.is_empty() {
        return None;
    }
    let rows = plan.drift.iter().map(resource).collect_view();
    Some(
        view! {
            <section class="panel plan-module drift">
                <header class="panel-head"><h3>"Changed outside of the portal"</h3></header>
                <p class="panel-note second">"Found while planning; the changes below take it into account."</p>
                {rows}
            </section>
        }
        .into_any(),
    )
}
