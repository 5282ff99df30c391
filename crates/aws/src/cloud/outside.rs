//! The world outside of AWS: the applications' hosts and the resolver, as this machine or an account's configuration reaches them.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use std::{fmt, fs, io};

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use lifeboat_domain::account::Account;
use lifeboat_domain::reading::Probe;
use reqwest::{Certificate, Client, Proxy, redirect};

use crate::sts::root_cause;

/// How long a host may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long a name server may take, of two attempts.
const LOOKUP: Duration = Duration::from_millis(1_500);

/// How hosts and names are reached for the environments of one account, where that differs from how this machine reaches them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outside {
    /// The name server that is asked, over UDP.
    pub dns_server: Option<SocketAddr>,
    /// The proxy through which hosts are reached, such as `http://127.0.0.1:3128`.
    pub https_proxy: Option<String>,
    /// PEM file with authorities whose certificates are trusted beside those of this machine.
    pub ca_file: Option<PathBuf>,
}

/// A setting for the world outside of AWS that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CloudSetupError {
    /// The file with authorities cannot be read.
    #[error("reading {}, the ca_file of the account {account}", path.display())]
    CaFile {
        /// Account's name.
        account: String,
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file holds no certificate, the proxy is no URL, or there is no TLS.
    #[error("preparing HTTP for {whom}; its https_proxy must be a URL and its ca_file PEM certificates")]
    Http {
        /// `the account x`, or `this machine`.
        whom: String,
        /// Why.
        source: reqwest::Error,
    },
    /// This machine's resolver is not set up in a way that can be used.
    #[error("preparing DNS for {whom}; look at /etc/resolv.conf, or set dns_server")]
    Dns {
        /// `the account x`, or `this machine`.
        whom: String,
        /// Why.
        source: NetError,
    },
}

/// The way outside of every account.
#[derive(Debug)]
pub(super) struct Ways {
    usual: Way,
    of_accounts: HashMap<String, Way>,
}

/// How hosts and names are reached.
pub(super) struct Way {
    http: Client,
    pub(super) resolver: TokioResolver,
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Way").finish_non_exhaustive()
    }
}

impl Ways {
    pub(super) fn new(outside: HashMap<String, Outside>) -> Result<Self, CloudSetupError> {
        let usual = Way::new(None, &Outside::default())?;
        let mut of_accounts = HashMap::new();
        for (account, outside) in outside {
            if outside != Outside::default() {
                let way = Way::new(Some(&account), &outside)?;
                of_accounts.insert(account, way);
            }
        }
        Ok(Self { usual, of_accounts })
    }

    pub(super) fn of(&self, account: &Account) -> &Way {
        self.of_accounts.get(&account.name).unwrap_or(&self.usual)
    }
}

impl Way {
    fn new(account: Option<&str>, outside: &Outside) -> Result<Self, CloudSetupError> {
        let whom = match account {
            Some(account) => format!("the account {account}"),
            None => "this machine".to_owned(),
        };
        let authorities = match &outside.ca_file {
            Some(path) => Some(fs::read(path).map_err(|source| CloudSetupError::CaFile {
                account: account.unwrap_or_default().to_owned(),
                path: path.clone(),
                source,
            })?),
            None => None,
        };
        let http = client(outside.https_proxy.as_deref(), authorities.as_deref());
        let resolver = resolver(outside.dns_server);
        Ok(Self {
            http: http.map_err(|source| CloudSetupError::Http {
                whom: whom.clone(),
                source,
            })?,
            resolver: resolver.map_err(|source| CloudSetupError::Dns { whom, source })?,
        })
    }

    /// Asks `https://<host><path>`. A host that does not answer is an answer.
    pub(super) async fn probe(&self, host: &str, path: &str) -> Probe {
        let began = Instant::now();
        let answer = self.http.get(format!("https://{host}{path}")).send().await;
        let milliseconds = u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX);
        let status = answer.as_ref().ok().map(|answer| answer.status().as_u16());
        let detail = match &answer {
            Ok(answer) => format!("{} in {milliseconds} ms", answer.status().as_u16()),
            Err(error) if error.is_timeout() => format!("no answer in {} s", PATIENCE.as_secs()),
            Err(error) => format!("no answer: {}", root_cause(error)),
        };
        Probe {
            healthy: status.is_some_and(|status| (200..400).contains(&status)),
            status,
            milliseconds,
            detail,
        }
    }
}

/// Verifies certificates, follows no redirects, and connects anew for every question: an open connection says nothing about a new one.
fn client(proxy: Option<&str>, authorities: Option<&[u8]>) -> reqwest::Result<Client> {
    let mut builder = Client::builder()
        .user_agent(concat!("lifeboat/", env!("CARGO_PKG_VERSION")))
        .https_only(true)
        .timeout(PATIENCE)
        .redirect(redirect::Policy::none())
        .pool_max_idle_per_host(0);
    if let Some(proxy) = proxy {
        builder = builder.proxy(Proxy::https(proxy)?);
    }
    if let Some(authorities) = authorities {
        builder = builder.tls_certs_merge(Certificate::from_pem_bundle(authorities)?);
    }
    builder.build()
}

/// Asks anew for every question: the name servers on the way keep answers for their TTL, this process does not.
fn resolver(server: Option<SocketAddr>) -> Result<TokioResolver, NetError> {
    let mut builder = match server {
        Some(server) => {
            let mut connection = ConnectionConfig::udp();
            connection.port = server.port();
            let server = NameServerConfig::new(server.ip(), true, vec![connection]);
            let config = ResolverConfig::from_name_servers(vec![server]);
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
                .with_options(ResolverOpts::default())
        }
        None => TokioResolver::builder_tokio()?,
    };
    let options = builder.options_mut();
    options.cache_size = 0;
    options.timeout = LOOKUP;
    options.attempts = 1;
    builder.build()
}
