//! Personal API tokens: shown once, stored as SHA-256, always expiring.

use chrono::{TimeDelta, Utc};
use lifeboat_domain::person::{ApiToken, Principal, User};
use lifeboat_domain::{ApiTokenId, FieldError, Page, PageRequest};
use lifeboat_store::NewApiToken;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::audit::SYSTEM;
use crate::secret::TOKEN_PREFIX;
use crate::{Portal, ProblemKind, Result, ServiceError, audit, secret};

/// Longest life of a token, days.
pub const MAX_TOKEN_DAYS: u32 = 365;

/// What a client sends to make a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for, 1 to 64 characters.
    pub name: String,
    /// Days until it expires, 1 to 365.
    pub days: u32,
}

/// A token that was just made: the only time its text is known.
#[derive(Clone, Debug)]
pub struct IssuedToken {
    /// As it is listed.
    pub token: ApiToken,
    /// The token itself, `lb_…`.
    pub secret: SecretString,
}

impl Portal {
    /// Makes a token for the person. Whoever came by a token cannot make another: it would outlive the first.
    /// Errors: invalid-input (`name`, `days`), forbidden.
    pub async fn create_token(&self, who: &Principal, new: &NewToken) -> Result<IssuedToken> {
        if who.token.is_some() {
            let detail = "a token cannot make tokens; log in with your password to make one";
            return Err(ServiceError::refused(ProblemKind::Forbidden, detail));
        }
        self.issue(&who.user, &who.user.login, new).await
    }

    /// Makes a token for `login`. By the system (command line). Errors: not-found, invalid-input (`name`, `days`).
    pub async fn issue_token_for(&self, login: &str, new: &NewToken) -> Result<IssuedToken> {
        let user = self.store().user_by_login(login).await?;
        let user = user.ok_or_else(|| ServiceError::not_found("person"))?;
        self.issue(&user, SYSTEM, new).await
    }

    /// The person's own tokens, newest first, expired ones included.
    pub async fn tokens(&self, who: &Principal, page: &PageRequest) -> Result<Page<ApiToken>> {
        Ok(self.store().tokens(who.user.id, page).await?)
    }

    /// Revokes one of the person's own tokens. Errors: not-found.
    pub async fn revoke_token(&self, who: &Principal, token: ApiTokenId) -> Result<()> {
        let event = audit::event(
            &who.user.login,
            "token.revoke",
            format!("token/{token}"),
            json!({}),
        );
        Ok(self.store().delete_token(who.user.id, token, event).await?)
    }

    async fn issue(&self, user: &User, actor: &str, new: &NewToken) -> Result<IssuedToken> {
        check(new)?;
        let secret = secret::random(TOKEN_PREFIX)?;
        let row = NewApiToken {
            id: ApiTokenId::generate(),
            user: user.id,
            name: new.name.trim().to_owned(),
            digest: secret::digest(&secret),
            expires_at: Utc::now() + TimeDelta::days(new.days.into()),
        };
        let detail = json!({ "login": user.login, "name": row.name, "days": new.days });
        let event = audit::event(actor, "token.create", format!("token/{}", row.id), detail);
        let token = self.store().create_token(row, event).await?;
        Ok(IssuedToken { token, secret })
    }
}

fn check(new: &NewToken) -> Result<()> {
    let mut errors = Vec::new();
    let length = new.name.trim().chars().count();
    if !(1..=64).contains(&length) || new.name.chars().any(char::is_control) {
        errors.push(FieldError::new("name", "must be one line of 1 to 64 characters"));
    }
    if !(1..=MAX_TOKEN_DAYS).contains(&new.days) {
        errors.push(FieldError::new(
            "days",
            format!("must be from 1 to {MAX_TOKEN_DAYS}"),
        ));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(ServiceError::invalid(errors))
    }
}
