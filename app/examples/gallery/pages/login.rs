//! Logging in.

use lifeboat_app::model::{LoginPage, Page};

use super::{Shown, bare};

pub(crate) fn of_login() -> Vec<Shown> {
    vec![
        ("login", bare(), Page::Login(LoginPage::default())),
        ("login-refused", bare(), Page::Login(login_refused())),
    ]
}

fn login_refused() -> LoginPage {
    LoginPage {
        login: "rosa".into(),
        next: None,
        error: Some("Log-in name or password is wrong.".into()),
    }
}
