//! One module or profile under Terraform's own `validate` and `test`.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::terraform::{Terraform, workspace};
use crate::test::Sums;

/// Validates a profile, which reaches into the modules it calls, and runs a folder's tests. What to tell of failures, and
/// the sums; the validation counts as one. A module alone cannot be validated: some take providers from their caller.
/// Tests that need an AWS, because a plan reads what is there already, find the emulator.
pub(super) fn check(terraform: &Terraform, folder: &Path, emulator_url: &str) -> Result<(String, Sums)> {
    let (mut told, mut sums) = (String::new(), Sums::default());
    let is_profile = folder.join("profile.toml").is_file();
    let has_tests = workspace::has_tests(folder);
    if is_profile || has_tests {
        terraform
            .command(folder, ["init", "-backend=false", "-no-color"])
            .read()
            .context("initialising")?;
    }
    if is_profile {
        let validation = terraform.command(folder, ["validate", "-no-color"]).output()?;
        sums += Sums::one(validation.status.success());
        told.push_str(&String::from_utf8_lossy(&validation.stderr));
    }
    if has_tests {
        let output = terraform
            .command(folder, ["test", "-json"])
            .env("AWS_ENDPOINT_URL", emulator_url)
            .output()?;
        let mut tests = Sums::default();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            read(line, &mut tests, &mut told);
        }
        sums += tests.with_exit(output.status.success());
    }
    Ok((told, sums))
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "@message", default)]
    text: String,
    #[serde(rename = "@level", default)]
    level: String,
    test_summary: Option<Summary>,
    diagnostic: Option<Diagnostic>,
}

#[derive(Deserialize)]
struct Summary {
    passed: u32,
    failed: u32,
    errored: u32,
    skipped: u32,
}

#[derive(Deserialize)]
struct Diagnostic {
    #[serde(default)]
    detail: String,
}

/// One line of Terraform's machine-readable stream.
fn read(line: &str, sums: &mut Sums, told: &mut String) {
    let Ok(message) = serde_json::from_str::<Message>(line) else {
        told.push_str(&format!("       {line}\n"));
        return;
    };
    if let Some(summary) = message.test_summary {
        *sums += Sums {
            passed: summary.passed,
            failed: summary.failed + summary.errored,
            skipped: summary.skipped,
        };
    }
    if message.level == "error" {
        let detail = message
            .diagnostic
            .map(|diagnostic| diagnostic.detail)
            .unwrap_or_default();
        told.push_str(&format!(
            "       {}\n       {}\n",
            message.text,
            detail.replace('\n', "\n       ")
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_is_counted_and_errors_are_told() {
        let (mut sums, mut told) = (Sums::default(), String::new());
        let summary = r#"{"@level":"info","@message":"Failure!","type":"test_summary",
            "test_summary":{"status":"fail","passed":3,"failed":1,"errored":1,"skipped":2}}"#;
        let error = r#"{"@level":"error","@message":"Error: it","diagnostic":{"severity":"error","detail":"is wrong"}}"#;
        read(&summary.replace('\n', ""), &mut sums, &mut told);
        read(error, &mut sums, &mut told);
        assert_eq!(
            sums,
            Sums {
                passed: 3,
                failed: 2,
                skipped: 2
            }
        );
        assert!(told.contains("Error: it") && told.contains("is wrong"));
    }
}
