//! The way to the game day: only where the environment stands in an emulator.

use leptos::prelude::*;
use lifeboat_domain::account::Account;
use lifeboat_domain::environment::{Environment, EnvironmentState};

use crate::parts::panel;

/// Nothing in an account of AWS, and for an environment that has nothing to break.
pub(super) fn view(environment: &Environment, account: Option<&Account>) -> Option<AnyView> {
    account?.endpoint.as_ref()?;
    if matches!(
        environment.state,
        EnvironmentState::New | EnvironmentState::Destroyed
    ) {
        return None;
    }
    let href = format!("/environments/{}/game-day", environment.id);
    let open = view! { <a href=href>"Game day…"</a> };
    let body = view! {
        <div class="panel-body">
            <p class="second">"This environment stands in the sandbox: break its regions, its link or its name, and practise."</p>
        </div>
    };
    Some(panel("game-day", "Game day", open, body))
}
