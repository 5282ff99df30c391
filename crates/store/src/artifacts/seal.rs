//! Sealing: XChaCha20-Poly1305 in an envelope that names its version and its key.
//!
//! `version (1) | key id (8) | nonce (24) | ciphertext and tag`. The envelope's head and the object's path are
//! authenticated with the content: an object that was changed, cut or moved does not open.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use super::{ArtifactError, EncryptionKey};

const VERSION: u8 = 1;
const HEAD: usize = 9;
const NONCE: usize = 24;

pub(super) fn seal(key: &EncryptionKey, path: &str, plain: &[u8]) -> Result<Vec<u8>, ArtifactError> {
    let mut sealed = Vec::with_capacity(HEAD + NONCE + plain.len() + 16);
    sealed.push(VERSION);
    sealed.extend(key.short_id());
    let aad = [&sealed, path.as_bytes()].concat();
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce).map_err(ArtifactError::Random)?;
    sealed.extend(nonce);
    let payload = Payload {
        msg: plain,
        aad: &aad,
    };
    let ciphertext = cipher(key)
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| ArtifactError::Key("cannot seal so large an artefact"))?;
    sealed.extend(ciphertext);
    Ok(sealed)
}

pub(super) fn open(key: &EncryptionKey, path: &str, sealed: &[u8]) -> Result<Vec<u8>, ArtifactError> {
    let tampered = || ArtifactError::Tampered(path.to_owned());
    let (head, rest) = sealed.split_at_checked(HEAD).ok_or_else(tampered)?;
    let (nonce, ciphertext) = rest.split_at_checked(NONCE).ok_or_else(tampered)?;
    if head[0] != VERSION {
        return Err(tampered());
    }
    if head[1..] != key.short_id() {
        return Err(ArtifactError::OtherKey {
            path: path.to_owned(),
            sealed_with: hex::encode(&head[1..]),
        });
    }
    let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| tampered())?;
    let aad = [head, path.as_bytes()].concat();
    let payload = Payload {
        msg: ciphertext,
        aad: &aad,
    };
    cipher(key)
        .decrypt(&XNonce::from(nonce), payload)
        .map_err(|_| tampered())
}

fn cipher(key: &EncryptionKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.bytes().into())
}
