//! API tokens: a fresh one, and none.

use lifeboat_app::model::{CreatedToken, Page, TokensPage};
use lifeboat_domain::ApiTokenId;
use lifeboat_domain::person::ApiToken;

use super::Shown;
use crate::samples::*;

pub(crate) fn of_tokens() -> Vec<Shown> {
    let none = TokensPage {
        tokens: vec![],
        created: None,
        ..tokens()
    };
    vec![
        ("tokens", frame(), Page::Tokens(tokens())),
        ("tokens-empty", frame(), Page::Tokens(none)),
    ]
}

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
