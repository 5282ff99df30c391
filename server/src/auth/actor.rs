//! Who asks, as an extractor whose type states what the route is for.
//!
//! `Actor<CanApprove>` in a handler's signature means: signed in, and an approver of at least one team. Whether the right
//! holds for the thing at hand is the service's to check.

use std::marker::PhantomData;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::{header, request::Parts};
use lifeboat_domain::person::Principal;
use lifeboat_domain::role::Right;
use lifeboat_service::{Portal, ProblemKind};
use secrecy::SecretString;
use tower_sessions::Session;

use super::session;
use crate::http::error::ApiError;

/// What a route asks of whoever calls it.
pub trait Requirement: Send + Sync + 'static {
    /// Name in the API's document, as `x-lifeboat-right`.
    const NAME: &'static str;

    /// Whether `principal` meets it.
    fn is_met(principal: &Principal) -> bool;
}

macro_rules! requirements {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $met:expr;)+) => {$(
        $(#[$doc])*
        pub struct $name;

        impl Requirement for $name {
            const NAME: &'static str = $text;

            fn is_met(principal: &Principal) -> bool {
                let met: fn(&Principal) -> bool = $met;
                met(principal)
            }
        }
    )+};
}

requirements! {
    /// Anybody who is logged in.
    SignedIn = "signed-in", |_| true;
    /// Who may view in some team.
    CanView = "view", |principal| anywhere(principal, Right::View);
    /// Who may request in some team.
    CanRequest = "request", |principal| anywhere(principal, Right::Request);
    /// Who may approve in some team.
    CanApprove = "approve", |principal| anywhere(principal, Right::Approve);
    /// Who may operate in some team.
    CanOperate = "operate", |principal| anywhere(principal, Right::Operate);
    /// Who may administer the whole portal.
    PortalAdmin = "portal-admin", |principal| principal.user.is_admin;
}

fn anywhere(principal: &Principal, right: Right) -> bool {
    principal.user.is_admin || principal.teams_with(right).next().is_some()
}

/// Whoever asks, known and meeting `R`.
pub struct Actor<R = SignedIn> {
    /// The person.
    pub principal: Principal,
    requirement: PhantomData<R>,
}

impl<S, R> FromRequestParts<S> for Actor<R>
where
    S: Send + Sync,
    Portal: FromRef<S>,
    R: Requirement,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let principal = principal_of(parts, &Portal::from_ref(state)).await?;
        if R::is_met(&principal) {
            Ok(Self {
                principal,
                requirement: PhantomData,
            })
        } else {
            Err(ApiError::new(
                ProblemKind::Forbidden,
                format!(
                    "this needs the right “{}” in a team; ask an admin of your team for a role that has it",
                    R::NAME
                ),
            ))
        }
    }
}

/// The person behind a request: by API token if it brings one, else by session.
pub async fn principal_of(parts: &Parts, portal: &Portal) -> Result<Principal, ApiError> {
    if let Some(authorization) = parts.headers.get(header::AUTHORIZATION) {
        let token = authorization
            .to_str()
            .ok()
            .and_then(|text| text.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| SecretString::from(token.trim().to_owned()))
            .ok_or_else(|| {
                ApiError::new(
                    ProblemKind::Unauthenticated,
                    "send an API token as “Authorization: Bearer lb_…”; make one on the page “API tokens”",
                )
            })?;
        return Ok(portal.principal_of_token(&token).await?);
    }
    let user = match parts.extensions.get::<Session>() {
        Some(session) => session::user_of(session).await?,
        None => None,
    };
    match user {
        Some(user) => Ok(portal.principal_of_session(user).await?),
        None => Err(ApiError::new(
            ProblemKind::Unauthenticated,
            "log in first, or send an API token as “Authorization: Bearer lb_…”",
        )),
    }
}
