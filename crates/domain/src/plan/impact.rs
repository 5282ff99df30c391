//! What a plan does to the environment's ability to fail over, judged with the roles as they are now.
//!
//! What lives here: the findings, and what they mean for an approval. What must not: what happened to a resource in
//! general; that is the plan's. A value the plan does not know is never taken for a harmless one.

mod change;
mod class;
mod rules;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Plan;
use crate::run::RunKind;

/// How much a finding weighs. The heaviest comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nobody may approve it.
    Forbidden,
    /// On a guarded account nobody may approve it.
    Endangers,
    /// It is said.
    Informs,
}

/// One thing a plan does to disaster recovery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DrImpact {
    /// How much it weighs.
    pub severity: Severity,
    /// In a few words.
    pub title: String,
    /// What it means now, and what to do instead.
    pub detail: String,
    /// Resources that do it, in the order of the plan.
    pub addresses: Vec<String>,
}

/// The roles as they are, and what the profile promises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roles<'a> {
    /// Region that writes now.
    pub active: &'a str,
    /// Region that stands by now.
    pub standby: &'a str,
    /// Region that was built as primary; none when the profile that says so is no longer offered.
    pub built_primary: Option<&'a str>,
    /// Recovery time objective, seconds; none when the profile is no longer offered.
    pub rto_seconds: Option<u32>,
    /// Recovery point objective, seconds; none when the profile is no longer offered.
    pub rpo_seconds: Option<u32>,
    /// Database instances in the state the plan was made from, by region.
    pub instances: BTreeMap<String, u32>,
}

impl Roles<'_> {
    /// Whether the region built as standby writes.
    pub fn are_swapped(&self) -> bool {
        self.built_primary.is_some_and(|built| built != self.active)
    }
}

/// What `plan` does to disaster recovery, the heaviest finding first; nothing for a plan that only makes what is not there.
pub fn assess(plan: &Plan, kind: RunKind, roles: &Roles<'_>) -> Vec<DrImpact> {
    if plan.changes.is_empty() {
        return Vec::new();
    }
    let mut found = match kind {
        RunKind::Destroy => destroyed(roles),
        RunKind::Provision | RunKind::Update => changed(plan, roles),
    };
    found.sort_by_key(|impact| impact.severity);
    found
}

fn changed(plan: &Plan, roles: &Roles<'_>) -> Vec<DrImpact> {
    let mut found: Vec<DrImpact> = rules::RULES
        .iter()
        .filter_map(|rule| rule.apply(plan, roles))
        .collect();
    found.extend(class::broken(plan, roles));
    if roles.are_swapped() {
        found.push(DrImpact {
            severity: Severity::Informs,
            title: "The roles are swapped".to_owned(),
            detail: format!(
                "{} was built as the standby and writes now; {} follows. This plan was judged by these roles.",
                roles.active, roles.standby
            ),
            addresses: Vec::new(),
        });
    }
    found
}

/// Everything goes, so the single resources say nothing more.
fn destroyed(roles: &Roles<'_>) -> Vec<DrImpact> {
    let (severity, title, detail) = match why_not_destroy(roles.active, roles.built_primary) {
        Some(why) => (
            Severity::Forbidden,
            "Cannot be destroyed while failed over",
            sentence(&why),
        ),
        None => (
            Severity::Informs,
            "Disaster recovery ends with the environment",
            format!(
                "The writer in {}, its copy in {} and everything that fails over between them go.",
                roles.active, roles.standby
            ),
        ),
    };
    vec![DrImpact {
        severity,
        title: title.to_owned(),
        detail,
        addresses: Vec::new(),
    }]
}

/// Why nothing of the environment can be destroyed now: the cluster built as standby writes. Terraform takes that one away first,
/// and AWS lets no writer go before its followers: the destroy would stop half-way, with the data gone or not.
pub fn why_not_destroy(active: &str, built_primary: Option<&str>) -> Option<String> {
    let built = built_primary.filter(|built| *built != active)?;
    Some(format!(
        "the environment is failed over: {active} writes, and Terraform would take that away first; switch back first, to {built}, then plan to destroy it"
    ))
}

/// Why nobody may approve a plan with these findings; none when they only inform, or endanger where that is let through.
pub fn refusal(impact: &[DrImpact], guarded: bool) -> Option<String> {
    let refused = |severity| {
        let titles: Vec<_> = impact
            .iter()
            .filter(|impact| impact.severity == severity)
            .map(|impact| format!("“{}”", impact.title))
            .collect();
        (!titles.is_empty()).then(|| titles.join(", "))
    };
    if let Some(titles) = refused(Severity::Forbidden) {
        let detail = impact
            .iter()
            .find(|impact| impact.severity == Severity::Forbidden);
        let detail = detail.map_or("", |impact| impact.detail.as_str());
        return Some(format!("this plan cannot be applied: {titles}. {detail}"));
    }
    refused(Severity::Endangers).filter(|_| guarded).map(|titles| {
        format!(
            "this plan endangers disaster recovery and its account is guarded: {titles}; reject it, and plan again without that"
        )
    })
}

/// With a capital and a full stop.
fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), characters.as_str())
}

#[cfg(test)]
mod tests;
