//! Profile versions, copied and initialised once, then shared read-only by every run.
//!
//! A version lies in `<data>/profiles/<name>-<digest>/`, laid out as in the source: `profiles/<name>/` (with
//! `.terraform`), `modules/` and `packages/`. It appears by one rename, so a half-made one is never seen.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use lifeboat_domain::Digest;
use lifeboat_domain::attestation::Limits;
use lifeboat_domain::profile::Profile;

use crate::catalog::{self, LockedProvider, ProfileSource};
use crate::child::{self, Collected, Rules};
use crate::error::RunnerError;
use crate::mirror;
use crate::nothing::NothingThere;
use crate::sandbox::{Job, Mount, Sandbox};
use crate::stop::Stop;
use crate::terraform::{Terraform, base_environment, cli_configuration};

/// Name of our CLI configuration in a version's folder.
const CLI_CONFIGURATION: &str = "terraformrc";

/// A profile version that runs can be made from.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The profile as this version describes it.
    pub profile: Profile,
    /// `source version hash` of each locked provider.
    pub providers: Vec<String>,
    /// Region by provider key, as far as the root says it plainly.
    pub(crate) regions: BTreeMap<String, String>,
    /// The version's folder.
    pub(crate) root: PathBuf,
    /// Folders the providers' programs lie in.
    pub(crate) provider_folders: Vec<PathBuf>,
}

impl Prepared {
    /// The root module's folder.
    pub(crate) fn folder(&self) -> PathBuf {
        self.root.join("profiles").join(&self.profile.name)
    }

    /// Our CLI configuration.
    pub(crate) fn cli_configuration(&self) -> PathBuf {
        self.root.join(CLI_CONFIGURATION)
    }
}

/// Makes and finds prepared versions.
#[derive(Clone, Debug)]
pub(crate) struct Preparer {
    /// `<data>/profiles`.
    pub(crate) folder: PathBuf,
    /// `<data>/plugins`: providers from the registry, once for all versions.
    pub(crate) cache: PathBuf,
    /// The setting.
    pub(crate) mirror: Option<PathBuf>,
    pub(crate) sandbox: Sandbox,
    pub(crate) terraform: Terraform,
}

impl Preparer {
    /// A version that was made before; its files must still have the digest it is named by.
    pub(crate) fn find(&self, name: &str, digest: &Digest) -> Result<Prepared, RunnerError> {
        let root = self.root_of(name, digest);
        let unknown = || RunnerError::UnknownVersion {
            version: format!("{name}@{}", digest.short()),
        };
        if !root.is_dir() {
            return Err(unknown());
        }
        let source = ProfileSource::load(&root, name)?;
        if source.profile.digest != *digest {
            return Err(RunnerError::Profile {
                profile: name.to_owned(),
                file: root.display().to_string(),
                problem: "its files were changed after it was prepared; remove the folder".to_owned(),
            });
        }
        let provider_folders = provider_folders(&root.join("profiles").join(name))?;
        Ok(Prepared {
            providers: source.providers.iter().map(LockedProvider::label).collect(),
            regions: source.regions,
            profile: source.profile,
            provider_folders,
            root,
        })
    }

    /// Makes the version unless it is there.
    pub(crate) async fn prepare(&self, source: &ProfileSource) -> Result<Prepared, RunnerError> {
        let (name, digest) = (&source.profile.name, &source.profile.digest);
        match self.find(name, digest) {
            Err(RunnerError::UnknownVersion { .. }) => {}
            found => return found,
        }
        // One at a time, over all processes: the cache of providers cannot take two.
        let lock = self.lock().await?;
        if !self.root_of(name, digest).is_dir() {
            self.make(source).await?;
        }
        drop(lock);
        self.find(name, digest)
    }

    fn root_of(&self, name: &str, digest: &Digest) -> PathBuf {
        self.folder.join(format!("{name}-{digest}"))
    }

    async fn lock(&self) -> Result<File, RunnerError> {
        let path = self.folder.join(".lock");
        let waiting = tokio::task::spawn_blocking({
            let path = path.clone();
            move || {
                let file = File::create(path)?;
                file.lock()?;
                Ok(file)
            }
        });
        let locked = waiting
            .await
            .unwrap_or_else(|gone| Err(std::io::Error::other(gone)));
        locked.map_err(RunnerError::io("locking", path))
    }

