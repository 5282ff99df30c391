//! Profile versions initialised once, shared read-only by every run.
use lifeboat_domain::profile::Profile;
use std::path::PathBuf;

/// A profile version, copied into the data directory and initialised.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The profile as this version describes it.
    pub profile: Profile,
    /// `source version hash` of each locked provider.
    pub providers: Vec<String>,
    pub(crate) root: PathBuf,
}
