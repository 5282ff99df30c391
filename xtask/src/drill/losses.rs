//! Which acknowledged writes a database does not hold, and how much time they stand for.

use std::collections::BTreeSet;

use it::load::Write;

/// The writes of `journal` that `stored` lacks, oldest first.
pub(super) fn lost<'a>(journal: &'a [Write], stored: &BTreeSet<i64>) -> Vec<&'a Write> {
    journal
        .iter()
        .filter(|write| !stored.contains(&write.number))
        .collect()
}

/// Seconds of work that are gone: from the first lost write to the failure; zero when none is lost.
pub(super) fn seconds_lost(lost: &[&Write], failed_at: i64) -> f64 {
    lost.first()
        .map_or(0.0, |write| seconds(write.at, failed_at).max(0.0))
}

/// Seconds between two moments.
pub(super) fn seconds(from: i64, to: i64) -> f64 {
    (to - from) as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(number: i64, at: i64) -> Write {
        Write {
            number,
            at,
            region: "us-east-1".to_owned(),
        }
    }

    #[test]
    fn the_oldest_write_that_is_missing_says_how_much_is_lost() {
        let journal = [write(1, 1_000), write(2, 2_000), write(4, 3_000)];
        let found = lost(&journal, &BTreeSet::from([1]));
        assert_eq!(found, [&journal[1], &journal[2]]);
        assert_eq!(seconds_lost(&found, 3_500), 1.5);
        assert_eq!(
            seconds_lost(&lost(&journal, &BTreeSet::from([1, 2, 3, 4])), 3_500),
            0.0
        );
    }
}
