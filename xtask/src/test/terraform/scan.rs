//! The security scan: checkov over all of `terraform/`, offline.
//!
//! A skip stands in the block it is for and says why. One that no longer applies is reported, too: it would hide what the
//! block may come to be.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use it::sh::cmd;
use serde::Deserialize;
use walkdir::WalkDir;

use crate::setup::python;

/// What a comment that skips a check begins with.
const SKIP: &str = "checkov:skip=";

/// A reason shorter than this many characters says nothing.
const SHORTEST_REASON: usize = 20;

#[derive(Deserialize)]
struct Report {
    results: Results,
    summary: Summary,
}

#[derive(Deserialize)]
struct Results {
    failed_checks: Vec<Finding>,
    skipped_checks: Vec<Finding>,
}

#[derive(Deserialize)]
struct Summary {
    parsing_errors: u32,
}

#[derive(Deserialize)]
struct Finding {
    check_id: String,
    check_name: String,
    file_path: String,
    file_line_range: (usize, usize),
    resource: String,
    check_result: Outcome,
}

#[derive(Deserialize)]
struct Outcome {
    #[serde(default)]
    suppress_comment: Option<String>,
}

/// A comment that skips a check.
#[derive(Debug, PartialEq, Eq)]
struct Skip {
    check: String,
    reason: String,
    /// Path below `terraform/`, as the report gives it: with a slash before.
    file: String,
    line: usize,
}

/// What the scan finds in `root`, a `terraform/`.
pub(super) fn problems(root: &Path) -> Result<Vec<String>> {
    let output = cmd(
        python::checkov(),
        ["--config-file", "terraform/checkov.yaml", "--output", "json"],
    )
    .dir(root.parent().unwrap_or(root))
    .output()?;
    let report: Report = serde_json::from_slice(&output.stdout).with_context(|| {
        let said = String::from_utf8_lossy(&output.stderr);
        format!("reading the security scan's report; it said: {said}")
    })?;
    Ok(judge(&report, &skips(root)?))
}

fn judge(report: &Report, skips: &[Skip]) -> Vec<String> {
    // A module that is called several times is reported as often.
    let mut problems: BTreeSet<String> = report.results.failed_checks.iter().map(Finding::tell).collect();
    if report.summary.parsing_errors > 0 {
        problems.insert(format!(
            "{} files could not be read",
            report.summary.parsing_errors
        ));
    }
    for skip in skips {
        let Skip {
            check, file, line, ..
        } = skip;
        let applied = report
            .results
            .skipped_checks
            .iter()
            .any(|finding| finding.is_of(skip));
        if !applied {
            problems.insert(format!(
                "{file}:{line} skips {check}, which does not apply there: remove the comment"
            ));
        }
        if skip.reason.chars().count() < SHORTEST_REASON {
            problems.insert(format!("{file}:{line} skips {check} without saying why"));
        }
    }
    problems.into_iter().collect()
}

impl Finding {
    fn tell(&self) -> String {
        let Self {
            check_id,
            check_name,
            file_path,
            file_line_range: (line, _),
            resource,
            ..
        } = self;
        // The address within the file: a module is called from several places.
        let address: Vec<&str> = resource.rsplitn(3, '.').collect();
        let address: Vec<&str> = address.into_iter().take(2).rev().collect();
        format!(
            "{file_path}:{line} {}: {check_id} {check_name}",
            address.join(".")
        )
    }

    fn is_of(&self, skip: &Skip) -> bool {
        let (first, last) = self.file_line_range;
        let same = self.check_id == skip.check && self.file_path == skip.file;
        same && (first..=last).contains(&skip.line) && self.check_result.suppress_comment.is_some()
    }
}

/// Every comment below `root` that skips a check.
fn skips(root: &Path) -> Result<Vec<Skip>> {
    let mut skips = Vec::new();
    for entry in WalkDir::new(root)
        .into_iter()
        .filter_entry(|entry| entry.file_name() != ".terraform")
    {
        let entry = entry.context("walking through terraform/")?;
        if entry
            .path()
            .extension()
            .is_some_and(|extension| extension == "tf")
        {
            let text = std::fs::read_to_string(entry.path())
                .with_context(|| format!("reading {}", entry.path().display()))?;
            let below = entry.path().strip_prefix(root).unwrap_or(entry.path());
            let lines = text.lines().zip(1..);
            skips.extend(lines.filter_map(|(text, line)| skip(text, format!("/{}", below.display()), line)));
        }
    }
    Ok(skips)
}

fn skip(text: &str, file: String, line: usize) -> Option<Skip> {
    let (_, skip) = text.split_once('#')?.1.split_once(SKIP)?;
    let (check, reason) = skip.split_once(':').unwrap_or((skip, ""));
    Some(Skip {
        check: check.trim().to_owned(),
        reason: reason.trim().to_owned(),
        file,
        line,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(failed: &str, skipped: &str) -> Report {
        let finding = |check: &str| {
            serde_json::json!({
                "check_id": check, "check_name": "Ensure it", "file_path": "/modules/m/main.tf",
                "file_line_range": [3, 9], "resource": "module.a.aws_thing.this",
                "check_result": { "result": "X", "suppress_comment": "because" },
            })
        };
        let all = |checks: &str| checks.split_whitespace().map(finding).collect::<Vec<_>>();
        let report = serde_json::json!({
            "results": { "failed_checks": all(failed), "skipped_checks": all(skipped) },
            "summary": { "parsing_errors": 0 },
        });
        serde_json::from_value(report).unwrap()
    }

    fn comment(text: &str, line: usize) -> Skip {
        skip(text, "/modules/m/main.tf".to_owned(), line).unwrap()
    }

    #[test]
    fn what_failed_is_told_once_by_its_place() {
        let told = judge(&report("CKV_1 CKV_1", ""), &[]);
        assert_eq!(told, ["/modules/m/main.tf:3 aws_thing.this: CKV_1 Ensure it"]);
    }

    #[test]
    fn a_skip_has_a_reason_and_applies_where_it_stands() {
        let good = comment("  #checkov:skip=CKV_2:environments are to be destroyable", 4);
        assert_eq!(
            (good.check.as_str(), good.reason.as_str()),
            ("CKV_2", "environments are to be destroyable")
        );
        assert_eq!(judge(&report("", "CKV_2"), &[good]), [""; 0]);
        let elsewhere = comment("#checkov:skip=CKV_2:environments are to be destroyable", 12);
        assert!(judge(&report("", "CKV_2"), &[elsewhere])[0].contains("does not apply"));
        let silent = comment("# checkov:skip=CKV_2", 4);
        assert!(judge(&report("", "CKV_2"), &[silent])[0].contains("without saying why"));
    }

    #[test]
    fn other_comments_skip_nothing() {
        assert_eq!(skip("resource \"a\" \"b\" { # a comment", String::new(), 1), None);
    }
}
