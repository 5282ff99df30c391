//! A proxy behind which every host is the same one, with TLS, and answers 200.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use std::{fs, io};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::{Certificate, Counts};

/// Longer than any head of a request here.
const HEAD: usize = 4_096;

/// The hosts behind the proxy.
pub(super) struct Hosts {
    tls: TlsAcceptor,
    latency: Duration,
    counts: Arc<Counts>,
}

impl Hosts {
    pub(super) fn new(
        certificate: &Certificate,
        latency: Duration,
        counts: Arc<Counts>,
    ) -> Result<Self, Box<dyn Error>> {
        let chain =
            CertificateDer::pem_slice_iter(&fs::read(&certificate.file)?).collect::<Result<_, _>>()?;
        let key = PrivateKeyDer::from_pem_slice(&fs::read(&certificate.key)?)?;
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        Ok(Self {
            tls: TlsAcceptor::from(Arc::new(config)),
            latency,
            counts,
        })
    }

    pub(super) async fn serve(self) -> io::Result<SocketAddr> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let hosts = Arc::new(self);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let hosts = Arc::clone(&hosts);
                // A client that goes away is none of the stub's business.
                tokio::spawn(async move { hosts.answer(stream).await.ok() });
            }
        });
        Ok(address)
    }

    async fn answer(&self, mut stream: TcpStream) -> io::Result<()> {
        self.counts.came("probe");
        head(&mut stream).await?;
        stream
            .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
            .await?;
        let mut host = self.tls.accept(stream).await?;
        head(&mut host).await?;
        tokio::time::sleep(self.latency).await;
        host.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok")
            .await?;
        host.shutdown().await
    }
}

/// Reads to the end of a request without a body.
async fn head(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<()> {
    let mut head = Vec::with_capacity(HEAD);
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() > HEAD || stream.read_buf(&mut head).await? == 0 {
            return Err(io::Error::from(io::ErrorKind::InvalidData));
        }
    }
    Ok(())
}
