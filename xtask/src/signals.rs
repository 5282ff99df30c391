//! Being asked to end.

use anyhow::Result;
use tokio::signal::unix::{SignalKind, signal};

/// Returns when this process is asked to end: Ctrl-C, SIGTERM, or its terminal going away.
pub(crate) async fn ended() -> Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hang_up.recv() => {}
    }
    Ok(())
}
