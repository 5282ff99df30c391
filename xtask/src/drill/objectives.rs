//! What is promised, what was measured, and whether that holds.

use serde::Serialize;

/// One promise and its measurement.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Objective {
    name: &'static str,
    /// None when it could not be measured, which never counts as held.
    measured: Option<f64>,
    at_most: f64,
    unit: &'static str,
    held: bool,
}

impl Objective {
    /// `measured` seconds of at most that many.
    pub(super) fn seconds(name: &'static str, measured: Option<f64>, at_most: f64) -> Self {
        Self::new(name, measured, at_most, "s")
    }

    /// `measured` things of at most that many.
    pub(super) fn count(name: &'static str, measured: usize, at_most: usize) -> Self {
        Self::new(name, Some(measured as f64), at_most as f64, "")
    }

    fn new(name: &'static str, measured: Option<f64>, at_most: f64, unit: &'static str) -> Self {
        Self {
            name,
            measured,
            at_most,
            unit,
            held: measured.is_some_and(|measured| (0.0..=at_most).contains(&measured)),
        }
    }

    /// Whether it holds.
    pub(super) fn held(&self) -> bool {
        self.held
    }

    /// A line of the table.
    pub(super) fn line(&self) -> String {
        let number = |value: f64| match self.unit {
            "" => format!("{value:>6.0}  "),
            unit => format!("{value:>6.1} {unit}"),
        };
        let measured = self.measured.map_or_else(|| "unknown ".to_owned(), number);
        let held = if self.held { "ok" } else { "MISSED" };
        format!(
            "  {:<52} {measured}   at most {}   {held}",
            self.name,
            number(self.at_most)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_or_beyond_or_impossible_is_missed() {
        let held = |measured| Objective::seconds("x", measured, 60.0).held();
        assert!(held(Some(0.0)) && held(Some(60.0)));
        assert!(!held(None) && !held(Some(60.1)) && !held(Some(-1.0)) && !held(Some(f64::NAN)));
        assert!(Objective::count("x", 0, 0).held() && !Objective::count("x", 1, 0).held());
    }

    #[test]
    fn a_line_says_what_was_missed() {
        assert!(
            Objective::seconds("RPO", None, 60.0)
                .line()
                .ends_with("unknown    at most   60.0 s   MISSED")
        );
    }
}
