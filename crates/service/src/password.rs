//! Passwords: Argon2id, hashed and verified away from the async threads, only so many at once.

use std::sync::{Arc, LazyLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use crate::{Result, ServiceError};

/// Fewest characters of a password.
pub(crate) const MIN_LENGTH: usize = 10;
/// Most bytes of a password: enough for any passphrase, too few to be a burden.
pub(crate) const MAX_BYTES: usize = 1024;

/// Each hash takes 19 MiB and a core for a while: a flood of log-ins must wait here instead of filling the memory.
static AT_ONCE: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(2)));

/// A hash nobody's password has, verified for unknown logins so that they take as long as known ones.
static NOBODY: LazyLock<Result<SecretString, String>> =
    LazyLock::new(|| hash_now(&SecretString::from("nobody's password")).map_err(|e| e.to_string()));

/// The PHC string of `password` under a fresh salt.
pub(crate) async fn hash(password: SecretString) -> Result<SecretString> {
    aside(move || hash_now(&password)).await?
}

/// Whether `password` is the one behind `known`. With no `known` the same work is done, and the answer is no.
pub(crate) async fn verify(password: SecretString, known: Option<SecretString>) -> Result<bool> {
    aside(move || {
        let exists = known.is_some();
        let hash = match known {
            Some(hash) => hash,
            None => NOBODY
                .clone()
                .map_err(|e| ServiceError::internal("hashing a password", e))?,
        };
        let parsed = PasswordHash::new(hash.expose_secret())
            .map_err(|e| ServiceError::internal("reading a password hash", e.to_string()))?;
        let fits = Argon2::default()
            .verify_password(password.expose_secret().as_bytes(), &parsed)
            .is_ok();
        Ok(fits && exists)
    })
    .await?
}

/// What is wrong with `password` as a new password.
pub(crate) fn check_new(password: &SecretString) -> Result<(), String> {
    let text = password.expose_secret();
    if text.chars().count() < MIN_LENGTH {
        return Err(format!("must have at least {MIN_LENGTH} characters"));
    }
    if text.len() > MAX_BYTES {
        return Err(format!("must have at most {MAX_BYTES} bytes"));
    }
    Ok(())
}

fn hash_now(password: &SecretString) -> Result<SecretString> {
    let hash = Argon2::default()
        .hash_password(password.expose_secret().as_bytes())
        .map_err(|e| ServiceError::internal("hashing a password", e.to_string()))?;
    Ok(hash.to_string().into())
}

async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let internal =
        |e: Box<dyn std::error::Error + Send + Sync>| ServiceError::internal("hashing a password", e);
    let permit = AT_ONCE
        .clone()
        .acquire_owned()
        .await
        .map_err(|e| internal(e.into()))?;
    tokio::task::spawn_blocking(move || {
        let done = work();
        drop(permit);
        done
    })
    .await
    .map_err(|e| internal(e.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_right_password_alone_fits() {
        let hash = hash("correct horse".to_owned().into()).await.unwrap();
        assert!(
            hash.expose_secret()
                .starts_with("$argon2id$v=19$m=19456,t=2,p=1$")
        );
        assert!(
            verify("correct horse".to_owned().into(), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(
            !verify("correct horsf".to_owned().into(), Some(hash))
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn nobody_logs_in_with_nobodys_password() {
        assert!(!verify("nobody's password".to_owned().into(), None).await.unwrap());
    }

    #[test]
    fn short_and_endless_passwords_are_refused() {
        assert!(check_new(&"short".to_owned().into()).is_err());
        assert!(check_new(&"x".repeat(MAX_BYTES + 1).into()).is_err());
        assert!(check_new(&"long enough".to_owned().into()).is_ok());
    }
}
