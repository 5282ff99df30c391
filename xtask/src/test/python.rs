//! Lint, format, types and tests of the Python projects.

use std::path::Path;
use std::thread;

use anyhow::{Result, bail};
use it::places;
use it::sh::cmd;

use super::Sums;
use crate::setup;

/// Runs the checks of every Python project, each counted as one, and its tests. The projects run side by side: pytest
/// keeps one core busy.
pub(super) fn run() -> Result<Sums> {
    let projects = setup::python::projects();
    let done: Vec<Result<Sums>> = thread::scope(|scope| {
        let started: Vec<_> = projects
            .iter()
            .map(|project| scope.spawn(|| check(project)))
            .collect();
        let ended = started.into_iter().map(|thread| thread.join());
        ended
            .map(|sums| sums.unwrap_or_else(|_| bail!("the checks of a project panicked")))
            .collect()
    });
    let mut sums = Sums::default();
    for project in done {
        sums += project?;
    }
    Ok(sums)
}

fn check(project: &Path) -> Result<Sums> {
    let name = project.file_name().unwrap_or_default().display();
    let python = |module: &[&str]| cmd(places::python(), ["-m"]).args(module).dir(project);
    let mut sums = Sums::default();
    for check in [
        &["ruff", "check", "."][..],
        &["ruff", "format", "--check", "."],
        &["mypy"],
    ] {
        println!("{name}: {}", check.join(" "));
        sums += Sums::one(python(check).status()?.success());
    }
    let mut tests = Sums::default();
    let status = python(&["pytest", "--color=no"]).lines(|line| {
        println!("{name}: {line}");
        if let Some(counted) = counted(line) {
            tests = counted;
        }
    })?;
    sums += tests.with_exit(status.success());
    Ok(sums)
}

/// Reads pytest's last line, such as `1 failed, 12 passed, 2 skipped in 3.21s`; an error counts as a failure.
fn counted(line: &str) -> Option<Sums> {
    let (counts, time) = line.trim_matches(['=', ' ']).rsplit_once(" in ")?;
    time.starts_with(|c: char| c.is_ascii_digit()).then_some(())?;
    let mut sums = Sums::default();
    for part in counts.split(", ") {
        let (count, what) = part.split_once(' ')?;
        let count: u32 = count.parse().ok()?;
        match what {
            "passed" | "xfailed" => sums.passed += count,
            "failed" | "error" | "errors" | "xpassed" => sums.failed += count,
            "skipped" | "deselected" => sums.skipped += count,
            _ => {}
        }
    }
    Some(sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pytests_last_line_is_counted_and_others_are_not() {
        let sums = |passed, failed, skipped| {
            Some(Sums {
                passed,
                failed,
                skipped,
            })
        };
        assert_eq!(counted("12 passed in 3.21s"), sums(12, 0, 0));
        assert_eq!(
            counted("== 1 failed, 12 passed, 2 skipped, 1 error in 63.2s (0:01:03) =="),
            sums(12, 2, 2)
        );
        assert_eq!(counted("....... [100%]"), None);
        assert_eq!(counted("the value in question"), None);
    }
}
