//! The facade that the server, the worker and the command line share. What must not be here: any rule; those stand with
//! their nouns.

use std::sync::Arc;

use lifeboat_dr::{Cloud, Faults};
use lifeboat_runner::{Catalog, CredentialSource};
use lifeboat_store::{Artifacts, Store};

use crate::live::Hub;
use crate::news::News;
use crate::signals::Signals;
use crate::throttle::Throttle;
use crate::{ProblemKind, Result, ServiceError};

/// What a portal is made of.
pub struct PortalParts {
    /// The database.
    pub store: Store,
    /// Plans and states, sealed.
    pub artifacts: Artifacts,
    /// The profiles that can be chosen.
    pub catalog: Arc<Catalog>,
    /// How runs get into AWS; none where no worker runs.
    pub credentials: Option<Arc<dyn CredentialSource>>,
    /// How environments are watched and their roles moved; none where neither is done.
    pub cloud: Option<Arc<dyn Cloud>>,
    /// How emulated worlds are broken; none where that is not done.
    pub faults: Option<Arc<dyn Faults>>,
}

/// The facade over all nouns; cheap to clone.
#[derive(Clone)]
pub struct Portal {
    inner: Arc<Inner>,
}

struct Inner {
    parts: PortalParts,
    hub: Hub,
    news: News,
    signals: Signals,
    throttle: Throttle,
}

impl Portal {
    /// A portal over `parts`.
    pub fn new(parts: PortalParts) -> Self {
        Self {
            inner: Arc::new(Inner {
                parts,
                hub: Hub::default(),
                news: News::default(),
                signals: Signals::default(),
                throttle: Throttle::default(),
            }),
        }
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.parts.store
    }

    pub(crate) fn artifacts(&self) -> &Artifacts {
        &self.inner.parts.artifacts
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        &self.inner.parts.catalog
    }

    pub(crate) fn credential_source(&self) -> Option<&dyn CredentialSource> {
        self.inner.parts.credentials.as_deref()
    }

    pub(crate) fn hub(&self) -> &Hub {
        &self.inner.hub
    }

    /// How AWS is reached. Errors: unavailable where this process has no way there.
    pub(crate) fn cloud(&self) -> Result<&Arc<dyn Cloud>> {
        self.inner.parts.cloud.as_ref().ok_or_else(|| {
            let detail = "this process has no way into AWS; ask one that serves with a cloud";
            ServiceError::refused(ProblemKind::Unavailable, detail)
        })
    }

    /// How the emulator is reached. Errors: unavailable where this process has no way there.
    pub(crate) fn faults(&self) -> Result<&dyn Faults> {
        self.inner.parts.faults.as_deref().ok_or_else(|| {
            let detail = "this process has no way to the emulator; ask one that serves";
            ServiceError::refused(ProblemKind::Unavailable, detail)
        })
    }

    pub(crate) fn news(&self) -> &News {
        &self.inner.news
    }

    pub(crate) fn signals(&self) -> &Signals {
        &self.inner.signals
    }

    pub(crate) fn throttle(&self) -> &Throttle {
        &self.inner.throttle
    }
}
