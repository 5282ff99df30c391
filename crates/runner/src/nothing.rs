//! A state backend that holds no state, for `terraform init`: it asks for the state once, and any environment's would
//! do, so it gets "there is none" from here.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Answers 404 on loopback until it is dropped.
#[derive(Debug)]
pub(crate) struct NothingThere {
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl NothingThere {
    /// Listens on a free port.
    pub(crate) async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let serving = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                // A client that hangs up has got what it wanted.
                let _ = answer(connection).await;
            }
        });
        Ok(Self { address, serving })
    }

    /// Its URL.
    pub(crate) fn address(&self) -> String {
        format!("http://{}/", self.address)
    }
}

impl Drop for NothingThere {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(mut connection: TcpStream) -> io::Result<()> {
    let mut head = Vec::new();
    let mut buffer = [0; 1024];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < 16 * 1024 {
        match connection.read(&mut buffer).await? {
            0 => return Ok(()),
            read => head.extend_from_slice(&buffer[..read]),
        }
    }
    connection
        .write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        .await?;
    connection.shutdown().await
}
