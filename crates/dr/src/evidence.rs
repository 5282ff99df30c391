//! Evidence packs: sealed, so that any changed byte is found without asking the portal.
//!
//! A pack is one line of JSON in exactly this form; digest and signature are over the bytes of `evidence` as they stand there, so
//! that nobody has to agree on how JSON is written:
//!
//! ```text
//! {"evidence":{…},"digest":"<sha-256>","public_key":"<base64>","signature":"<base64>"}
//! ```
//!
//! What must not be here: where packs are kept, and what they say.

mod chain;
mod key;

use lifeboat_domain::evidence::Evidence;
use lifeboat_domain::{Digest, EnvironmentId};
use serde::Deserialize;

pub use chain::{Chain, ChainError, check_chains};
pub use key::{NotAKey, PublicKey, Signer};

const HEAD: &str = "{\"evidence\":";
const DIGEST: &str = ",\"digest\":\"";
const KEY: &str = "\",\"public_key\":\"";
const SIGNATURE: &str = "\",\"signature\":\"";
const END: &str = "\"}\n";
/// Characters of a digest, of a key and of a signature.
const LENGTHS: [usize; 3] = [64, 44, 88];

/// Why a pack is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceError {
    /// Not in the form of a pack.
    #[error("this is no evidence pack, or it was cut or reformatted")]
    Form,
    /// The content is not what was digested.
    #[error("the content was changed: its digest is {found}, and the pack says {said}")]
    Changed {
        /// Of the content as it is.
        found: Digest,
        /// What the pack says.
        said: Digest,
    },
    /// Signed by somebody else.
    #[error("it is signed with the key {0}, which is none of the given ones")]
    OtherKey(Box<PublicKey>),
    /// The signature is not over this digest.
    #[error("the signature does not fit")]
    Signature,
    /// Genuine, and in a form that is not known here.
    #[error("it is genuine, but what it says cannot be read: {0}")]
    Content(String),
}

/// A pack that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    /// The document.
    pub text: String,
    /// Digest of its content: what the next pack names.
    pub digest: Digest,
}

/// What the chain needs of a genuine pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genuine {
    /// Digest of its content.
    pub digest: Digest,
    /// The environment.
    pub environment: EnvironmentId,
    /// Its suffix.
    pub suffix: String,
    /// Place in the environment's chain, from 1.
    pub sequence: i64,
    /// Digest of the pack before.
    pub previous: Option<Digest>,
}

/// Seals `evidence`. Errors: it cannot be written as JSON.
pub fn seal(evidence: &Evidence, signer: &Signer) -> Result<Pack, serde_json::Error> {
    let content = serde_json::to_string(evidence)?;
    let digest = Digest::of(content.as_bytes());
    let (key, signature) = (signer.public_key(), signer.sign(&digest));
    let text = format!("{HEAD}{content}{DIGEST}{digest}{KEY}{key}{SIGNATURE}{signature}{END}");
    Ok(Pack { text, digest })
}

/// What the pack says, as text, once it is proven to be signed with one of `keys` and unchanged to the byte.
pub fn open<'a>(pack: &'a [u8], keys: &[PublicKey]) -> Result<(&'a str, Digest), EvidenceError> {
    let parts = Parts::of(pack).ok_or(EvidenceError::Form)?;
    let said: Digest = parts.digest.parse().map_err(|_| EvidenceError::Form)?;
    let found = Digest::of(parts.content.as_bytes());
    if found != said {
        return Err(EvidenceError::Changed { found, said });
    }
    let key: PublicKey = parts.key.parse().map_err(|_| EvidenceError::Form)?;
    if !keys.contains(&key) {
        return Err(EvidenceError::OtherKey(Box::new(key)));
    }
    match key.verifies(&said, parts.signature) {
        true => Ok((parts.content, said)),
        false => Err(EvidenceError::Signature),
    }
}

/// Proves the pack as [`open`] does, and reads its place in the chain.
pub fn verify(pack: &[u8], keys: &[PublicKey]) -> Result<Genuine, EvidenceError> {
    let (content, digest) = open(pack, keys)?;
    let place: Place =
        serde_json::from_str(content).map_err(|error| EvidenceError::Content(error.to_string()))?;
    Ok(Genuine {
        digest,
        environment: place.environment.id,
        suffix: place.environment.suffix,
        sequence: place.sequence,
        previous: place.previous,
    })
}

/// As little of the content as the chain needs, so that packs of any version can be verified.
#[derive(Deserialize)]
struct Place {
    sequence: i64,
    previous: Option<Digest>,
    environment: PlaceEnvironment,
}

#[derive(Deserialize)]
struct PlaceEnvironment {
    id: EnvironmentId,
    suffix: String,
}

/// A pack taken apart, every byte of it accounted for.
struct Parts<'a> {
    content: &'a str,
    digest: &'a str,
    key: &'a str,
    signature: &'a str,
}

impl<'a> Parts<'a> {
    fn of(pack: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(pack).ok()?.strip_prefix(HEAD)?;
        let tail = DIGEST.len() + KEY.len() + SIGNATURE.len() + END.len() + LENGTHS.iter().sum::<usize>();
        let (content, mut rest) = text.split_at_checked(text.len().checked_sub(tail)?)?;
        let mut part = |before: &str, length: usize| {
            let (part, after) = rest.strip_prefix(before)?.split_at_checked(length)?;
            rest = after;
            Some(part)
        };
        let [digest, key, signature] = LENGTHS;
        let (digest, key, signature) = (
            part(DIGEST, digest)?,
            part(KEY, key)?,
            part(SIGNATURE, signature)?,
        );
        (rest == END).then_some(Self {
            content,
            digest,
            key,
            signature,
        })
    }
}

#[cfg(test)]
mod tests;
