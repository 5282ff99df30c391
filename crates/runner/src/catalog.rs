//! Profiles as they lie in `terraform/profiles/`: loading them, and refusing what must not run.
//!
//! Types, defaults and help come from the variables in HCL, the rest from `profile.toml`; the two are held against
//! each other. What must not be here: running Terraform, and any particular profile.

mod bounds;
mod files;
mod hcl_text;
mod lock;
mod manifest;
mod providers;
mod refusals;
mod variables;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lifeboat_domain::profile::Profile;

use crate::error::RunnerError;

use variables::Variable;

pub(crate) use files::copy;
pub(crate) use lock::LockedProvider;

type Variables = BTreeMap<String, Variable>;

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
    /// The folder that holds `profiles/`, `modules/` and `packages/`.
    pub root: PathBuf,
    /// Files that make up this version, relative to `root`, sorted.
    pub(crate) files: Vec<PathBuf>,
    /// Providers it is locked to.
    pub(crate) providers: Vec<LockedProvider>,
    /// AWS region by provider key as plan JSON names it, such as `aws.primary`, where the root says it plainly.
    pub(crate) regions: BTreeMap<String, String>,
}

impl Catalog {
    /// Loads every folder below `<terraform_dir>/profiles`. The first one that is not acceptable is the error.
    pub fn load(terraform_dir: &Path) -> Result<Self, RunnerError> {
        let root = terraform_dir
            .canonicalize()
            .map_err(RunnerError::io("opening", terraform_dir))?;
        let folder = root.join("profiles");
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&folder).map_err(RunnerError::io("reading", &folder))? {
            let entry = entry.map_err(RunnerError::io("reading", &folder))?;
            if entry.path().is_dir() {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        names.sort();
        let profiles = names
            .iter()
            .map(|name| ProfileSource::load_and_compare(&root, name))
            .collect::<Result<_, _>>()?;
        Ok(Self { profiles })
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

impl ProfileSource {
    /// Loads `<root>/profiles/<name>` and the modules it uses, and holds the form's bounds against HCL's.
    fn load_and_compare(root: &Path, name: &str) -> Result<Self, RunnerError> {
        let (source, tree, variables) = Self::read(root, name)?;
        bounds::check(&tree, &source.profile, &variables)?;
        Ok(source)
    }

    /// Loads a version whose bounds were compared when it was offered.
    pub(crate) fn load(root: &Path, name: &str) -> Result<Self, RunnerError> {
        Self::read(root, name).map(|(source, ..)| source)
    }

    fn read(root: &Path, name: &str) -> Result<(Self, files::Tree, Variables), RunnerError> {
        let mut tree = files::Tree::read(root, name)?;
        let manifest = manifest::read(&tree)?;
        tree.read_packages(root, manifest.packages())?;
        let providers = lock::read(&tree)?;
        refusals::check(&tree, &providers)?;
        let variables = variables::read(&tree)?;
        let source = Self {
            profile: manifest::join(manifest, &tree, &variables)?,
            root: root.to_owned(),
            regions: providers::regions(&tree),
            files: tree.files.keys().cloned().collect(),
            providers,
        };
        Ok((source, tree, variables))
    }
}
