//! Taking known secrets out of text before it leaves the runner.

use secrecy::{ExposeSecret, SecretString};

const HIDDEN: &str = "(hidden)";

/// Shorter secrets would take ordinary words out of the log.
const SHORTEST: usize = 6;

/// Knows what must not be told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Redactor {
    secrets: Vec<SecretString>,
}

impl Redactor {
    /// Hides each of `secrets`, also as it looks inside JSON.
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a SecretString>) -> Self {
        let mut known = Vec::new();
        for secret in secrets {
            let plain = secret.expose_secret();
            let quoted = serde_json::Value::from(plain).to_string();
            let escaped = quoted.trim_matches('"');
            if escaped != plain {
                known.push(escaped.into());
            }
            known.push(plain.into());
        }
        known.retain(|secret: &SecretString| secret.expose_secret().len() >= SHORTEST);
        Self { secrets: known }
    }

    /// `text` without them.
    pub(crate) fn hide(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| {
            match text.contains(secret.expose_secret()) {
                true => text.replace(secret.expose_secret(), HIDDEN),
                false => text,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_hidden_plainly_and_inside_json() {
        let secret: SecretString = "pass\"word".into();
        let redactor = Redactor::new([&secret]);
        assert_eq!(redactor.hide("a pass\"word b"), "a (hidden) b");
        assert_eq!(redactor.hide(r#"{"x":"pass\"word"}"#), r#"{"x":"(hidden)"}"#);
    }

    #[test]
    fn an_empty_secret_hides_nothing() {
        let empty: SecretString = "".into();
        assert_eq!(Redactor::new([&empty]).hide("text"), "text");
    }
}
