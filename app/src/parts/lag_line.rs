//! The replication lag as a small line, the RPO dotted over it. The scale is a square root, so that calm can be seen and
//! danger too. Where nothing was known there is no line.

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use lifeboat_domain::reading::{LagPoint, LagSpan};

use crate::words;

const HEIGHT: f64 = 40.0;
/// More columns than this cannot be told apart.
const COLUMNS: u32 = 180;

/// What the line shows.
pub(crate) struct LagLine<'a> {
    /// Oldest first.
    pub(crate) points: &'a [LagPoint],
    /// How far back it goes.
    pub(crate) span: LagSpan,
    /// How much time a point stands for, seconds.
    pub(crate) resolution_seconds: u32,
    /// Where the dotted line is.
    pub(crate) rpo_seconds: Option<u32>,
}

/// The line; none where nothing was ever known in that time.
pub(crate) fn lag_line(line: &LagLine<'_>, now: DateTime<Utc>) -> Option<AnyView> {
    let columns = columns(line, now);
    let highest = columns.iter().flatten().copied().fold(f64::NAN, f64::max);
    if highest.is_nan() {
        return None;
    }
    let rpo = line.rpo_seconds.map(f64::from);
    let top = highest.max(rpo.unwrap_or_default() * 1.15).max(1.0);
    let over = rpo.is_some_and(|rpo| newest(line).is_some_and(|seconds| seconds > rpo));
    let limit = rpo.map(|rpo| {
        let y = format!("{:.1}", height(rpo, top));
        view! { <line class="lag-limit" x1="0" x2=columns.len().to_string() y1=y.clone() y2=y vector-effect="non-scaling-stroke"/> }
    });
    let drawn = path(&columns, top);
    let frame = format!("0 0 {} {HEIGHT}", columns.len());
    Some(
        view! {
            <svg class="lag-line" class:over=over viewBox=frame preserveAspectRatio="none" role="img" aria-label=spoken(line, highest)>
                {limit}
                <path d=drawn vector-effect="non-scaling-stroke"/>
            </svg>
        }
        .into_any(),
    )
}

/// The highest lag of each column.
fn columns(line: &LagLine<'_>, now: DateTime<Utc>) -> Vec<Option<f64>> {
    let span = line.span.seconds();
    let count = (span / line.resolution_seconds.max(1)).clamp(1, COLUMNS);
    let width = f64::from(span) / f64::from(count);
    let begin = now - TimeDelta::seconds(i64::from(span));
    let mut columns = vec![None; count as usize];
    for point in line.points {
        let offset = (point.at - begin).num_milliseconds() as f64 / 1_000.0;
        if offset < 0.0 {
            continue;
        }
        if let (Some(column), Some(seconds)) = (columns.get_mut((offset / width) as usize), point.seconds) {
            *column = Some(column.map_or(seconds, |highest: f64| highest.max(seconds)));
        }
    }
    columns
}

fn newest(line: &LagLine<'_>) -> Option<f64> {
    line.points.last()?.seconds
}

/// From the top: a lag as high as `top` is at 1, none at the bottom.
fn height(seconds: f64, top: f64) -> f64 {
    (HEIGHT - 1.0) - (seconds.max(0.0) / top).sqrt() * (HEIGHT - 2.0)
}

/// One empty column is a matter of rounding; two are a gap.
fn path(columns: &[Option<f64>], top: f64) -> String {
    let mut path = String::new();
    let mut last = None::<usize>;
    for (index, seconds) in columns.iter().enumerate() {
        let Some(seconds) = seconds else { continue };
        let goes_on = last.is_some_and(|last| index - last <= 2);
        let (x, y) = (index as f64 + 0.5, height(*seconds, top));
        // A point that stands alone is still a point: a stroke of no length, with round ends.
        path.push_str(&match goes_on {
            true => format!("L{x:.1} {y:.1}"),
            false => format!("M{x:.1} {y:.1}h0"),
        });
        last = Some(index);
    }
    path
}

fn spoken(line: &LagLine<'_>, highest: f64) -> String {
    let over = match line.span {
        LagSpan::Hour => "the last hour",
        LagSpan::Day => "the last day",
        LagSpan::Week => "the last week",
    };
    let rpo = line
        .rpo_seconds
        .map(|rpo| format!(", RPO {rpo} s"))
        .unwrap_or_default();
    format!(
        "Replication lag of {over}: at most {}{rpo}",
        words::figure(highest)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn line(points: &[LagPoint]) -> LagLine<'_> {
        LagLine {
            points,
            span: LagSpan::Hour,
            resolution_seconds: 60,
            rpo_seconds: Some(60),
        }
    }

    fn point(minutes: i64, seconds: Option<f64>) -> LagPoint {
        LagPoint {
            at: now() - TimeDelta::minutes(minutes),
            seconds,
        }
    }

    #[test]
    fn what_was_unknown_is_a_gap_and_not_a_zero() {
        let points = [
            point(10, Some(1.0)),
            point(9, Some(1.0)),
            point(8, None),
            point(7, None),
            point(6, None),
            point(5, Some(1.0)),
        ];
        let drawn = path(&columns(&line(&points), now()), 69.0);
        assert_eq!(drawn.matches('M').count(), 2, "{drawn}");
        assert_eq!(drawn.matches('L').count(), 1, "{drawn}");
    }

    #[test]
    fn nothing_known_draws_nothing() {
        assert!(lag_line(&line(&[]), now()).is_none());
        assert!(lag_line(&line(&[point(3, None)]), now()).is_none());
    }

    #[test]
    fn a_column_shows_its_highest_and_points_before_the_span_are_left_out() {
        let points = [point(90, Some(99.0)), point(1, Some(1.0)), point(1, Some(4.0))];
        let columns = columns(&line(&points), now());
        assert_eq!(columns.iter().flatten().copied().collect::<Vec<_>>(), [4.0]);
    }

    #[test]
    fn the_square_root_lifts_what_is_small() {
        let above_the_bottom = |seconds| HEIGHT - 1.0 - height(seconds, 100.0);
        assert!(above_the_bottom(1.0) * 9.0 < above_the_bottom(100.0) && above_the_bottom(1.0) > 3.0);
    }
}
