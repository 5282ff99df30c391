//! The key that seals artefacts.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest as _, Sha256};

use super::ArtifactError;

/// A 256-bit key. It is never shown, not even in debug output.
#[derive(Clone)]
pub struct EncryptionKey(Arc<SecretBox<[u8; 32]>>);

impl EncryptionKey {
    /// A new random key.
    pub fn generate() -> Result<Self, ArtifactError> {
        let key = SecretBox::try_init_with(|| {
            let mut bytes = [0; 32];
            getrandom::fill(&mut bytes).map(|()| bytes)
        });
        Ok(Self(Arc::new(key.map_err(ArtifactError::Random)?)))
    }

    /// The key from its base64 text (standard alphabet, 32 bytes; surrounding white space is ignored).
    pub fn from_base64(text: &SecretString) -> Result<Self, ArtifactError> {
        let bytes = STANDARD
            .decode(text.expose_secret().trim())
            .map_err(|_| ArtifactError::Key("is not base64 text"))?;
        let bytes = Zeroizing::new(bytes);
        let key: [u8; 32] = bytes
            .as_slice()
            .try_into()
            .map_err(|_| ArtifactError::Key("has not 32 bytes"))?;
        Ok(Self(Arc::new(SecretBox::new(Box::new(key)))))
    }

    /// The base64 text, to be put in a file.
    pub fn to_base64(&self) -> SecretString {
        STANDARD.encode(self.bytes()).into()
    }

    /// Names the key without telling it: 16 hexadecimal digits.
    pub fn id(&self) -> String {
        hex::encode(self.short_id())
    }

    /// A secret key for another purpose; it tells nothing of this one. The same for the same purpose.
    pub fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        // The key stands last and has a fixed length, so no purpose reads as another.
        let digest = Sha256::new()
            .chain_update(b"lifeboat derived key\0")
            .chain_update(purpose.as_bytes())
            .chain_update(b"\0")
            .chain_update(self.bytes())
            .finalize();
        Zeroizing::new(digest.into())
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        self.0.expose_secret()
    }

    pub(super) fn short_id(&self) -> [u8; 8] {
        let digest = Sha256::new()
            .chain_update(b"lifeboat key id")
            .chain_update(self.bytes())
            .finalize();
        let mut id = [0; 8];
        id.copy_from_slice(&digest[..8]);
        id
    }
}

impl std::fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EncryptionKey({})", self.id())
    }
}
