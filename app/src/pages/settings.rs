//! Changing an environment's parameters, which also moves it to the profile version offered now.

use leptos::prelude::*;

use crate::islands::LiveForm;
use crate::model::SettingsPage;
use crate::parts::{crumbs, parameter_form};

pub(crate) fn view(page: SettingsPage) -> AnyView {
    let SettingsPage {
        environment,
        profile,
        values,
        errors,
        problem,
        idempotency_key,
    } = page;
    let back = format!("/environments/{}", environment.id);
    let action = format!("{back}/settings");
    let moves = environment.profile_digest != profile.digest;
    let version = match moves {
        true => view! {
            <span>"Moves it from profile version "<code>{environment.profile_digest.short().to_owned()}</code>" to "
            <code>{profile.digest.short().to_owned()}</code>", the one offered now."</span>
        }
        .into_any(),
        false => view! { <span>"It is on the profile version offered now, "<code>{profile.digest.short().to_owned()}</code>"."</span> }.into_any(),
    };
    let top = parameter_form::what_is_wrong(&profile, &errors, problem);
    let groups = parameter_form::groups(&profile, Some(&profile.suffix_parameter), &values, &errors);
    let suffix_field = format!("parameters.{}", profile.suffix_parameter);
    view! {
        {crumbs(vec![("/".into(), "Fleet".into()), (back.clone(), environment.suffix.clone())])}
        <header class="page-head">
            <div>
                <h1>{format!("Settings of {}", environment.suffix)}</h1>
                <p class="second">{version}" The suffix stays: every name ends in it."</p>
            </div>
        </header>
        <LiveForm profile=profile>
            <form method="post" action=action class="settings" novalidate=true>
                <input type="hidden" name="idempotency_key" value=idempotency_key/>
                <input type="hidden" name=suffix_field value=environment.suffix/>
                <div class="form-main">
                    {top}
                    {groups}
                    <div class="form-end">
                        <button class="button primary" type="submit">"Save and plan"</button>
                        <a class="button" href=back>"Leave as it is"</a>
                        <p class="third">"Makes a plan of what would change. Nothing is built before it is approved."</p>
                    </div>
                </div>
            </form>
        </LiveForm>
    }
    .into_any()
}
