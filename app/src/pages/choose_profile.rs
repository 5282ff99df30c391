//! Step one of a new environment: which profile.

use leptos::prelude::*;
use lifeboat_domain::profile::Profile;

use crate::model::{Allowed, ChooseProfilePage};
use crate::parts::{crumbs, empty, reason, regions};
use crate::words;

pub(crate) fn view(page: ChooseProfilePage) -> AnyView {
    let ChooseProfilePage { profiles, create } = page;
    let may = create == Allowed::Yes;
    let none = profiles.is_empty().then(|| {
        empty(
            "No profiles are loaded",
            view! { <p>"The portal reads profiles from its Terraform folder; "<code>"lifeboat doctor"</code>" says what is wrong with it."</p> },
        )
    });
    let cards = profiles
        .into_iter()
        .map(|profile| card(profile, may))
        .collect_view();
    view! {
        {crumbs(vec![("/".into(), "Fleet".into())])}
        <header class="page-head">
            <div><h1>"New environment"</h1><p class="second">"Step 1 of 2: choose what it is for."</p></div>
        </header>
        {reason(&create)}
        {none}
        <ul class="profiles">{cards}</ul>
    }
    .into_any()
}

fn card(profile: Profile, may: bool) -> impl IntoView {
    let version = profile.version_label();
    let href = format!("/environments/new?profile={}", profile.name);
    let choose = may.then(|| {
        view! { <a class="button primary" href=href aria-label=format!("Choose {}", profile.title)>"Choose"</a> }
    });
    let cost = profile.monthly_cost;
    let cost = cost.map(|cost| view! { <dt>"Cost a month"</dt><dd>{cost}</dd> });
    view! {
        <li class="panel profile-card">
            <h2>{profile.title.clone()}</h2>
            <p>{profile.summary}</p>
            <dl class="facts">
                <dt>"Regions"</dt><dd>{regions(&profile.primary_region, &profile.standby_region)}</dd>
                <dt>"Database"</dt><dd>{profile.engine}</dd>
                <dt>"Back within (RTO)"</dt><dd>{target(profile.rto_seconds)}</dd>
                <dt>"Loses at most (RPO)"</dt><dd>{target(profile.rpo_seconds)}</dd>
                {cost}
                <dt>"Version"</dt><dd><code>{version}</code></dd>
            </dl>
            {choose}
        </li>
    }
}

/// An objective: `5 min`, `60 s`.
pub(crate) fn target(seconds: u32) -> String {
    match seconds {
        0..=90 => format!("{seconds} s"),
        s if s % 60 == 0 && s < 7_200 => format!("{} min", s / 60),
        s => words::span(i64::from(s) * 1_000),
    }
}
