//! Secrets that an environment expects to find: the emulated account is empty until they are put into it.

use anyhow::{Context, Result};
use lifeboat_domain::parameter::{ParameterValue, ParameterValues};
use lifeboat_domain::profile::Profile;
use serde_json::json;

use crate::aws::{Aws, AwsRefused};

/// The parameter that names an existing secret, and the one that says which user it is for.
const NAME: &str = "database_secret_name";
const USER: &str = "database_username";

/// Plays the database administrators: makes the secret that an environment with `parameters` expects, with a copy in the standby
/// region, unless it is there. Its name; none where the profile expects none.
pub async fn seed(aws: &Aws, profile: &Profile, parameters: &ParameterValues) -> Result<Option<String>> {
    let text = |name: &str| {
        let default = profile.parameter(name).and_then(|known| known.default.as_ref());
        let value = parameters.get(name).or(default);
        value.and_then(ParameterValue::as_str).map(str::to_owned)
    };
    let Some(name) = text(NAME) else { return Ok(None) };
    let username = text(USER).with_context(|| format!("{}: {NAME} without {USER}", profile.name))?;
    let region = &profile.primary_region;
    let ask = async |action: &str, body: serde_json::Value| {
        let target = format!("secretsmanager.{action}");
        aws.json(region, "secretsmanager", &target, &body).await
    };
    // As RDS wants passwords to be.
    let password = json!({ "PasswordLength": 32, "ExcludePunctuation": true });
    let password = ask("GetRandomPassword", password).await?;
    let credentials = json!({
        "username": username,
        "password": password["RandomPassword"],
        "engine": "postgres",
    });
    let secret = json!({
        "Name": name,
        "SecretString": credentials.to_string(),
        "AddReplicaRegions": [{ "Region": profile.standby_region }],
    });
    match ask("CreateSecret", secret).await {
        Err(error) if !is_there(&error) => Err(error).with_context(|| format!("making the secret {name}")),
        _ => Ok(Some(name)),
    }
}

fn is_there(error: &anyhow::Error) -> bool {
    let refused = error.downcast_ref::<AwsRefused>();
    refused.is_some_and(|refused| refused.body.contains("ResourceExistsException"))
}
