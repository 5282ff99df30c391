//! Writing to the terminal. A reader that went away, such as `head`, is no error.

use std::io::Write as _;

/// A line of result, to standard output.
pub(super) fn say(line: &str) {
    drop(writeln!(std::io::stdout(), "{line}"));
}

/// A line about what went wrong, to standard error.
pub(super) fn complain(line: &str) {
    drop(writeln!(std::io::stderr(), "{line}"));
}
