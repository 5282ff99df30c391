//! `cargo test` of the whole workspace, counted by the line each test binary ends with.

use anyhow::Result;

use super::Sums;
use crate::build;

/// Runs the tests of `targets`, or of all targets that are tested by default, with `arguments` for the test binaries.
///
/// Always of the workspace: a package by itself has other features, and would be built again from the bottom up.
pub(super) fn run(targets: &[&str], arguments: &[&str]) -> Result<Sums> {
    let mut sums = Sums::default();
    let command = build::cargo(["test", "--workspace", "--no-fail-fast"])
        .args(targets)
        .arg("--")
        .args(arguments);
    let status = command.lines(|line| {
        println!("{line}");
        if let Some(binary) = counted(line) {
            sums += binary;
        }
    })?;
    Ok(sums.with_exit(status.success()))
}

/// Reads `test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; …`.
fn counted(line: &str) -> Option<Sums> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let count = |what: &str| {
        let words = counts.split("; ").find_map(|count| count.strip_suffix(what))?;
        words.trim().parse().ok()
    };
    Some(Sums {
        passed: count("passed")?,
        failed: count("failed")?,
        skipped: count("ignored")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_line_is_counted_and_others_are_not() {
        let line = "test result: FAILED. 12 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.10s";
        assert_eq!(
            counted(line),
            Some(Sums {
                passed: 12,
                failed: 2,
                skipped: 1
            })
        );
        assert_eq!(counted("test run::tests::x ... ok"), None);
    }

    #[test]
    fn a_build_that_fails_counts_as_a_failure() {
        assert_eq!(Sums::default().with_exit(false).failed, 1);
        assert_eq!(
            Sums {
                passed: 1,
                failed: 2,
                skipped: 0
            }
            .with_exit(false)
            .failed,
            2
        );
    }
}
