//! Writing to the terminal. A reader that went away, such as `head`, is no error.

use std::io::Write as _;

/// A line of result, to standard output.
pub(super) fn say(line: &str) {
    drop(writeln!(std::io::stdout(), "{line}"));
}

/// An error with its causes in one line, those left out that the error before them repeats.
pub(super) fn told(error: &anyhow::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    for cause in error.chain().map(ToString::to_string) {
        if !parts.last().is_some_and(|last| last.contains(&cause)) {
            parts.push(cause);
        }
    }
    parts.join(": ")
}

/// A line about what went wrong, to standard error.
pub(super) fn complain(line: &str) {
    drop(writeln!(std::io::stderr(), "{line}"));
}
