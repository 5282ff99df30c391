//! Profiles as they lie in `terraform/profiles/`.
use crate::error::RunnerError;
use lifeboat_domain::profile::Profile;
use std::path::Path;
use std::path::PathBuf;

/// The profiles of one Terraform folder, in the order of name.
#[derive(Clone, Debug)]
pub struct Catalog {
    profiles: Vec<ProfileSource>,
}

/// A profile and the folder it was read from.
#[derive(Clone, Debug)]
pub struct ProfileSource {
    /// The profile.
    pub profile: Profile,
    /// The folder that holds `profiles/` and `modules/`.
    pub root: PathBuf,
}

impl Catalog {
    /// Loads every folder below `<terraform_dir>/profiles` that holds a `profile.toml`. The first that is not acceptable is the error.
    pub fn load(terraform_dir: &Path) -> Result<Self, RunnerError> {
        let _ = terraform_dir;
        todo!()
    }
    /// All profiles.
    pub fn profiles(&self) -> impl Iterator<Item = &ProfileSource> {
        self.profiles.iter()
    }
    /// The profile of that name.
    pub fn get(&self, name: &str) -> Option<&ProfileSource> {
        self.profiles.iter().find(|source| source.profile.name == name)
    }
}
