//! What AWS accepts as the value of a tag.

/// AWS's limit on a tag's value, in characters.
pub const MAX_VALUE_LENGTH: usize = 256;

/// Says what is wrong with `value` as a tag's value, or nothing.
///
/// AWS accepts letters, digits, spaces and `_ . : / = + - @`, at most 256 characters. An empty value is
/// accepted by AWS but says nothing, so a required tag must not be empty; nor may it begin with `aws:`.
pub fn check_value(value: &str) -> Result<(), String> {
    if value.trim().is_empty() {
        return Err("must not be empty".to_owned());
    }
    if value.chars().count() > MAX_VALUE_LENGTH {
        return Err(format!(
            "must have at most {MAX_VALUE_LENGTH} characters; shorten it"
        ));
    }
    if value.to_lowercase().starts_with("aws:") {
        return Err("must not begin with “aws:”, which AWS keeps for itself".to_owned());
    }
    match value
        .chars()
        .find(|c| !(c.is_alphanumeric() || *c == ' ' || "_.:/=+-@".contains(*c)))
    {
        Some(c) => Err(format!(
            "must not contain {c:?}; AWS accepts letters, digits, spaces and _ . : / = + - @"
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_values_pass() {
        for value in ["prod", "CC 4711/b", "ops@example.com", "Zürich"] {
            assert_eq!(check_value(value), Ok(()));
        }
    }

    #[test]
    fn what_aws_refuses_is_refused() {
        for value in [
            "",
            "  ",
            "a\nb",
            "a{b}",
            "${x}",
            "\"",
            "aws:x",
            "AWS:x",
            "a;b",
            &"x".repeat(257),
        ] {
            assert!(check_value(value).is_err(), "{value:?}");
        }
    }
}
