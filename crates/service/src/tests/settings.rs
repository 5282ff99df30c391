//! Settings: changed with the run that plans them, or not at all.

use lifeboat_domain::environment::NewSettings;
use lifeboat_domain::parameter::ParameterValue;
use lifeboat_domain::run::{Run, RunKind};

use super::{GUARDED, World, outcome};
use crate::views::CreatedEnvironment;

fn copies(count: i64) -> NewSettings {
    NewSettings {
        parameters: [("copies".to_owned(), ParameterValue::Number(count.into()))].into(),
    }
}

impl World {
    /// An environment without an open run.
    async fn settled(&self) -> CreatedEnvironment {
        let made = self.create("requester", "alpha", GUARDED).await.unwrap();
        let who = self.who("requester").await;
        self.portal.cancel_run(&who, made.run.id).await.unwrap();
        made
    }

    async fn settings(
        &self,
        who: &str,
        made: &CreatedEnvironment,
        new: &NewSettings,
        key: Option<&str>,
    ) -> crate::Result<Run> {
        let who = self.who(who).await;
        self.portal
            .change_settings(&who, made.environment.id, new, key)
            .await
    }
}

#[tokio::test]
async fn changed_parameters_come_with_their_run_and_the_others_stay() {
    let world = World::new().await;
    let made = world.settled().await;
    let run = world
        .settings("requester", &made, &copies(2), Some("k"))
        .await
        .unwrap();
    assert_eq!((run.kind, run.number), (RunKind::Update, 2));
    let who = world.who("requester").await;
    let now = world.portal.environment(&who, made.environment.id).await.unwrap();
    assert_eq!(now.parameters["copies"].as_f64(), Some(2.0));
    assert_eq!(now.parameters.len(), made.environment.parameters.len());
    assert_eq!(now.parameters["environment_suffix"].as_str(), Some("alpha"));
    let again = world
        .settings("requester", &made, &copies(2), Some("k"))
        .await
        .unwrap();
    assert_eq!(again.id, run.id, "sending twice changes once");
    let audit = world
        .portal
        .environment_detail(&who, made.environment.id)
        .await
        .unwrap()
        .activity;
    let change = audit
        .iter()
        .find(|event| event.action == "environment.settings")
        .unwrap();
    assert_eq!(change.detail["changed"], serde_json::json!(["copies"]));
}

#[tokio::test]
async fn while_a_run_is_open_settings_stay() {
    let world = World::new().await;
    let made = world.create("requester", "alpha", GUARDED).await.unwrap();
    let refused = world
        .settings("requester", &made, &copies(2), None)
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("run 1"), "{refused}");
    assert_eq!(outcome::<Run>(Err(refused)), "conflict");
    let who = world.who("requester").await;
    let now = world.portal.environment(&who, made.environment.id).await.unwrap();
    assert_eq!(now.parameters, made.environment.parameters);
}

#[tokio::test]
async fn bad_values_and_another_suffix_name_their_field() {
    let world = World::new().await;
    let made = world.settled().await;
    let text = |name: &str, value: &str| NewSettings {
        parameters: [(name.to_owned(), ParameterValue::Text(value.to_owned()))].into(),
    };
    for (new, field) in [
        (copies(10), "parameters.copies"),
        (text("colour", "red"), "parameters.colour"),
        (
            text("environment_suffix", "beta"),
            "parameters.environment_suffix",
        ),
    ] {
        let refused = world.settings("requester", &made, &new, None).await.unwrap_err();
        let fields: Vec<_> = refused.field_errors().iter().map(|e| e.field.as_str()).collect();
        assert_eq!(fields, [field], "{new:?}");
    }
    assert_eq!(
        outcome(world.settings("viewer", &made, &copies(2), None).await),
        "forbidden"
    );
    assert_eq!(
        outcome(world.settings("outsider", &made, &copies(2), None).await),
        "not-found"
    );
}
