//! Loopback ports and waiting for servers.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process::Background;

/// `preferred` if nobody listens there, else a free port.
pub fn port_or_free(preferred: u16) -> Result<u16> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, preferred)) {
        Ok(listener) => Ok(listener.local_addr()?.port()),
        Err(_) => free_port(),
    }
}

/// A port nobody listens on now.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("asking for a free port")?;
    Ok(listener.local_addr()?.port())
}

/// A UDP port nobody listens on now.
pub fn free_udp_port() -> Result<u16> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).context("asking for a free UDP port")?;
    Ok(socket.local_addr()?.port())
}

/// Waits until `url` answers with success; an error with the process's log when it ends or `limit` passes.
pub async fn wait_for(url: &str, process: &mut Background, limit: Duration) -> Result<()> {
    let client = reqwest::Client::new();
    let deadline = Instant::now() + limit;
    while Instant::now() < deadline {
        process.expect_running()?;
        let answer = client.get(url).timeout(Duration::from_secs(5)).send().await;
        if answer.is_ok_and(|answer| answer.status().is_success()) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!(
        "waiting for {url}: no answer within {} s\n{}",
        limit.as_secs(),
        process.log_tail(20)
    )
}
