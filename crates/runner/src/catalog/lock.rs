//! The dependency lock file: which providers, in which version, with which hashes.

use super::files::{LOCK_FILE, Tree};
use super::hcl_text::{HclFile, attribute, heading, label, text};
use crate::error::RunnerError;

/// A provider as the lock file pins it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LockedProvider {
    /// `<host>/<namespace>/<type>`.
    pub(crate) source: String,
    /// Version.
    pub(crate) version: String,
    /// Hashes, as written.
    pub(crate) hashes: Vec<String>,
}

impl LockedProvider {
    /// `source version hash`, as attestations say it.
    pub(crate) fn label(&self) -> String {
        let hash = self.hashes.first().map(String::as_str).unwrap_or("unhashed");
        format!("{} {} {hash}", self.source, self.version)
    }
}

/// Reads it; a profile without providers needs none.
pub(super) fn read(tree: &Tree) -> Result<Vec<LockedProvider>, RunnerError> {
    let path = tree.own(LOCK_FILE);
    let Some(content) = tree.files.get(&path) else {
        return Ok(Vec::new());
    };
    let file = HclFile::parse(&path, content).map_err(|problem| tree.refuse(&path, &problem))?;
    let mut providers = Vec::new();
    for block in file.blocks("provider") {
        let version = attribute(&block.body, "version").and_then(text);
        let hashes = match attribute(&block.body, "hashes") {
            Some(hcl::Expression::Array(hashes)) => {
                hashes.iter().filter_map(text).map(str::to_owned).collect()
            }
            _ => Vec::new(),
        };
        let Some(version) = version.filter(|_| !hashes.is_empty()) else {
            let problem = format!(
                "{}: has no version or no hashes; run terraform providers lock",
                heading(block)
            );
            return Err(tree.refuse(&path, &problem));
        };
        providers.push(LockedProvider {
            source: label(block, 0).to_owned(),
            version: version.to_owned(),
            hashes,
        });
    }
    Ok(providers)
}
