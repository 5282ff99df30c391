//! The other side of the wire, on a thread of its own: AWS's services, a proxy to hosts, and a name server. All is well there.
//!
//! What must not be here: rules of AWS. It answers what is asked, with what an environment in good health answers.

mod aws;
mod dns;
mod proxy;

use std::collections::BTreeMap;
use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
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

/// Requests by operation, and the metrics they asked for.
#[derive(Default)]
pub(crate) struct Counts(Mutex<(BTreeMap<&'static str, u64>, u64)>);

impl Counts {
    fn came(&self, operation: &'static str) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.0.entry(operation).or_default() += 1;
    }

    fn metrics(&self, number: usize) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1 += number as u64;
    }

    /// Counts from nothing.
    pub(crate) fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Default::default();
    }

    /// Requests by operation, and metrics.
    pub(crate) fn told(&self) -> (BTreeMap<&'static str, u64>, u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
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
