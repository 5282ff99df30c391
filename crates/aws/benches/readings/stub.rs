//! The other side of the wire, on a thread of its own: AWS's services, a proxy to hosts, and a name server. All is well there.
//!
//! What must not be here: rules of AWS. It answers what is asked, with what an environment in good health answers.

mod aws;
mod dns;
mod proxy;
mod rds;

use std::collections::BTreeMap;
use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

/// The certificate of every host.
pub(crate) struct Certificate {
    /// PEM file.
    pub(crate) file: PathBuf,
    /// PEM file of its key.
    pub(crate) key: PathBuf,
}

/// Where it listens, and what came.
pub(crate) struct Stub {
    pub(crate) aws: SocketAddr,
    pub(crate) proxy: SocketAddr,
    pub(crate) dns: SocketAddr,
    pub(crate) counts: Arc<Counts>,
}

/// What came.
#[derive(Default)]
pub(crate) struct Counts(Mutex<Told>);

/// What came, by operation.
#[derive(Clone, Default)]
pub(crate) struct Told {
    /// Requests.
    pub(crate) requests: BTreeMap<&'static str, u64>,
    /// What requests of those that ask for many asked for: metrics, clusters, or how many global databases they were told of.
    pub(crate) batched: BTreeMap<&'static str, u64>,
}

impl Counts {
    fn lock(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn came(&self, operation: &'static str) {
        *self.lock().requests.entry(operation).or_default() += 1;
    }

    fn batched(&self, operation: &'static str, number: usize) {
        *self.lock().batched.entry(operation).or_default() += number as u64;
    }

    /// Counts from nothing.
    pub(crate) fn clear(&self) {
        *self.lock() = Told::default();
    }

    /// What came since.
    pub(crate) fn told(&self) -> Told {
        self.lock().clone()
    }
}

impl Stub {
    /// Starts it; it ends with the process. Every answer takes `latency`.
    pub(crate) fn start(certificate: &Certificate, latency: Duration) -> Result<Self, Box<dyn Error>> {
        let counts = Arc::new(Counts::default());
        let hosts = proxy::Hosts::new(certificate, latency, Arc::clone(&counts))?;
        let (here, there) = (Arc::clone(&counts), mpsc::channel());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let told = there.0;
        std::thread::spawn(move || {
            runtime.block_on(async move {
                let begun = async {
                    let aws = aws::serve(Arc::clone(&here), latency).await?;
                    let proxy = hosts.serve().await?;
                    let dns = dns::serve(here, latency).await?;
                    Ok::<_, std::io::Error>((aws, proxy, dns))
                };
                if told.send(begun.await).is_ok() {
                    std::future::pending::<()>().await;
                }
            });
        });
        let (aws, proxy, dns) = there.1.recv()??;
        Ok(Self {
            aws,
            proxy,
            dns,
            counts,
        })
    }
}
