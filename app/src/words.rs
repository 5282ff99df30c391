//! Values in words, the same on the server and in the browser. What must not be here: markup.

use chrono::{DateTime, Utc};

/// How long ago or until: `just now`, `4 min ago`, `in 5 h`.
pub(crate) fn relative(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let seconds = (now - at).num_seconds();
    let (count, unit) = match seconds.abs() {
        0..45 => return "just now".to_owned(),
        s @ 45..5_400 => (((s + 30) / 60).max(1), "min"),
        s @ 5_400..129_600 => ((s + 1_800) / 3_600, "h"),
        s => ((s + 43_200) / 86_400, "days"),
    };
    if seconds > 0 {
        format!("{count} {unit} ago")
    } else {
        format!("in {count} {unit}")
    }
}

/// A span of time with the two units that matter: `8.1 s`, `42 s`, `1 min 04 s`, `2 h 05 min`.
pub(crate) fn span(milliseconds: i64) -> String {
    let milliseconds = milliseconds.max(0);
    let seconds = milliseconds / 1_000;
    match seconds {
        0..10 => format!("{:.1} s", milliseconds as f64 / 1_000.0),
        10..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

/// The span from `from` until `until`.
pub(crate) fn between(from: DateTime<Utc>, until: DateTime<Utc>) -> String {
    span((until - from).num_milliseconds())
}

/// The exact time, for a title: `2026-07-01 14:02:12 UTC`.
#[cfg(feature = "ssr")]
pub(crate) fn exact(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A reason as a sentence: it comes as a fragment where the API puts it after other words.
#[cfg(feature = "ssr")]
pub(crate) fn sentence(fragment: &str) -> String {
    let mut letters = fragment.trim().chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let end = if fragment.trim_end().ends_with(['.', '!', '?', ':']) {
        ""
    } else {
        "."
    };
    match first.is_empty() {
        true => first,
        false => format!("{first}{}{end}", letters.as_str()),
    }
}

/// `1 environment`, `2 environments`.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn relative_times_round_and_look_both_ways() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let ago = |seconds| relative(now - TimeDelta::seconds(seconds), now);
        assert_eq!(ago(3), "just now");
        assert_eq!(ago(60), "1 min ago");
        assert_eq!(ago(89 * 60), "89 min ago");
        assert_eq!(ago(2 * 3_600), "2 h ago");
        assert_eq!(ago(6 * 86_400), "6 days ago");
        assert_eq!(ago(-5 * 3_600), "in 5 h");
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn reasons_become_sentences() {
        assert_eq!(sentence("ask an admin"), "Ask an admin.");
        assert_eq!(sentence("Ask an admin."), "Ask an admin.");
        assert_eq!(sentence("éclair"), "Éclair.");
        assert_eq!(sentence(" "), "");
    }

    #[test]
    fn spans_keep_two_units() {
        assert_eq!(span(8_140), "8.1 s");
        assert_eq!(span(42_000), "42 s");
        assert_eq!(span(64_000), "1 min 04 s");
        assert_eq!(span(7_500_000), "2 h 05 min");
        assert_eq!(span(-1), "0.0 s");
    }
}
