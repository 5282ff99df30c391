//! The colours of the design tokens against each other, measured as WCAG 2.2 says: 4.5:1 for text, 3:1 for shapes.

use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../../../style/tokens.css");

/// Colours by name; a theme that leaves one out has the one of the theme before.
type Theme = BTreeMap<String, [f64; 3]>;

/// Light and dark.
fn themes() -> [(&'static str, Theme); 2] {
    let (light, dark) = TOKENS
        .split_once("@media (prefers-color-scheme: dark)")
        .expect("the dark theme stands last");
    let light = colours(light);
    let mut all = light.clone();
    all.extend(colours(dark));
    [("light", light), ("dark", all)]
}

fn colours(css: &str) -> Theme {
    css.lines()
        .filter_map(|line| {
            let (name, value) = line.trim().strip_prefix("--")?.split_once(": oklch(")?;
            let numbers: Vec<f64> = value
                .trim_end_matches(");")
                .split(' ')
                .map(|number| number.parse().expect("a number"))
                .collect();
            Some((
                name.to_owned(),
                numbers.try_into().expect("lightness, chroma, hue"),
            ))
        })
        .collect()
}

/// Relative luminance, from OKLCH by way of linear sRGB, cut to what a screen can show.
fn luminance([lightness, chroma, hue]: [f64; 3]) -> f64 {
    let (a, b) = (chroma * hue.to_radians().cos(), chroma * hue.to_radians().sin());
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
    let red = 4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s;
    let green = -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s;
    let blue = -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701 * s;
    let shown = |channel: f64| channel.clamp(0.0, 1.0);
    0.2126 * shown(red) + 0.7152 * shown(green) + 0.0722 * shown(blue)
}

fn ratio(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Every pair that is too close, with its ratio.
fn too_close(least: f64, fronts: &[&str], backs: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (theme, colours) in themes() {
        for front in fronts {
            for back in backs {
                let measured = ratio(colours[*front], colours[*back]);
                if measured < least {
                    found.push(format!("{theme}: {front} on {back} {measured:.2}:1"));
                }
            }
        }
    }
    found
}

#[test]
fn the_measure_is_right() {
    let (black, white) = ([0.0, 0.0, 0.0], [1.0, 0.0, 0.0]);
    assert!((ratio(black, white) - 21.0).abs() < 0.01);
    // #767676 is known as the lightest grey that may carry text on white.
    let grey = ratio([0.5645, 0.0, 0.0], white);
    assert!((grey - 4.54).abs() < 0.05, "{grey}");
}

#[test]
fn text_can_be_read_in_both_themes() {
    let inks = [
        "ink",
        "ink-2",
        "ink-3",
        "action",
        "ok",
        "warn",
        "bad",
        "failover-text",
    ];
    let found = too_close(4.5, &inks, &["bg", "panel", "sunk"]);
    assert!(found.is_empty(), "{found:#?}");
    let found = too_close(4.5, &["on-ink"], &["ink"]);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_tone_can_be_read_on_its_own_background() {
    let tones = [
        ("ok", "ok-bg"),
        ("warn", "warn-bg"),
        ("bad", "bad-bg"),
        ("action", "busy-bg"),
        ("failover-text", "failover-bg"),
    ];
    for (tone, back) in tones {
        let found = too_close(4.5, &[tone, "ink", "ink-2"], &[back]);
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[test]
fn shapes_stand_out_in_both_themes() {
    // Rings, arrows, borders of what a failover makes the writer, and of controls.
    let found = too_close(3.0, &["failover", "control"], &["bg", "panel", "sunk"]);
    assert!(found.is_empty(), "{found:#?}");
    let found = too_close(3.0, &["failover"], &["failover-bg"]);
    assert!(found.is_empty(), "{found:#?}");
}
