//! The browser's session: its cookie, what is kept in it, and how it begins and ends. It never holds a secret: its data lies
//! readable in the database.

use axum::http::HeaderValue;
use lifeboat_domain::UserId;
use lifeboat_service::{Portal, ServiceError};
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::Duration;
use tower_sessions::{Expiry, Session, SessionManagerLayer};

use super::session_store::PortalSessions;

/// Name of the session's cookie. The prefix makes browsers refuse it unless it is Secure, without a Domain and for `/`.
pub const COOKIE: &str = "__Host-lifeboat";
const LASTS: Duration = Duration::hours(12);
const USER: &str = "user";
const NOTE: &str = "note";

/// Gives every request its session.
pub fn layer(portal: Portal) -> SessionManagerLayer<PortalSessions> {
    SessionManagerLayer::new(PortalSessions(portal))
        .with_name(COOKIE)
        .with_secure(true)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(LASTS))
}

fn failed(doing: &'static str) -> impl FnOnce(tower_sessions::session::Error) -> ServiceError {
    move |error| ServiceError::internal(doing, error)
}

/// Begins a session for `user`, under a new id: one that was planted before the log-in is worth nothing.
pub async fn start(session: &Session, user: UserId) -> Result<(), ServiceError> {
    session.cycle_id().await.map_err(failed("renewing the session"))?;
    session
        .insert(USER, user)
        .await
        .map_err(failed("beginning the session"))
}

/// Ends the session and forgets it in the store.
pub async fn end(session: &Session) -> Result<(), ServiceError> {
    session.flush().await.map_err(failed("ending the session"))
}

/// The header that makes a browser drop the cookie. The layer's own lacks what the cookie's name demands, so browsers leave it
/// alone.
pub fn expired_cookie() -> HeaderValue {
    HeaderValue::from_static("__Host-lifeboat=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax")
}

/// Who the session belongs to.
pub async fn user_of(session: &Session) -> Result<Option<UserId>, ServiceError> {
    session.get(USER).await.map_err(failed("reading the session"))
}

/// Leaves a sentence for the next page.
pub async fn note(session: &Session, text: &str) -> Result<(), ServiceError> {
    session
        .insert(NOTE, text)
        .await
        .map_err(failed("writing the session"))
}

/// Takes the sentence that was left.
pub async fn take_note(session: &Session) -> Result<Option<String>, ServiceError> {
    session.remove(NOTE).await.map_err(failed("reading the session"))
}
