//! Who is it? Log-in by password, and the principal behind a session or a token.

use std::time::Instant;

use lifeboat_domain::UserId;
use lifeboat_domain::person::{Principal, User};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::secret::TOKEN_PREFIX;
use crate::{Portal, ProblemKind, Result, ServiceError, audit, password, secret};

/// Longest login looked at; longer ones exist for nobody.
const LONGEST_LOGIN: usize = 64;

impl Portal {
    /// Logs in by password. Takes the same work whether or not the login exists; after several failures for one login it
    /// answers [`ServiceError::RateLimited`] without looking at the password.
    pub async fn login(&self, login: &str, password: &SecretString) -> Result<Principal> {
        let login = login.trim();
        if login.is_empty()
            || login.len() > LONGEST_LOGIN
            || password.expose_secret().len() > password::MAX_BYTES
        {
            return Err(wrong());
        }
        if let Err(retry_after) = self.throttle().begin(login, Instant::now()) {
            count_login("throttled");
            return Err(ServiceError::RateLimited { retry_after });
        }
        let known = self.store().login_credentials(login).await?;
        let (user, hash) = match known {
            Some(known) => (Some(known.user), known.password_hash),
            None => (None, None),
        };
        let fits = password::verify(password.clone(), hash).await?;
        if !fits {
            return Err(self.refuse(user.as_ref()).await);
        }
        let user = user.ok_or_else(wrong)?;
        self.throttle().succeeded(login);
        count_login("accepted");
        let event = audit::event(
            &user.login,
            "session.begin",
            format!("user/{}", user.id),
            json!({}),
        );
        self.store().append_audit(event).await?;
        self.principal_of_session(user.id).await
    }

    /// Only the refusal of a known login is recorded: an unknown one may be a password typed into the wrong field.
    async fn refuse(&self, known: Option<&User>) -> ServiceError {
        count_login("refused");
        if let Some(user) = known {
            let event = audit::event(
                &user.login,
                "session.refuse",
                format!("user/{}", user.id),
                json!({}),
            );
            if let Err(error) = self.store().append_audit(event).await {
                return error.into();
            }
        }
        wrong()
    }

    /// Records that a session ended by its owner's wish.
    pub async fn logout(&self, who: &Principal) -> Result<()> {
        let event = audit::event(
            &who.user.login,
            "session.end",
            format!("user/{}", who.user.id),
            json!({}),
        );
        self.store().append_audit(event).await?;
        Ok(())
    }

    /// The person behind a session, with the memberships of now. Errors: unauthenticated when the person is gone.
    pub async fn principal_of_session(&self, user: UserId) -> Result<Principal> {
        self.store()
            .principal(user)
            .await?
            .ok_or_else(|| unauthenticated("this session's person is gone; log in again"))
    }

    /// The person behind an API token (`lb_…`). Errors: unauthenticated when it is unknown, expired or revoked.
    pub async fn principal_of_token(&self, token: &SecretString) -> Result<Principal> {
        let refused = || {
            unauthenticated("this token is unknown, expired or revoked; make a new one under “API tokens”")
        };
        if !token.expose_secret().starts_with(TOKEN_PREFIX) {
            return Err(refused());
        }
        let known = self.store().authenticate_token(&secret::digest(token)).await?;
        let (id, user) = known.ok_or_else(refused)?;
        let principal = self.store().principal(user).await?.ok_or_else(refused)?;
        Ok(Principal {
            token: Some(id),
            ..principal
        })
    }
}

/// Says the same for an unknown login and a wrong password.
fn wrong() -> ServiceError {
    unauthenticated("login or password is wrong")
}

fn unauthenticated(detail: &str) -> ServiceError {
    ServiceError::refused(ProblemKind::Unauthenticated, detail)
}

fn count_login(outcome: &'static str) {
    metrics::counter!("lifeboat_logins_total", "outcome" => outcome).increment(1);
}
