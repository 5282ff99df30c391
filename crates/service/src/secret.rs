//! Secrets the portal makes up itself: random, shown once, kept as SHA-256.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lifeboat_domain::Digest;
use secrecy::{ExposeSecret, SecretString};

use crate::{Result, ServiceError};

/// What personal API tokens begin with, so that secret scanners can find them.
pub(crate) const TOKEN_PREFIX: &str = "lb_";

/// `prefix` and 256 random bits as base64url.
pub(crate) fn random(prefix: &str) -> Result<SecretString> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|e| ServiceError::internal("making a random secret", e))?;
    Ok(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes)).into())
}

/// What is stored instead of the secret. No salt and no stretching: it holds 256 random bits already.
pub(crate) fn digest(secret: &SecretString) -> Digest {
    Digest::of(secret.expose_secret().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_secrets_differ_and_carry_256_bits() {
        let (one, two) = (random(TOKEN_PREFIX).unwrap(), random(TOKEN_PREFIX).unwrap());
        assert_ne!(one.expose_secret(), two.expose_secret());
        assert_eq!(one.expose_secret().len(), "lb_".len() + 43);
        assert_ne!(digest(&one), digest(&two));
    }
}
