//! What a run is for, in words.

use lifeboat_domain::run::{Run, RunKind};

/// The kind as a noun.
pub(crate) fn kind_word(kind: RunKind) -> &'static str {
    match kind {
        RunKind::Provision => "Provisioning",
        RunKind::Update => "Update",
        RunKind::Destroy => "Destruction",
    }
}

/// `Update of ledger-stage`.
pub(crate) fn run_title(run: &Run) -> String {
    format!("{} of {}", kind_word(run.kind), run.environment_suffix)
}
