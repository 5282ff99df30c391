//! Reading `database_url`. Its text may hold a password: no error repeats it.

use std::fmt::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::Engine;
use crate::{Result, StoreError};

/// A database as sqlx takes it.
pub(super) struct Address {
    pub(super) engine: Engine,
    pub(super) url: String,
}

pub(super) fn parse(url: &str) -> Result<Address> {
    if let Some(path) = url.strip_prefix("sqlite:") {
        let path = path.strip_prefix("//").unwrap_or(path);
        return sqlite(path);
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        let engine = Engine::Postgres;
        return Ok(Address {
            engine,
            url: url.to_owned(),
        });
    }
    refuse("must begin with sqlite:// or postgres://")
}

fn sqlite(path: &str) -> Result<Address> {
    if path.is_empty() || path.starts_with(":memory:") {
        return refuse("names no file; write sqlite:// followed by a path");
    }
    if path.contains('?') {
        return refuse("takes no options after the path of a SQLite file");
    }
    let path = std::path::absolute(path).map_err(|e| StoreError::Address(format!("its path: {e}")))?;
    make_private_file(&path).map_err(|e| StoreError::Address(format!("making {}: {e}", path.display())))?;
    let mut url = String::from("sqlite://");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => url.push(char::from(*byte)),
            b if b.is_ascii_alphanumeric() => url.push(char::from(*b)),
            b => write!(url, "%{b:02X}").expect("a String takes every write"),
        }
    }
    url.push_str("?mode=rwc");
    let engine = Engine::Sqlite;
    Ok(Address { engine, url })
}

/// SQLite gives its companions (`-wal`, `-shm`) the rights of the database file. A file that exists is not opened:
/// closing it again would end the locks that SQLite holds on it in this process.
fn make_private_file(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let made = std::fs::OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(path);
    match made {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

fn refuse(why: &str) -> Result<Address> {
    Err(StoreError::Address(why.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_address_is_not_repeated() {
        for url in [
            "mysql://u:hunter2@h/d",
            "hunter2",
            "sqlite://",
            "sqlite://a?hunter2",
            "sqlite::memory:",
        ] {
            let error = parse(url).err().expect(url).to_string();
            assert!(error.starts_with("the setting database_url"), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_file_is_made_for_its_owner_only_whatever_its_name() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let plain = folder.path().join("new folder/life boat#1.db");
        let address = parse(&format!("sqlite://{}", plain.display())).unwrap();
        assert!(address.url.ends_with("/new%20folder/life%20boat%231.db?mode=rwc"));
        assert_eq!(plain.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}
