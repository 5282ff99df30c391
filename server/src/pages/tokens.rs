//! `/tokens`: this person's API tokens.

use axum::http::StatusCode;
use axum::response::Response;
use lifeboat_app::model::{CreatedToken, Page, TokensPage};
use lifeboat_domain::{ApiTokenId, FieldError, PageRequest};
use lifeboat_service::{IssuedToken, NewToken, ServiceError};
use secrecy::ExposeSecret;

use super::visit::Visit;
use crate::http::error::ApiError;
use crate::http::extract::{Form, Path};

/// More than anybody has: the page shows all of them.
const ALL: PageRequest = PageRequest {
    cursor: None,
    limit: Some(200),
};

pub(super) async fn show(visit: Visit) -> Result<Response, ApiError> {
    let page = model(&visit).await?;
    visit.draw(Page::Tokens(page)).await
}

async fn model(visit: &Visit) -> Result<TokensPage, ApiError> {
    let tokens = visit.portal().tokens(&visit.principal, &ALL).await?;
    Ok(TokensPage {
        tokens: tokens.items,
        created: None,
        name: String::new(),
        days: None,
        errors: Vec::new(),
        public_url: visit.app.settings.public_url.clone(),
    })
}

/// The new token is drawn at once instead of after a redirect: nothing may keep its text.
pub(super) async fn create(visit: Visit, form: Form) -> Result<Response, ApiError> {
    let (name, days) = (form.value("name").trim(), form.value("days").trim());
    let issued = match days.parse() {
        Ok(days) => {
            let name = name.to_owned();
            let new = NewToken { name, days };
            visit.portal().create_token(&visit.principal, &new).await
        }
        Err(_) => Err(ServiceError::invalid(vec![FieldError::new(
            "days",
            "must be a whole number of days, 1 to 365",
        )])),
    };
    match issued {
        Ok(issued) => {
            let page = TokensPage {
                created: Some(shown(issued)),
                ..model(&visit).await?
            };
            visit.draw_with(StatusCode::CREATED, Page::Tokens(page)).await
        }
        Err(error) if error.field_errors().is_empty() => Err(error.into()),
        Err(error) => {
            let page = TokensPage {
                name: name.to_owned(),
                days: Some(days.to_owned()),
                errors: error.field_errors().to_vec(),
                ..model(&visit).await?
            };
            visit
                .draw_with(StatusCode::UNPROCESSABLE_ENTITY, Page::Tokens(page))
                .await
        }
    }
}

fn shown(issued: IssuedToken) -> CreatedToken {
    CreatedToken {
        secret: issued.secret.expose_secret().to_owned(),
        name: issued.token.name,
        expires_at: issued.token.expires_at,
    }
}

pub(super) async fn revoke(visit: Visit, Path(id): Path<ApiTokenId>) -> Result<Response, ApiError> {
    visit.portal().revoke_token(&visit.principal, id).await?;
    visit
        .go("/tokens", "The token is revoked; it is refused from now on.")
        .await
}
