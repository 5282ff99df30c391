//! Personal API tokens: make one, see it once, revoke it.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::person::ApiToken;

use crate::islands::CopyButton;
use crate::model::{CreatedToken, TokensPage};
use crate::parts::{FieldText, empty, error_of, field, icon, panel, table_head, table_wrap, when};
use crate::words;

pub(crate) fn view(page: TokensPage, now: DateTime<Utc>) -> AnyView {
    let TokensPage {
        tokens,
        created,
        name,
        days,
        errors,
        public_url,
    } = page;
    let created = created.map(|created| shown_once(created, &public_url));
    let list = match tokens.is_empty() {
        true => empty(
            "No tokens yet",
            view! { <p>"Make one below to let a pipeline act in your name, with your rights."</p> },
        ),
        false => view! { <div class="panel">{table(tokens, now)}</div> }.into_any(),
    };
    let text = |field: &str, label: &str, help: &str| FieldText {
        name: field.to_owned(),
        label: label.to_owned(),
        help: Some(help.to_owned()),
        error: error_of(&errors, field),
        ..FieldText::default()
    };
    let name_text = text("name", "Name", "What it is for; only you see it.");
    let days_text = text("days", "Valid for days", "1 to 365. Shorter is safer.");
    view! {
        <header class="page-head">
            <div><h1>"API tokens"</h1><p class="second">"For scripts and CI. A token has your rights until it ends or you revoke it."</p></div>
        </header>
        {created}
        {list}
        {panel(
            "new-token",
            "New token",
            (),
            view! {
                <form method="post" action="/tokens" class="panel-body token-form" novalidate=true>
                    {field(
                        name_text.clone(),
                        view! {
                            <input id=name_text.id() name="name" type="text" value=name placeholder="ledger pipeline" required=true
                                autocomplete="off" aria-describedby=name_text.described_by() aria-invalid=name_text.invalid()/>
                        },
                    )}
                    {field(
                        days_text.clone(),
                        view! {
                            <input id=days_text.id() name="days" type="number" min="1" max="365" step="1" required=true
                                value=days.unwrap_or("30".to_owned())
                                aria-describedby=days_text.described_by() aria-invalid=days_text.invalid()/>
                        },
                    )}
                    <button class="button primary" type="submit">"Make the token"</button>
                </form>
            },
        )}
    }
    .into_any()
}

fn shown_once(created: CreatedToken, public_url: &str) -> AnyView {
    let CreatedToken {
        name,
        secret,
        expires_at,
    } = created;
    let example = format!(
        "curl -H \"Authorization: Bearer $LIFEBOAT_TOKEN\" {}/api/v1/me",
        public_url.trim_end_matches('/')
    );
    view! {
        <section class="alert tone-ok" aria-labelledby="created-title">
            <p class="alert-title" id="created-title">{icon("check")}<span>{format!("“{name}” is made. Copy it now: it is shown only this once.")}</span></p>
            <div class="alert-body">
                <div class="secret">
                    <label class="sr" for="created-token">"The new token"</label>
                    <input id="created-token" type="text" readonly=true value=secret spellcheck="false" autocomplete="off"/>
                    <CopyButton target="created-token".to_owned()/>
                </div>
                <p>{format!("It ends on {}. Use it like this:", words::exact(expires_at))}</p>
                <pre><code>{example}</code></pre>
            </div>
        </section>
    }
    .into_any()
}

fn table(tokens: Vec<ApiToken>, now: DateTime<Utc>) -> AnyView {
    let rows = tokens
        .into_iter()
        .map(|token| {
            let ended = token.expires_at <= now;
            let used = match token.last_used_at {
                Some(at) => when(at, now),
                None => view! { <span class="third">"never"</span> }.into_any(),
            };
            let label = format!("Revoke {}", token.name);
            view! {
                <tr class:gone=ended>
                    <th scope="row">{token.name}</th>
                    <td>{when(token.created_at, now)}</td>
                    <td>{used}</td>
                    <td>{ended.then_some("ended ")}{when(token.expires_at, now)}</td>
                    <td class="row-action">
                        <form method="post" action=format!("/tokens/{}/revoke", token.id)>
                            <button class="button small" type="submit" aria-label=label>"Revoke"</button>
                        </form>
                    </td>
                </tr>
            }
        })
        .collect_view();
    table_wrap(
        "API tokens",
        view! {
            <table>
                {table_head(["Name", "Made", "Last used", "Ends", "Action"])}
                <tbody>{rows}</tbody>
            </table>
        },
    )
}
