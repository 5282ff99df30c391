//! A new environment: choosing its profile, and the form.

use lifeboat_app::model::{Allowed, ChooseProfilePage, NewEnvironmentPage, Page};
use lifeboat_domain::FieldError;
use lifeboat_domain::profile::Profile;

use super::Shown;
use crate::samples::*;

pub(crate) fn of_new_environment() -> Vec<Shown> {
    vec![
        ("choose-profile", frame(), Page::ChooseProfile(choose_profile())),
        (
            "new-environment",
            frame(),
            Page::NewEnvironment(new_environment()),
        ),
        (
            "new-environment-refused",
            frame(),
            Page::NewEnvironment(new_environment_refused()),
        ),
    ]
}

fn choose_profile() -> ChooseProfilePage {
    let payments = Profile {
        name: "payments".into(),
        title: "Payments".into(),
        summary: "Active-passive disaster recovery for payment processing: Aurora PostgreSQL, an event-driven API and a queue, drilled every month.".into(),
        engine: "aurora-postgresql".into(),
        standby_region: "us-east-2".into(),
        rto_seconds: 900,
        rpo_seconds: 300,
        monthly_cost: Some("about 1,100 USD idle with the defaults".into()),
        ..profile()
    };
    ChooseProfilePage {
        profiles: vec![profile(), payments],
        create: Allowed::Yes,
    }
}

pub(crate) fn new_environment() -> NewEnvironmentPage {
    NewEnvironmentPage {
        profile: profile(),
        teams: vec![team()],
        accounts: vec![account()],
        values: Default::default(),
        errors: vec![],
        problem: None,
        idempotency_key: "7f0c".into(),
    }
}

pub(crate) fn new_environment_refused() -> NewEnvironmentPage {
    let values = [
        ("parameters.environment_suffix", "Ledger${x}"),
        ("parameters.environment", "st;aging"),
        ("parameters.hosted_zone_id", "nope"),
    ];
    let error = |name: &str, message: &str| FieldError::new(format!("parameters.{name}"), message);
    NewEnvironmentPage {
        values: values
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        errors: vec![
            error(
                "environment_suffix",
                "must be lower-case letters, digits and single hyphens",
            ),
            error(
                "environment",
                "must not contain ';'; AWS accepts letters, digits, spaces and _ . : / = + - @",
            ),
            error("hosted_zone_id", "must be the id of a Route 53 zone"),
        ],
        ..new_environment()
    }
}
