//! An environment whose every parameter is at its other extreme: what defaults hide shows there.

use anyhow::{Result, bail, ensure};
use lifeboat_domain::parameter::{Parameter, ParameterType, ParameterValue, ParameterValues};
use lifeboat_domain::profile::Profile;

/// A domain of its own, so that it shares no record with any other environment.
pub(super) const DOMAIN: &str = "extremes.a-rather-long-label-of-a-domain.lifeboat.test";

/// Parameters that all differ from the default: the far end of each range, the last option, the longest text. `zone` is the
/// id of a hosted zone of [`DOMAIN`].
pub(crate) fn parameters(profile: &Profile, suffix: &str, zone: &str) -> Result<ParameterValues> {
    let mut values = ParameterValues::new();
    for parameter in &profile.parameters {
        let value = match parameter.kind {
            ParameterType::Bool => {
                ParameterValue::Bool(parameter.default != Some(ParameterValue::Bool(true)))
            }
            ParameterType::Number => far_end(parameter)?,
            ParameterType::String if parameter.name == profile.suffix_parameter => {
                ParameterValue::Text(longest_suffix(parameter, suffix))
            }
            ParameterType::String => ParameterValue::Text(text(parameter, zone)?),
        };
        ensure!(
            Some(&value) != parameter.default.as_ref(),
            "{} would stay at its default",
            parameter.name
        );
        values.insert(parameter.name.clone(), value);
    }
    profile.check(&values).or_else(|errors| {
        let told: Vec<String> = errors
            .iter()
            .map(|error| format!("{} {}", error.field, error.message))
            .collect();
        bail!("the extremes are not acceptable: {}", told.join("; "))
    })
}

/// Zero where that is an end and the default another, for zero usually switches something off; else the end that is farther
/// from the default.
fn far_end(parameter: &Parameter) -> Result<ParameterValue> {
    let (Some(least), Some(most)) = (parameter.minimum, parameter.maximum) else {
        bail!("{} has no bounds", parameter.name);
    };
    let default = parameter
        .default
        .as_ref()
        .and_then(ParameterValue::as_f64)
        .unwrap_or(least);
    let end = if (least == 0.0 && default > 0.0) || default - least > most - default {
        least
    } else {
        most
    };
    let whole = (end.fract() == 0.0).then(|| serde_json::Number::from(end as i64));
    match whole.or_else(|| serde_json::Number::from_f64(end)) {
        Some(number) => Ok(ParameterValue::Number(number)),
        None => bail!("{} has no finite end", parameter.name),
    }
}

/// `suffix`, filled up to as many characters as are allowed.
fn longest_suffix(parameter: &Parameter, suffix: &str) -> String {
    let most = parameter
        .max_length
        .map_or(suffix.len(), |length| length as usize);
    format!("{suffix}{}", "x".repeat(most.saturating_sub(suffix.len())))
}

fn text(parameter: &Parameter, zone: &str) -> Result<String> {
    let default = parameter.default.as_ref().and_then(ParameterValue::as_str);
    if let Some(option) = parameter
        .options
        .iter()
        .rfind(|option| Some(option.as_str()) != default)
    {
        return Ok(option.clone());
    }
    Ok(match parameter.name.as_str() {
        "domain_name" => DOMAIN.to_owned(),
        "hosted_zone_id" => zone.to_owned(),
        "primary_endpoint" => format!("use1.{DOMAIN}"),
        "secondary_endpoint" => format!("usw2.{DOMAIN}"),
        "health_check_path" => "/deep/health-check_1.0~?full=yes&of=50%25".to_owned(),
        "environment" => "Wäre-das-möglich/ünïcode 4711 @ stage=1+2:3.".to_owned(),
        "cost_center" => "C".repeat(parameter.max_length.unwrap_or(64) as usize),
        name if name.ends_with("_contact") => "a.very+special_address-1@team.example.net".to_owned(),
        name => match &parameter.example {
            Some(example) => example.clone(),
            None => bail!("{name} has no example to take for its extreme"),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use it::places;
    use lifeboat_runner::Catalog;

    #[test]
    fn every_profile_has_extremes_that_the_portal_takes() {
        let catalog = Catalog::load(&places::root().join("terraform")).unwrap();
        for source in catalog.profiles() {
            let values = parameters(&source.profile, "far-abc", "Z0123456789ABCDEFGHIJ").unwrap();
            assert_eq!(
                values.len(),
                source.profile.parameters.len(),
                "{}",
                source.profile.name
            );
        }
    }
}
