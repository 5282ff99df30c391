//! Logging in.

use leptos::prelude::*;

use crate::model::LoginPage;
use crate::parts::{FieldText, field, icon};
use crate::words;

pub(crate) fn view(page: LoginPage) -> AnyView {
    let LoginPage { login, next, error } = page;
    let name = FieldText {
        name: "login".into(),
        label: "Log-in name".into(),
        ..FieldText::default()
    };
    let word = FieldText {
        name: "password".into(),
        label: "Password".into(),
        ..FieldText::default()
    };
    // After a refusal the name is kept, and the password is what has to be typed again.
    let retry = error.is_some();
    view! {
        <div class="login">
            <p class="brand">{icon("lifeboat")}<span>"Lifeboat"</span></p>
            <h1>"Log in"</h1>
            {error.map(|error| view! { <p class="alert tone-bad login-error" role="alert">{icon("cross")}<span>{words::sentence(&error)}</span></p> })}
            <form method="post" action="/login" class="stack">
                {next.map(|next| view! { <input type="hidden" name="next" value=next/> })}
                {field(
                    name.clone(),
                    view! {
                        <input id=name.id() name="login" type="text" value=login autocomplete="username" autocapitalize="none"
                            spellcheck="false" required=true autofocus=!retry/>
                    },
                )}
                {field(
                    word.clone(),
                    view! {
                        <input id=word.id() name="password" type="password" autocomplete="current-password" required=true
                            autofocus=retry/>
                    },
                )}
                <button class="button primary" type="submit">"Log in"</button>
            </form>
        </div>
    }
    .into_any()
}
