//! Secrets that are wrong, each in a way of its own: whether a plan refuses each by its name and says what to do, and takes a good one.
//!
//! Terraform's own tests cannot ask this: they take no module with an ephemeral output. So a configuration beside them asks for the
//! secrets that are made here.

use std::path::Path;

use anyhow::{Context, Result};
use it::aws::Aws;
use serde_json::{Value, json};

use crate::terraform::Terraform;

/// The configuration that asks for them, in `terraform/`.
const ROOT: &str = "modules/existing_password/tests/secrets";

const PRIMARY: &str = "us-east-1";
const STANDBY: &str = "us-east-2";

/// A part of every password here, and of nothing that Terraform has to print.
const PASSWORD: &str = "hush-hush";

const GOOD: &str = "trial/good";
const DELETED: &str = "trial/deleted";

/// A secret, by what it is made of in each region, and what a plan must tell of it.
struct Secret {
    name: &'static str,
    made: Vec<(&'static str, Value)>,
    told: &'static str,
}

/// Makes them all.
pub(super) async fn seed(aws: &Aws) -> Result<()> {
    let ask = async |region: &str, action: &str, body: &Value| {
        let target = format!("secretsmanager.{action}");
        aws.json(region, "secretsmanager", &target, body)
            .await
            .context("making secrets that are wrong")
    };
    let good = Secret::replicated(GOOD, &credentials(), "");
    for secret in wrong().into_iter().flatten().chain([good]) {
        for (region, mut content) in secret.made {
            content["Name"] = secret.name.into();
            ask(region, "CreateSecret", &content).await?;
        }
    }
    ask(PRIMARY, "DeleteSecret", &json!({ "SecretId": DELETED })).await?;
    Ok(())
}

/// Which of them a plan takes, refuses without saying why, or prints.
pub(super) fn problems(terraform: &Terraform, root: &Path, emulator_url: &str) -> Result<Vec<String>> {
    let folder = root.join(ROOT);
    terraform
        .command(&folder, ["init", "-backend=false", "-no-color"])
        .read()
        .context("initialising")?;
    let mut problems = Vec::new();
    for secrets in wrong().into_iter().chain([Vec::new()]) {
        let names: Vec<&str> = secrets.iter().map(|secret| secret.name).chain([GOOD]).collect();
        let output = terraform
            .command(&folder, ["plan", "-json", "-var"])
            .arg(format!("names={}", json!(names)))
            .env("AWS_ENDPOINT_URL", emulator_url)
            // The emulator checks no credentials, but the provider insists on some.
            .env("AWS_ACCESS_KEY_ID", "sandbox")
            .env("AWS_SECRET_ACCESS_KEY", "sandbox")
            .output()?;
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8_lossy(&printed);
        problems.extend(told_wrongly(&secrets, &printed));
        if output.status.success() != secrets.is_empty() {
            problems.push(format!(
                "the plan of {} ended with {}",
                names.join(", "),
                output.status
            ));
        }
    }
    Ok(problems)
}

/// What is wrong with what a plan of `secrets` and the good one printed.
fn told_wrongly(secrets: &[Secret], printed: &str) -> Vec<String> {
    let lines = printed.lines().map(serde_json::from_str::<Value>);
    let errors: Vec<String> = lines
        .map_while(Result::ok)
        .filter(|line| line["@level"] == "error")
        .map(|line| format!("{} {}", line["@message"], line["diagnostic"]["detail"]))
        .collect();
    let tells = |text: &str| errors.iter().any(|error| error.contains(text));
    let mut problems: Vec<String> = secrets
        .iter()
        .filter(|secret| !tells(secret.told))
        .map(|secret| format!("nothing tells: {}; told is: {}", secret.told, errors.join("; ")))
        .collect();
    if tells(GOOD) {
        problems.push(format!("{GOOD} is refused: {}", errors.join("; ")));
    }
    if printed.contains(PASSWORD) {
        problems.push(format!("a password is printed, of: {}", errors.join("; ")));
    }
    problems
}

/// Those of one plan stand together: each is refused at the same step, before which Terraform asks for nothing of a later one.
fn wrong() -> [Vec<Secret>; 3] {
    let text = |text: &str| json!({ "SecretString": text });
    let with = |field: &str, value: Value| {
        let mut credentials = credentials();
        credentials[field] = value;
        credentials
    };
    let without = |field: &str| {
        let mut credentials = credentials();
        credentials.as_object_mut().map(|fields| fields.remove(field));
        credentials
    };
    let good = || text(&credentials().to_string());
    let is_not_there = vec![
        Secret {
            name: "trial/missing",
            made: vec![],
            told: "There is no secret trial/missing in us-east-1. Make it",
        },
        Secret {
            name: DELETED,
            made: vec![(PRIMARY, good())],
            told: "There is no secret trial/deleted in us-east-1. Make it",
        },
        Secret {
            name: "trial/not-replicated",
            made: vec![(PRIMARY, good())],
            told: "There is no secret trial/not-replicated in us-east-2. Replicate it",
        },
    ];
    let is_malformed = vec![
        Secret {
            name: "trial/empty-in-the-standby",
            made: vec![(PRIMARY, good()), (STANDBY, json!({}))],
            told: "The secret trial/empty-in-the-standby in us-east-2 is empty. Write username and password into it",
        },
        Secret {
            name: "trial/bytes",
            made: vec![
                (PRIMARY, json!({ "SecretBinary": "aHVzaC1odXNo" })),
                (STANDBY, good()),
            ],
            told: "The secret trial/bytes in us-east-1 is no JSON object. Write username and password into it",
        },
        Secret {
            name: "trial/not-json",
            made: vec![(PRIMARY, text(PASSWORD)), (STANDBY, good())],
            told: "The secret trial/not-json in us-east-1 is no JSON object. Write username and password into it",
        },
        Secret::replicated(
            "trial/no-object",
            &json!([PASSWORD]),
            "The secret trial/no-object in us-east-1 is no JSON object. Write username and password into it",
        ),
        Secret::replicated(
            "trial/no-username",
            &without("username"),
            "The secret trial/no-username in us-east-1 is not for payments_admin: its username is missing or another. Give",
        ),
        Secret::replicated(
            "trial/other-username",
            &with("username", "postgres".into()),
            "The secret trial/other-username in us-east-1 is not for payments_admin: its username is missing or another. Give",
        ),
        Secret::replicated(
            "trial/no-password",
            &without("password"),
            "The secret trial/no-password in us-east-1 has no password that Aurora takes. Write one into it",
        ),
        Secret::replicated(
            "trial/empty-password",
            &with("password", "".into()),
            "The secret trial/empty-password in us-east-1 has no password that Aurora takes. Write one into it",
        ),
        Secret::replicated(
            "trial/number",
            &with("password", 12_345_678.into()),
            "The secret trial/number in us-east-1 has no password that Aurora takes. Write one into it",
        ),
        Secret::replicated(
            "trial/forbidden-character",
            &with("password", format!("{PASSWORD}@{PASSWORD}").into()),
            "The secret trial/forbidden-character in us-east-1 has no password that Aurora takes. Write one into it",
        ),
        Secret::replicated(
            "trial/other-engine",
            &with("engine", "mysql".into()),
            "The secret trial/other-engine in us-east-1 is for another engine than PostgreSQL. Give",
        ),
    ];
    let differs = with("password", format!("{PASSWORD}-before-the-last-rotation").into());
    let is_different = vec![Secret {
        name: "trial/differs",
        made: vec![(PRIMARY, good()), (STANDBY, text(&differs.to_string()))],
        told: "The secret trial/differs in us-east-2 has another password than the one in the primary region: after a failover nobody could log in. Let its replication finish",
    }];
    [is_not_there, is_malformed, is_different]
}

fn credentials() -> Value {
    json!({ "engine": "postgres", "username": "payments_admin", "password": PASSWORD })
}

impl Secret {
    /// The same in both regions.
    fn replicated(name: &'static str, content: &Value, told: &'static str) -> Self {
        let content =
            json!({ "SecretString": content.to_string(), "AddReplicaRegions": [{ "Region": STANDBY }] });
        Self {
            name,
            made: vec![(PRIMARY, content)],
            told,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(told: &str) -> String {
        let line = |detail: &str| json!({ "@level": "error", "@message": "Error: refused", "diagnostic": { "detail": detail } });
        let secrets = [Secret::replicated(
            "trial/x",
            &credentials(),
            "The secret trial/x is wrong. Mend it",
        )];
        told_wrongly(&secrets, &line(told).to_string()).join("\n")
    }

    #[test]
    fn a_secret_is_to_be_named_with_the_remedy_and_never_printed() {
        assert_eq!(told("The secret trial/x is wrong. Mend it."), "");
        assert!(told("couldn't find resource").contains("nothing tells: The secret trial/x"));
        assert!(told("The secret trial/x is wrong. Mend it: hush-hush").contains("a password is printed"));
        assert!(
            told("The secret trial/x is wrong. Mend it, and trial/good").contains("trial/good is refused")
        );
    }
}
