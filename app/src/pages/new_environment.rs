//! Step two of a new environment: the form, made from the profile's parameters.

mod parameter_field;
mod preview;

use std::collections::BTreeMap;

use leptos::prelude::*;
use lifeboat_domain::account::Account;
use lifeboat_domain::parameter::{Parameter, ParameterGroup};
use lifeboat_domain::person::Team;
use lifeboat_domain::profile::Profile;
use lifeboat_domain::{FieldError, Problem};

use crate::islands::LiveForm;
use crate::model::NewEnvironmentPage;
use crate::parts::{FieldText, Select, crumbs, empty, error_of, field_id, icon, problem, select};
use crate::words;
use parameter_field::parameter_field;

pub(crate) fn view(page: NewEnvironmentPage) -> AnyView {
    let title = page.profile.title.clone();
    let head = view! {
        {crumbs(vec![("/".into(), "Fleet".into()), ("/environments/new".into(), "New environment".into())])}
        <header class="page-head">
            <div>
                <h1>{format!("New {} environment", title.to_lowercase())}</h1>
                <p class="second">"Step 2 of 2: what is different about this one. Nothing is built before its plan is approved."</p>
            </div>
        </header>
    };
    let body = match (page.teams.is_empty(), page.accounts.is_empty()) {
        (true, _) => empty(
            "You cannot create environments yet",
            view! { <p>"None of your teams gives you the role of requester. Ask an admin of your team for it."</p> },
        ),
        (_, true) => empty(
            "No account is configured",
            view! { <p>"The portal needs an AWS account to act in: "<code>"[accounts.<name>]"</code>" in its configuration."</p> },
        ),
        _ => form(page),
    };
    view! { {head} {body} }.into_any()
}

fn form(page: NewEnvironmentPage) -> AnyView {
    let NewEnvironmentPage {
        profile,
        teams,
        accounts,
        values,
        errors,
        problem: refused,
        idempotency_key,
    } = page;
    let suffix = values
        .get(&format!("parameters.{}", profile.suffix_parameter))
        .cloned()
        .unwrap_or_default();
    let top = top(&profile, &errors, refused);
    let place = place(teams, accounts, &values, &errors);
    let groups = groups(&profile, &values, &errors);
    let preview = preview::view(&profile, &suffix);
    let live = profile.clone();
    view! {
        <LiveForm profile=live>
            <form method="post" action="/environments/new" class="new-environment" novalidate=true>
                <input type="hidden" name="profile" value=profile.name/>
                <input type="hidden" name="idempotency_key" value=idempotency_key/>
                <div class="form-main">
                    {top}
                    {place}
                    {groups}
                    <div class="form-end">
                        <button class="button primary" type="submit">"Create and plan"</button>
                        <p class="third">"Makes the environment and its first plan. An approver reads the plan before anything is built."</p>
                    </div>
                </div>
                {preview}
            </form>
        </LiveForm>
    }
    .into_any()
}

/// What is wrong, before the fields: a link to each field, or the message itself where there is no such field.
fn top(profile: &Profile, errors: &[FieldError], refused: Option<Problem>) -> AnyView {
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

/// Whose it is and where it is built.
fn place(
    teams: Vec<Team>,
    accounts: Vec<Account>,
    values: &BTreeMap<String, String>,
    errors: &[FieldError],
) -> AnyView {
    let chosen = |name: &str, only: Option<&String>| values.get(name).or(only).cloned().unwrap_or_default();
    let text = |name: &str, label: &str, help: &str| FieldText {
        name: name.to_owned(),
        label: label.to_owned(),
        help: Some(help.to_owned()),
        error: error_of(errors, name),
        ..FieldText::default()
    };
    let teams: Vec<_> = teams
        .into_iter()
        .map(|team| (team.name.clone(), team.name))
        .collect();
    let accounts: Vec<_> = accounts
        .into_iter()
        .map(|account| (account.name.clone(), account_words(&account)))
        .collect();
    let only = |options: &[(String, String)]| match options {
        [(only, _)] => Some(only.clone()),
        _ => None,
    };
    let team = Select {
        chosen: chosen("team", only(&teams).as_ref()),
        options: teams,
    };
    let account = Select {
        chosen: chosen("account", only(&accounts).as_ref()),
        options: accounts,
    };
    view! {
        <fieldset class="panel group">
            <legend>"Team and account"</legend>
            <div class="fields">
                {select(text("team", "Team", "Owns it, sees it, approves its plans."), team)}
                {select(text("account", "Account", "Where it is built. On a guarded one nobody approves their own plan."), account)}
            </div>
        </fieldset>
    }
    .into_any()
}

fn account_words(account: &Account) -> String {
    let place = match account.endpoint {
        Some(_) => "own endpoint".to_owned(),
        None => account.aws_account_id.clone(),
    };
    let guard = if account.guarded { ", guarded" } else { "" };
    format!("{} ({place}{guard})", account.name)
}

fn group_title(group: ParameterGroup) -> &'static str {
    match group {
        ParameterGroup::Identity => "Identity",
        ParameterGroup::Tags => "Tags",
        ParameterGroup::Capacity => "Capacity",
        ParameterGroup::Network => "Network",
        ParameterGroup::Dns => "DNS",
    }
}

/// The parameters by group; the order of groups is that of their first parameter.
fn groups(profile: &Profile, values: &BTreeMap<String, String>, errors: &[FieldError]) -> Vec<AnyView> {
    let mut order: Vec<ParameterGroup> = Vec::new();
    for parameter in &profile.parameters {
        if !order.contains(&parameter.group) {
            order.push(parameter.group);
        }
    }
    order
        .into_iter()
        .map(|group| {
            let (advanced, plain): (Vec<&Parameter>, Vec<&Parameter>) = profile
                .parameters
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
