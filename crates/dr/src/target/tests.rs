//! Both profiles' outputs, by the names their folders give them: a renamed output breaks these tests.

use std::path::{Path, PathBuf};

use lifeboat_domain::parameter::ParameterValues;
use serde_json::json;

use super::*;
use crate::readings::testing;

const PROFILES: [&str; 2] = ["transactions", "payments"];

fn terraform() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../terraform")
}

fn read(path: &str) -> String {
    let path = terraform().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("reading {}: {error}", path.display()))
}

/// Names of the blocks of that kind in a file of HCL.
fn labels(file: &str, kind: &str) -> Vec<String> {
    let head = format!("{kind} \"");
    let labels = file
        .lines()
        .filter_map(|line| Some(line.strip_prefix(&head)?.split_once('"')?.0.to_owned()));
    labels.collect()
}

/// Every output of the profile; each has its own name as its value.
fn outputs(profile: &str) -> Vec<Output> {
    let names = labels(&read(&format!("profiles/{profile}/outputs.tf")), "output");
    assert!(names.len() > 20, "{profile}: {names:?}");
    let outputs = names.into_iter().map(|name| Output {
        value: Some(json!(name)),
        name,
        sensitive: false,
    });
    outputs.collect()
}

fn without(profile: &str, name: &str) -> Vec<Output> {
    let outputs = outputs(profile).into_iter();
    outputs.filter(|output| output.name != name).collect()
}

#[test]
fn every_profile_tells_all_that_is_watched() {
    let (environment, account) = testing::environment("pay");
    for profile in PROFILES {
        let target = Target::of(&environment, &account, &outputs(profile)).unwrap();
        assert_eq!(target.suffix, "pay");
        assert_eq!(target.primary.region, "primary_region");
        assert_eq!(target.primary.built_as, RegionRole::Primary);
        assert_eq!(target.primary.secret_arn, "database_secret_arn");
        assert_eq!(target.primary.host, "primary_endpoint");
        assert_eq!(target.standby.region, "secondary_region");
        assert_eq!(target.standby.built_as, RegionRole::Standby);
        assert_eq!(target.standby.cluster_arn, "secondary_cluster_arn");
        assert_eq!(target.standby.secret_arn, "database_replica_secret_arn");
        assert_eq!(target.standby.health_check, "secondary_health_check_id");
        assert_eq!(target.standby.health_path, "health_check_path");
        assert_eq!(target.kill_switch, "kill_switch_parameter_name");
        assert_eq!(target.anti_flap_seconds, 3600);
    }
}

#[test]
fn what_is_missing_is_named() {
    let (environment, account) = testing::environment("pay");
    let needed = [
        &names::REGION,
        &names::CLUSTER,
        &names::CLUSTER_ARN,
        &names::SECRET_ARN,
        &names::HOST,
        &names::HEALTH_CHECK,
    ];
    let single = [
        names::HEALTH_PATH,
        names::GLOBAL_CLUSTER,
        names::DATABASE,
        names::NAME,
        names::STATE_TABLE,
        names::KILL_SWITCH,
        names::SWITCH_ALARM,
    ];
    for profile in PROFILES {
        for name in needed.iter().copied().flatten().copied().chain(single) {
            let target = Target::of(&environment, &account, &without(profile, name));
            assert_eq!(target, Err(TargetError::Missing(name)), "{profile}");
        }
    }
}

#[test]
fn an_empty_output_is_a_missing_one() {
    let (environment, account) = testing::environment("pay");
    let mut outputs = outputs("payments");
    for output in &mut outputs {
        if output.name == names::NAME {
            output.value = Some(json!(""));
        }
    }
    let target = Target::of(&environment, &account, &outputs);
    assert_eq!(target, Err(TargetError::Missing(names::NAME)));
}

#[test]
fn the_health_path_of_older_environments_is_a_parameter() {
    let (mut environment, account) = testing::environment("pay");
    let path = ParameterValue::Text("/healthz".to_owned());
    environment.parameters.insert(names::HEALTH_PATH.to_owned(), path);
    let outputs = without("transactions", names::HEALTH_PATH);
    let target = Target::of(&environment, &account, &outputs).unwrap();
    assert_eq!(target.primary.health_path, "/healthz");
}

#[test]
fn every_profile_has_the_parameter_of_the_quiet_time() {
    let (mut environment, account) = testing::environment("pay");
    for profile in PROFILES {
        let variables = labels(&read(&format!("profiles/{profile}/variables.tf")), "variable");
        assert!(variables.iter().any(|name| name == names::ANTI_FLAP), "{profile}");
    }
    environment.parameters = ParameterValues::new();
    let target = Target::of(&environment, &account, &outputs("payments"));
    assert_eq!(target, Err(TargetError::NoNumber(names::ANTI_FLAP)));
}

#[test]
fn alarms_end_with_the_word_they_are_looked_for_by() {
    let (environment, account) = testing::environment("pay");
    let target = Target::of(&environment, &account, &outputs("payments")).unwrap();
    assert_eq!(target.primary.alarm_word, "-primary-pay");
    assert_eq!(target.standby.alarm_word, "-secondary-pay");
    // The catalogue of names: family, role, suffix.
    let naming = read("modules/naming/main.tf");
    assert!(naming.contains(r#""${entry.word}-${var.dr_role}-${var.environment_suffix}""#));
    for profile in PROFILES {
        let monitoring = read(&format!("profiles/{profile}/monitoring.tf"));
        for role in names::ROLE {
            assert!(
                monitoring.contains(&format!(r#"module.naming["{role}"]"#)),
                "{profile}"
            );
        }
    }
}
