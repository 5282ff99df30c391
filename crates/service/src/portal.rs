//! The facade that the server, the worker and the command line share. What must not be here: any rule; those stand with
//! their nouns.

use std::sync::Arc;

use lifeboat_runner::{Catalog, CredentialSource};
use lifeboat_store::{Artifacts, Store};

use crate::live::Hub;
use crate::signals::Signals;
use crate::throttle::Throttle;

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
}

/// The facade over all nouns; cheap to clone.
#[derive(Clone)]
pub struct Portal {
    inner: Arc<Inner>,
}

struct Inner {
    parts: PortalParts,
    hub: Hub,
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

    pub(crate) fn signals(&self) -> &Signals {
        &self.inner.signals
    }

    pub(crate) fn throttle(&self) -> &Throttle {
        &self.inner.throttle
    }
}
