//! `lifeboat key`

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use lifeboat_store::EncryptionKey;
use secrecy::ExposeSecret;

use super::output;

/// Readable by the portal's own user alone.
const MODE: u32 = 0o600;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Makes a new key. Keep a copy of it apart from the data: without it no state can be read.
    Generate {
        /// File to make; it must not exist.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

pub(super) fn run(command: &Command) -> anyhow::Result<()> {
    let Command::Generate { out } = command;
    let key = EncryptionKey::generate().context("making a key")?;
    write_new(out, key.to_base64().expose_secret())?;
    output::say(&format!("made the key {} in {}", key.id(), out.display()));
    Ok(())
}

/// Never overwrites: what the old key sealed would be lost.
fn write_new(file: &Path, text: &str) -> anyhow::Result<()> {
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(MODE)
        .open(file);
    let mut made = match made {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!("{} exists and is kept; name another file", file.display());
        }
        made => made.with_context(|| format!("making {}", file.display()))?,
    };
    writeln!(made, "{text}").with_context(|| format!("writing {}", file.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_key_is_private_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        write_new(&file, "one").unwrap();
        assert_eq!(
            std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            MODE
        );
        let refused = write_new(&file, "two").unwrap_err().to_string();
        assert!(refused.contains("exists and is kept"), "{refused}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "one\n");
    }
}
