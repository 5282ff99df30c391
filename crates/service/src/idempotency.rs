//! Idempotency keys: the same key with the same request creates once.

use lifeboat_domain::Digest;
use lifeboat_domain::person::Principal;
use lifeboat_store::IdempotencyKey;
use serde::Serialize;

use crate::{Result, ServiceError};

/// Most characters of a key: enough for any UUID or hash.
const MAX_LENGTH: usize = 128;

/// The key as the store wants it; `action` and `body` are what it is bound to.
pub(crate) fn key(
    who: &Principal,
    key: Option<&str>,
    action: &str,
    body: &impl Serialize,
) -> Result<Option<IdempotencyKey>> {
    let Some(key) = key else { return Ok(None) };
    if key.is_empty() || key.len() > MAX_LENGTH || !key.bytes().all(|b| b.is_ascii_graphic()) {
        let rule = format!("must have 1 to {MAX_LENGTH} visible ASCII characters; a UUID is a good one");
        return Err(ServiceError::invalid_field("Idempotency-Key", rule));
    }
    // Maps are sorted by key in these types, so equal requests give equal texts.
    let text = serde_json::to_string(&(action, body))
        .map_err(|e| ServiceError::internal("digesting a request", e))?;
    Ok(Some(IdempotencyKey {
        user: who.user.id,
        key: key.to_owned(),
        request: Digest::of(text.as_bytes()),
    }))
}
