//! The keys of packs. What must not be here: where the seed comes from.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use lifeboat_domain::Digest;

/// Signs packs. It is never shown.
pub struct Signer(SigningKey);

impl Signer {
    /// The signer of a secret seed; the same one for the same seed.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// What its packs are verified with.
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signature over a digest, base64.
    pub(super) fn sign(&self, digest: &Digest) -> String {
        STANDARD.encode(self.0.sign(&message(digest)).to_bytes())
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.public_key())
    }
}

/// What packs are verified with: 32 bytes of Ed25519, written as base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// The text is no public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a public key is 44 characters of base64; GET /api/v1/evidence-key tells this portal's")]
pub struct NotAKey;

impl PublicKey {
    /// Whether `signature` (base64) is this key's over `digest`.
    pub(super) fn verifies(&self, digest: &Digest, signature: &str) -> bool {
        let bytes = STANDARD.decode(signature).ok();
        let signature = bytes.and_then(|bytes| Signature::from_slice(&bytes).ok());
        signature.is_some_and(|signature| self.0.verify_strict(&message(digest), &signature).is_ok())
    }
}

impl FromStr for PublicKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| NotAKey)?;
        let bytes = bytes.try_into().map_err(|_| NotAKey)?;
        VerifyingKey::from_bytes(&bytes).map(Self).map_err(|_| NotAKey)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0.as_bytes()))
    }
}

/// What is signed: the digest, and what it is of, so that the key's signature on something else is none on a pack.
fn message(digest: &Digest) -> Vec<u8> {
    format!("lifeboat evidence 1\n{digest}").into_bytes()
}