    async fn make(&self, source: &ProfileSource) -> Result<(), RunnerError> {
        let name = &source.profile.name;
        let making = tempfile::Builder::new()
            .prefix(".making-")
            .tempdir_in(&self.folder)
            .map_err(RunnerError::io("making a folder in", &self.folder))?;
        let root = making.path().join("version");
        catalog::copy(&source.files, &source.root, &root)?;
        let mirror = self.mirror_for(source)?;
        let configuration = root.join(CLI_CONFIGURATION);
        fs::write(&configuration, cli_configuration(mirror.as_deref(), &self.cache))
            .map_err(RunnerError::io("writing", &configuration))?;
        self.init(source, &root, mirror.as_deref()).await?;
        let target = self.root_of(name, &source.profile.digest);
        fs::rename(&root, &target).map_err(RunnerError::io("making", target))
    }

    /// The setting must hold what is locked; a mirror that is only found may be missing.
    fn mirror_for(&self, source: &ProfileSource) -> Result<Option<PathBuf>, RunnerError> {
        let (providers, platform) = (&source.providers, &self.terraform.platform);
        match &self.mirror {
            Some(mirror) if mirror::holds_all(mirror, providers, platform) => Ok(Some(mirror.clone())),
            Some(mirror) => Err(RunnerError::Init {
                version: source.profile.version_label(),
                problem: format!(
                    "the provider mirror {} lacks a locked provider ({}); run terraform providers mirror there",
                    mirror.display(),
                    providers
                        .iter()
                        .map(LockedProvider::label)
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
            }),
            None => Ok(mirror::find(providers, platform)),
        }
    }

    async fn init(
        &self,
        source: &ProfileSource,
        root: &Path,
        mirror: Option<&Path>,
    ) -> Result<(), RunnerError> {
        let version = source.profile.version_label();
        let backend = NothingThere::start()
            .await
            .map_err(RunnerError::io("listening for", "terraform init"))?;
        let mut environment = base_environment();
        environment.set("TF_HTTP_ADDRESS", backend.address()).set(
            "TF_CLI_CONFIG_FILE",
            root.join(CLI_CONFIGURATION).display().to_string(),
        );
        let mut mounts = vec![
            Mount::read(&self.terraform.program),
            Mount::write(root),
            Mount::write(&self.cache),
        ];
        mounts.extend(mirror.map(Mount::read));
        let mut args = vec!["init", "-input=false", "-no-color"];
        if !source.providers.is_empty() {
            args.push("-lockfile=readonly");
        }
        let job = Job {
            mounts,
            directory: root.join("profiles").join(&source.profile.name),
            program: self.terraform.program.clone(),
            args: args.into_iter().map(Into::into).collect(),
            environment,
        };
        let mut said = Collected::default();
        let ended = child::run(&self.sandbox, &job, &init_rules(), &Stop::new(), &mut said).await?;
        if ended.exit_code == Some(0) {
            return Ok(());
        }
        let problem = match ended.stopped {
            Some(reason) => reason.to_string(),
            None => String::from_utf8_lossy(&said.error).trim().to_owned(),
        };
        Err(RunnerError::Init { version, problem })
    }
}

fn init_rules() -> Rules {
    Rules {
        limits: Limits {
            memory_bytes: 2 * 1024 * 1024 * 1024,
            processes: 32,
            output_bytes: 4 * 1024 * 1024,
            file_bytes: 2 * 1024 * 1024 * 1024,
            step_seconds: 15 * 60,
        },
        grace: Duration::from_secs(5),
    }
}

/// Where the links below `.terraform/providers` lead: into the mirror or the cache.
fn provider_folders(folder: &Path) -> Result<Vec<PathBuf>, RunnerError> {
    let providers = folder.join(".terraform/providers");
    let mut folders = Vec::new();
    for entry in walkdir::WalkDir::new(&providers)
        .max_depth(5)
        .into_iter()
        .flatten()
    {
        if entry.path_is_symlink() {
            let target = entry.path().canonicalize().map_err(|_| RunnerError::Io {
                doing: "following the provider's link",
                path: entry.path().to_owned(),
                source: std::io::Error::other("the mirror or cache it was initialised from is gone; restore it or remove the version's folder"),
            })?;
            folders.push(target);
        }
    }
    Ok(folders)
}
