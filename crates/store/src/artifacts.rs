//! Artefacts: plans and states, sealed before they leave memory. Where they lie (a folder, later S3) is
//! `object_store`'s business; what they say is nobody's without the key.

mod key;
mod seal;

use std::fmt;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;

use lifeboat_domain::{EnvironmentId, RunId, StateVersionId};
use object_store::local::LocalFileSystem;
use object_store::{ObjectStore, ObjectStoreExt};
use secrecy::SecretSlice;
use secrecy::zeroize::Zeroizing;

pub use key::EncryptionKey;

/// Where an artefact lies. Its path is sealed with it: moved elsewhere it does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArtifactPath {
    /// `plans/<run>/tfplan`: the saved plan file.
    PlanFile(RunId),
    /// `plans/<run>/plan.json`: the structured plan.
    PlanJson(RunId),
    /// `states/<environment>/<version>`: a state.
    State(EnvironmentId, StateVersionId),
    /// `salvage/<environment>/<run>`: a state whose run had lost its lease; kept for a reconcile.
    Salvage(EnvironmentId, RunId),
}

/// Why an artefact could not be kept or opened.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    /// There is none at that path.
    #[error("there is no artefact {0}")]
    NotFound(String),
    /// It was sealed with another key.
    #[error("the artefact {path} was sealed with the key {sealed_with}, not with the configured one")]
    OtherKey {
        /// Its path.
        path: String,
        /// Id of the key it was sealed with.
        sealed_with: String,
    },
    /// It was changed, cut or moved.
    #[error("the artefact {0} does not open: it was changed, cut or moved")]
    Tampered(String),
    /// The key is not one.
    #[error("the encryption key: {0}")]
    Key(&'static str),
    /// The system's source of randomness.
    #[error("reading randomness")]
    Random(#[source] getrandom::Error),
    /// The folder or bucket.
    #[error("reaching the artefact {path}")]
    Storage {
        /// Its path.
        path: String,
        /// What was wrong.
        #[source]
        source: object_store::Error,
    },
    /// Making the folder.
    #[error("making the artefact folder")]
    Folder(#[source] std::io::Error),
}

/// The sealed artefacts. Clones share the store.
#[derive(Clone, Debug)]
pub struct Artifacts {
    objects: Arc<dyn ObjectStore>,
    key: EncryptionKey,
}

impl fmt::Display for ArtifactPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PlanFile(run) => write!(f, "plans/{run}/tfplan"),
            Self::PlanJson(run) => write!(f, "plans/{run}/plan.json"),
            Self::State(environment, version) => write!(f, "states/{environment}/{version}"),
            Self::Salvage(environment, run) => write!(f, "salvage/{environment}/{run}"),
        }
    }
}

impl Artifacts {
    /// Artefacts in a folder, made when missing, readable by its owner only.
    pub fn folder(folder: &Path, key: EncryptionKey) -> Result<Self, ArtifactError> {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(ArtifactError::Folder)?;
        let objects = LocalFileSystem::new_with_prefix(folder)
            .map_err(|source| ArtifactError::Storage {
                path: String::new(),
                source,
            })?
            .with_fsync(true);
        let objects = Arc::new(objects);
        Ok(Self { objects, key })
    }

    /// A secret key for another purpose, the same one for as long as the encryption key is.
    pub fn derive_key(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        self.key.derive(purpose)
    }

    /// Seals and keeps; replaces what was there. Durable when it returns.
    pub async fn put(&self, path: ArtifactPath, plain: &[u8]) -> Result<(), ArtifactError> {
        let path = path.to_string();
        let sealed = seal::seal(&self.key, &path, plain)?;
        self.objects
            .put(&object_path(&path), sealed.into())
            .await
            .map_err(|source| storage(path, source))?;
        Ok(())
    }

    /// Opens; `NotFound` when there is none.
    pub async fn get(&self, path: ArtifactPath) -> Result<SecretSlice<u8>, ArtifactError> {
        let path = path.to_string();
        let sealed = async { self.objects.get(&object_path(&path)).await?.bytes().await };
        match sealed.await {
            Ok(sealed) => Ok(seal::open(&self.key, &path, &sealed)?.into()),
            Err(source) => Err(storage(path, source)),
        }
    }

    /// Deletes, if there is one.
    pub async fn delete(&self, path: ArtifactPath) -> Result<(), ArtifactError> {
        let path = path.to_string();
        match self.objects.delete(&object_path(&path)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(source) => Err(storage(path, source)),
        }
    }
}

fn object_path(path: &str) -> object_store::path::Path {
    object_store::path::Path::from(path)
}

fn storage(path: String, source: object_store::Error) -> ArtifactError {
    match source {
        object_store::Error::NotFound { .. } => ArtifactError::NotFound(path),
        source => ArtifactError::Storage { path, source },
    }
}

#[cfg(test)]
mod tests;
