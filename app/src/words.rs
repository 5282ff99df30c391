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

/// How old a value is, to the second while it is young: `3 s ago`, `4 min ago`, `2 h ago`.
pub(crate) fn age(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let seconds = (now - at).num_seconds().max(0);
    match seconds {
        0..120 => format!("{seconds} s ago"),
        _ => relative(at, now),
    }
}

/// A clock against an objective: `1:27`, `1:02:03`.
pub(crate) fn clock(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (hours, minutes, seconds) = (seconds / 3_600, seconds % 3_600 / 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// How much of a ring of 100 is drawn for `seconds` of an objective: the value of `stroke-dasharray`.
pub(crate) fn arc(seconds: i64, objective: u32) -> String {
    let part = seconds.max(0) as f64 / f64::from(objective.max(1)) * 100.0;
    format!("{:.1} 200", part.min(100.0))
}

/// Seconds as a figure: `0.6 s`, `71 s`, `4 min 12 s`.
#[cfg(feature = "ssr")]
pub(crate) fn figure(seconds: f64) -> String {
    match seconds {
        ..9.95 => format!("{:.1} s", seconds.max(0.0)),
        9.95..120.0 => format!("{seconds:.0} s"),
        _ => span((seconds * 1_000.0) as i64),
    }
}

/// The time of day: `14:02:12`.
#[cfg(feature = "ssr")]
pub(crate) fn time_of_day(at: DateTime<Utc>) -> String {
    at.format("%H:%M:%S").to_string()
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

/// A large count with its thousands apart: `43,200`.
#[cfg(feature = "ssr")]
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut said = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            said.push(',');
        }
        said.push(digit);
    }
    said
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
    fn young_values_are_told_to_the_second() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let ago = |seconds| age(now - TimeDelta::seconds(seconds), now);
        assert_eq!(ago(-3), "0 s ago");
        assert_eq!(ago(12), "12 s ago");
        assert_eq!(ago(119), "119 s ago");
        assert_eq!(ago(240), "4 min ago");
    }

    #[test]
    fn a_clock_runs_over_its_objective_and_its_ring_does_not() {
        assert_eq!(clock(87), "1:27");
        assert_eq!(clock(3_723), "1:02:03");
        assert_eq!(arc(87, 300), "29.0 200");
        assert_eq!(arc(900, 300), "100.0 200");
        assert_eq!(arc(1, 0), "100.0 200");
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn figures_keep_what_matters() {
        assert_eq!(figure(0.6), "0.6 s");
        assert_eq!(figure(71.4), "71 s");
        assert_eq!(figure(252.0), "4 min 12 s");
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn thousands_stand_apart() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(43_200), "43,200");
        assert_eq!(grouped(1_234_567), "1,234,567");
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
