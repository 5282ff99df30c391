//! A profile's parameters as a form: the fields by group, and before them what is wrong.

use std::collections::BTreeMap;

use leptos::prelude::*;
use lifeboat_domain::parameter::{Parameter, ParameterGroup};
use lifeboat_domain::profile::Profile;
use lifeboat_domain::{FieldError, Problem};

use super::parameter_field::parameter_field;
use super::{error_of, field_id, icon, problem};
use crate::words;

/// What is wrong, before the fields: a link to each field, or the message itself where there is no such field.
pub(crate) fn what_is_wrong(profile: &Profile, errors: &[FieldError], refused: Option<Problem>) -> AnyView {
    let refused = refused
        .filter(|refused| refused.errors.is_empty() && errors.is_empty())
        .map(problem);
    let has_field = |name: &str| {
        matches!(name, "team" | "account")
            || name
                .strip_prefix("parameters.")
                .is_some_and(|name| profile.parameter(name).is_some())
    };
    let rows = errors
        .iter()
        .map(|error| {
            let label = label_of(profile, &error.field);
            match has_field(&error.field) {
                true => view! { <li><a href=format!("#{}", field_id(&error.field))>{label}</a>" "{error.message.clone()}</li> }.into_any(),
                false => view! { <li><code>{error.field.clone()}</code>" "{error.message.clone()}</li> }.into_any(),
            }
        })
        .collect_view();
    let summary = (!errors.is_empty()).then(|| {
        let title = words::counted(errors.len(), "field needs a look", "fields need a look");
        view! {
            <div class="alert tone-bad" role="alert">
                <p class="alert-title">{icon("cross")}<span>{title}</span></p>
                <div class="alert-body"><ul>{rows}</ul></div>
            </div>
        }
    });
    view! { {refused} {summary} }.into_any()
}

fn label_of(profile: &Profile, field: &str) -> String {
    match field {
        "team" => "Team".to_owned(),
        "account" => "Account".to_owned(),
        _ => field
            .strip_prefix("parameters.")
            .and_then(|name| profile.parameter(name))
            .map_or_else(|| field.to_owned(), |parameter| parameter.label.clone()),
    }
}

fn group_title(group: ParameterGroup) -> &'static str {
    match group {
        ParameterGroup::Identity => "Identity",
        ParameterGroup::Tags => "Tags",
        ParameterGroup::Capacity => "Capacity",
        ParameterGroup::Network => "Network",
        ParameterGroup::Dns => "DNS",
        ParameterGroup::Failover => "Failover",
        ParameterGroup::Operation => "Operation",
    }
}

/// The parameters by group; the order of groups is that of their first parameter.
///
/// `fixed`: a parameter that cannot be chosen here.
pub(crate) fn groups(
    profile: &Profile,
    fixed: Option<&str>,
    values: &BTreeMap<String, String>,
    errors: &[FieldError],
) -> Vec<AnyView> {
    let offered: Vec<&Parameter> = profile
        .parameters
        .iter()
        .filter(|parameter| fixed != Some(parameter.name.as_str()))
        .collect();
    let mut order: Vec<ParameterGroup> = Vec::new();
    for parameter in &offered {
        if !order.contains(&parameter.group) {
            order.push(parameter.group);
        }
    }
    order
        .into_iter()
        .map(|group| {
            let (advanced, plain): (Vec<&Parameter>, Vec<&Parameter>) = offered
                .iter()
                .filter(|p| p.group == group)
                .partition(|p| p.advanced);
            let fields = |parameters: Vec<&Parameter>| {
                parameters
                    .into_iter()
                    .map(|p| parameter_field(p, values, errors))
                    .collect_view()
            };
            // Folded fields that are wrong must not hide.
            let open = advanced
                .iter()
                .any(|p| error_of(errors, &format!("parameters.{}", p.name)).is_some());
            let more = (!advanced.is_empty()).then(|| {
                let count = words::counted(advanced.len(), "more setting", "more settings");
                view! {
                    <details class="advanced" open=open>
                        <summary>{count}</summary>
                        <div class="fields">{fields(advanced)}</div>
                    </details>
                }
            });
            view! {
                <fieldset class="panel group">
                    <legend>{group_title(group)}</legend>
                    <div class="fields">{fields(plain)}</div>
                    {more}
                </fieldset>
            }
            .into_any()
        })
        .collect()
}
