//! Tokens and errors.

use lifeboat_app::model::*;
use lifeboat_domain::person::ApiToken;
use lifeboat_domain::{ApiTokenId, Problem};

use crate::samples::*;

pub(crate) fn tokens() -> TokensPage {
    let token = |number: u128, name: &str, ends: i64, used: Option<i64>| ApiToken {
        id: ApiTokenId(uuid(number)),
        name: name.into(),
        created_at: ago(900_000),
        expires_at: ago(-ends),
        last_used_at: used.map(ago),
    };
    TokensPage {
        tokens: vec![
            token(501, "ledger pipeline", 1_700_000, Some(300)),
            token(502, "old laptop", -40_000, None),
        ],
        created: Some(CreatedToken {
            name: "ledger pipeline".into(),
            secret: "lb_Zm9vYmFyYmF6cXV4MDEyMzQ1Njc4OWFiY2RlZg".into(),
            expires_at: ago(-2_592_000),
        }),
        name: String::new(),
        days: None,
        errors: vec![],
        public_url: "https://lifeboat.example.net/".into(),
    }
}

pub(crate) fn error(status: u16, title: &str, detail: &str) -> ErrorPage {
    ErrorPage {
        problem: Problem {
            kind: "urn:lifeboat:problem:sample".into(),
            title: title.into(),
            status,
            detail: detail.into(),
            errors: vec![],
            request_id: Some("0190f3c2".into()),
        },
    }
}
