//! Step two of a new environment: the form, made from the profile's parameters.

mod preview;

use std::collections::BTreeMap;

use leptos::prelude::*;
use lifeboat_domain::FieldError;
use lifeboat_domain::account::Account;
use lifeboat_domain::person::Team;

use crate::islands::LiveForm;
use crate::model::NewEnvironmentPage;
use crate::parts::{FieldText, Select, crumbs, empty, error_of, parameter_form, select};

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
    let top = parameter_form::what_is_wrong(&profile, &errors, refused);
    let place = place(teams, accounts, &values, &errors);
    let groups = parameter_form::groups(&profile, None, &values, &errors);
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
