//! The rules against single changes, and in `real` against what the profiles make.

mod real;

use serde_json::{Value, json};

use super::super::{Action, AttributeChange, PlanValue, ResourceChange, count};
use super::*;
use crate::Digest;

const EAST: &str = "us-east-1";
const WEST: &str = "us-west-2";

fn roles() -> Roles<'static> {
    Roles {
        active: EAST,
        standby: WEST,
        built_primary: Some(EAST),
        rto_seconds: Some(300),
        rpo_seconds: Some(60),
        instances: BTreeMap::from([(EAST.to_owned(), 3), (WEST.to_owned(), 2)]),
    }
}

fn swapped() -> Roles<'static> {
    Roles {
        active: WEST,
        standby: EAST,
        ..roles()
    }
}

/// An address as the profiles have them, taken apart as the runner does.
fn change(
    address: &str,
    region: &str,
    action: Action,
    attributes: &[(&str, Value, Value)],
) -> ResourceChange {
    let parts: Vec<&str> = address.split('.').collect();
    let own = parts.iter().position(|part| part.starts_with("aws_")).unwrap();
    let value = |value: &Value| match value {
        Value::Null => PlanValue::Absent,
        value => PlanValue::Known(value.clone()),
    };
    ResourceChange {
        address: address.to_owned(),
        module: parts[..own].join("."),
        kind: parts[own].to_owned(),
        region: region.to_owned(),
        action,
        attributes: attributes
            .iter()
            .map(|(path, before, after)| AttributeChange {
                path: (*path).to_owned(),
                before: value(before),
                after: value(after),
                forces_replacement: action == Action::Replace,
            })
            .collect(),
    }
}

fn plan(changes: Vec<ResourceChange>) -> Plan {
    Plan {
        digest: Digest::of(b"plan"),
        state_serial: 1,
        profile_digest: Digest::of(b"profile"),
        counts: count(changes.iter().map(|change| change.action)),
        unchanged: 90,
        changes,
        outputs: Vec::new(),
        drift: Vec::new(),
        impact: Vec::new(),
    }
}

/// `severity: title`, one for each finding.
fn found(changes: Vec<ResourceChange>, roles: &Roles<'_>) -> Vec<(Severity, String)> {
    assess(&plan(changes), RunKind::Update, roles)
        .into_iter()
        .map(|impact| (impact.severity, impact.title))
        .collect()
}

/// Single changes of resources the profiles have: address, region, action, attribute, and the finding they must lead to.
const TABLE: &str = r#"
module.database_primary.aws_rds_cluster.this; us-east-1; delete; -; endangers; The database that writes is destroyed or replaced
module.primary.module.database.aws_rds_cluster.this; us-east-1; replace; kms_key_id: "a" -> "b"; endangers; The database that writes is destroyed or replaced
module.database_primary.aws_rds_cluster.this; -; delete; -; endangers; The database that writes is destroyed or replaced
module.database_primary.aws_rds_cluster_instance.this[0]; us-east-1; replace; engine: "a" -> "b"; endangers; Instances of the writing cluster are destroyed or replaced
module.database_primary.aws_rds_cluster_instance.this[2]; us-east-1; delete; -; endangers; Instances of the writing cluster are destroyed or replaced
module.database_secondary.aws_rds_cluster.this; us-west-2; delete; -; endangers; The standby's database is destroyed or replaced
module.database_secondary.aws_rds_cluster_instance.this[1]; us-west-2; delete; -; informs; The standby has fewer instances
module.global_database.aws_rds_global_cluster.this; us-east-1; replace; database_name: "a" -> null; endangers; The global database is removed or made anew
module.global_database.aws_rds_global_cluster.this; us-east-1; forget; -; endangers; The global database is removed or made anew
module.global_database.aws_rds_global_cluster.this; us-east-1; update; engine_version: "3.09" -> "3.10"; endangers; The global database is altered
module.global_database.aws_rds_global_cluster.this; us-east-1; update; tags.Owner: "a" -> "b"; -
module.global_database.aws_rds_global_cluster.this; us-east-1; update; force_destroy: false -> true; -
module.database_secondary.aws_rds_cluster.this; us-west-2; update; replication_source_identifier: "arn" -> null; endangers; The roles of the two clusters would be turned
module.database_secondary.aws_rds_cluster.this; us-west-2; update; engine_version: "3.09" -> "3.10"; endangers; The roles of the two clusters would be turned
module.database_primary.aws_rds_cluster.this; us-east-1; update; backup_retention_period: 7 -> 3; informs; The writer is changed while it serves
module.database_secondary.aws_rds_cluster.this; us-west-2; update; backup_retention_period: 7 -> 3; -
module.primary.module.kms.aws_kms_key.this; us-east-1; replace; key_spec: "a" -> "b"; endangers; What a database stands on is destroyed or replaced
module.secondary.module.network.aws_security_group.database; us-west-2; delete; -; endangers; What a database stands on is destroyed or replaced
module.secondary.module.network.aws_security_group.workload; us-west-2; delete; -; -
module.dns.aws_route53_record.primary; us-east-1; delete; -; endangers; The name that fails over is altered
module.dns.aws_route53_record.secondary; us-east-1; update; failover_routing_policy[0].type: "SECONDARY" -> "PRIMARY"; endangers; The name that fails over is altered
module.dns.aws_route53_record.primary; us-east-1; update; ttl: 20 -> 300; endangers; Clients would keep the old answer for too long
module.dns.aws_route53_record.primary; us-east-1; update; ttl: 20 -> 60; -
module.dns.aws_route53_record.primary; us-east-1; update; records: ["a"] -> ["b"]; informs; The name leads to another host
module.certificates.aws_route53_record.validation["a"]; us-east-1; replace; name: "a" -> "b"; -
module.dns.aws_route53_health_check.primary; us-east-1; update; disabled: false -> true; endangers; A health check that moves the name is removed or loosened
module.dns.aws_route53_health_check.application; us-east-1; delete; -; endangers; A health check that moves the name is removed or loosened
module.dns.aws_route53_health_check.primary; us-east-1; update; resource_path: "/a" -> "/b"; informs; A health check asks something else
module.dns.aws_route53_health_check.switch; us-east-1; update; triggers.alarm: "a" -> "b"; -
module.failover_automation.aws_cloudwatch_metric_alarm.switch; us-west-2; update; treat_missing_data: "ignore" -> "notBreaching"; endangers; The DNS switch is removed or altered
module.failover_automation.aws_ssm_parameter.kill_switch; us-west-2; update; value: "armed" -> "disarmed"; endangers; The kill switch is removed or turned
module.failover_automation.aws_ssm_parameter.kill_switch; us-west-2; delete; -; endangers; The kill switch is removed or turned
module.failover_automation.aws_dynamodb_table.state; us-west-2; replace; hash_key: "pk" -> "id"; endangers; The failover's own records are removed
module.failover_automation.module.orchestrator.aws_lambda_function.this; us-west-2; delete; -; endangers; The failover's automation is removed or stopped
module.failover_automation.module.monitor.aws_cloudwatch_event_rule.this["rule"]; us-west-2; update; state: "ENABLED" -> "DISABLED"; endangers; The failover's automation is removed or stopped
module.failover_automation.module.monitor.aws_lambda_function.this; us-west-2; update; reserved_concurrent_executions: 2 -> 0; endangers; The failover's automation is removed or stopped
module.failover_automation.module.monitor.aws_lambda_function.this; us-west-2; update; source_code_hash: "a" -> "b"; informs; The failover's automation is changed
module.heartbeat_secondary.module.function.aws_lambda_function.this; us-west-2; delete; -; endangers; The heartbeat is removed or stopped
module.primary.module.heartbeat.module.function.aws_lambda_permission.rules["own"]; us-east-1; delete; -; endangers; The heartbeat is removed or stopped
module.secret_rotation.module.function.aws_lambda_function.this; us-east-1; delete; -; -
module.failover_automation.module.orchestrator.aws_lambda_function.this; us-west-2; update; environment[0].variables.LAG_LIMIT_SECONDS: "60" -> "600"; endangers; A failover could lose more than the RPO by itself
module.failover_automation.module.orchestrator.aws_cloudwatch_event_rule.this["rule"]; us-west-2; update; event_pattern: "[\"Region Unhealthy\",\"Failover Requested\"]" -> "[\"Failover Requested\"]"; informs; No failover happens by itself any more
module.monitoring_secondary.aws_cloudwatch_metric_alarm.lag["rpo-lag"]; us-west-2; update; threshold: 60000 -> 600000; endangers; The lag's alarm would ring too late
module.monitoring_secondary.aws_cloudwatch_metric_alarm.lag["rpo-lag"]; us-west-2; update; threshold: 60000 -> 30000; -
module.monitoring_primary.aws_cloudwatch_composite_alarm.do_not_fail_over[0]; us-east-1; delete; -; endangers; People would no longer be told
module.monitoring_primary.aws_cloudwatch_metric_alarm.readiness[0]; us-east-1; update; alarm_actions: ["arn"] -> []; endangers; People would no longer be told
module.storage.module.outward.aws_s3_bucket_replication_configuration.this[0]; us-east-1; delete; -; endangers; Copies in the other region end
module.secret.aws_secretsmanager_secret.this; us-east-1; update; replica[0].region: "us-west-2" -> null; endangers; Copies in the other region end
module.dns.aws_route53_record.primary; us-east-1; create; ttl: null -> 600; -
module.database_secondary.aws_rds_cluster.this; us-west-2; create; engine_version: null -> "3.10"; -
module.failover_automation.module.monitor.aws_iam_role_policy.this; us-west-2; delete; -; endangers; The failover's automation is removed or stopped
"#;

struct Row {
    text: &'static str,
    change: ResourceChange,
    expected: Option<(Severity, String)>,
}

fn table() -> impl Iterator<Item = Row> {
    TABLE.trim().lines().map(|text| {
        let mut columns = text.split("; ");
        let mut column = || columns.next().filter(|column| *column != "-");
        let (address, region) = (column().unwrap(), column().unwrap_or_default());
        let action = serde_json::from_value(json!(column())).unwrap();
        let attribute = column().map(|attribute| {
            let (path, values) = attribute.split_once(": ").unwrap();
            let (before, after) = values.split_once(" -> ").unwrap();
            let value = |text| serde_json::from_str::<Value>(text).unwrap();
            (path, value(before), value(after))
        });
        let severity = column().map(|severity| serde_json::from_value(json!(severity)).unwrap());
        Row {
            text,
            change: change(address, region, action, attribute.as_slice()),
            expected: severity.map(|severity| (severity, column().unwrap().to_owned())),
        }
    })
}

#[test]
fn every_change_that_matters_is_found_and_no_other() {
    for row in table() {
        let found = found(vec![row.change], &roles());
        match row.expected {
            Some(expected) => assert!(found.contains(&expected), "{}: {found:?}", row.text),
            None => assert_eq!(found, [], "{}", row.text),
        }
    }
}

#[test]
fn every_rule_is_reached_by_the_table() {
    let reached: Vec<String> = table()
        .flat_map(|row| found(vec![row.change], &roles()))
        .map(|(_, title)| title)
        .collect();
    for rule in rules::RULES {
        assert!(
            reached.iter().any(|reached| reached == rule.title),
            "{}",
            rule.title
        );
    }
}

#[test]
fn the_roles_decide_which_region_is_the_writer() {
    let standby_as_built = || {
        vec![change(
            "module.database_secondary.aws_rds_cluster.this",
            WEST,
            Action::Delete,
            &[],
        )]
    };
    let title = |roles: &Roles<'_>| found(standby_as_built(), roles)[0].1.clone();
    assert_eq!(title(&roles()), "The standby's database is destroyed or replaced");
    assert_eq!(
        title(&swapped()),
        "The database that writes is destroyed or replaced"
    );
}

#[test]
fn a_plan_made_while_the_roles_are_swapped_says_so() {
    let harmless = vec![change(
        "aws_sqs_queue.x",
        EAST,
        Action::Update,
        &[("tags.a", json!(1), json!(2))],
    )];
    assert_eq!(
        found(harmless.clone(), &swapped()),
        [(Severity::Informs, "The roles are swapped".to_owned())]
    );
    assert_eq!(found(harmless, &roles()), []);
    assert_eq!(found(Vec::new(), &swapped()), [], "an empty plan does nothing");
}

#[test]
fn the_first_plan_of_all_has_no_findings() {
    let made = [
        ("module.global_database.aws_rds_global_cluster.this", EAST),
        ("module.database_primary.aws_rds_cluster.this", EAST),
        ("module.database_primary.aws_rds_cluster_instance.this[0]", EAST),
        ("module.failover_automation.aws_ssm_parameter.kill_switch", WEST),
    ];
    let made = made.map(|(address, region)| change(address, region, Action::Create, &[]));
    let plan = plan(made.to_vec());
    assert_eq!(assess(&plan, RunKind::Provision, &roles()), []);
}

#[test]
fn a_region_left_without_instances_breaks_the_rto() {
    let gone = |count: usize| {
        (0..count)
            .map(|n| {
                let address = format!("module.database_secondary.aws_rds_cluster_instance.this[{n}]");
                change(&address, WEST, Action::Delete, &[])
            })
            .collect::<Vec<_>>()
    };
    let none = (
        Severity::Endangers,
        "A region is left without a database instance".to_owned(),
    );
    assert_eq!(found(gone(2), &roles()), std::slice::from_ref(&none));
    // How many there are is not known: it may have been the last.
    let unknown = Roles {
        instances: BTreeMap::new(),
        ..roles()
    };
    assert_eq!(found(gone(1), &unknown), [none]);
    let mut replaced = gone(2);
    replaced.push(change(
        "module.database_secondary.aws_rds_cluster_instance.this[\"new\"]",
        WEST,
        Action::Create,
        &[],
    ));
    assert_eq!(found(replaced, &roles())[0].0, Severity::Informs);
}

#[test]
fn the_standby_may_shrink_with_the_writer_but_not_below_it() {
    const PATH: &str = "serverlessv2_scaling_configuration[0].max_capacity";
    let both = |standby: i64, active: Option<i64>| {
        let mut changes = vec![change(
            "module.database_secondary.aws_rds_cluster.this",
            WEST,
            Action::Update,
            &[(PATH, json!(16), json!(standby))],
        )];
        changes.extend(active.map(|active| {
            change(
                "module.database_primary.aws_rds_cluster.this",
                EAST,
                Action::Update,
                &[(PATH, json!(16), json!(active))],
            )
        }));
        let smaller = "The standby would be smaller than the writer";
        found(changes, &roles()).iter().any(|(_, title)| title == smaller)
    };
    assert!(both(8, None));
    assert!(both(8, Some(12)));
    assert!(!both(8, Some(8)));
    assert!(!both(32, None));
}

#[test]
fn without_a_profile_on_offer_the_promises_are_not_judged_and_the_rest_is() {
    let blind = Roles {
        built_primary: None,
        rto_seconds: None,
        rpo_seconds: None,
        ..roles()
    };
    let slow = change(
        "module.dns.aws_route53_record.primary",
        EAST,
        Action::Update,
        &[("ttl", json!(20), json!(900))],
    );
    assert_eq!(found(vec![slow], &blind), []);
    let gone = change(
        "module.global_database.aws_rds_global_cluster.this",
        EAST,
        Action::Delete,
        &[],
    );
    assert_eq!(found(vec![gone], &blind)[0].0, Severity::Endangers);
}

#[test]
fn destroying_while_failed_over_is_forbidden_to_everybody() {
    let all = plan(vec![change(
        "module.global_database.aws_rds_global_cluster.this",
        EAST,
        Action::Delete,
        &[],
    )]);
    let impact = assess(&all, RunKind::Destroy, &swapped());
    assert_eq!(impact[0].severity, Severity::Forbidden);
    for guarded in [true, false] {
        let refused = refusal(&impact, guarded).unwrap();
        assert!(refused.contains("switch back first, to us-east-1"), "{refused}");
    }
    let at_home = assess(&all, RunKind::Destroy, &roles());
    assert_eq!(at_home.len(), 1);
    assert_eq!(refusal(&at_home, true), None);
}

#[test]
fn what_endangers_is_refused_on_guarded_accounts_alone() {
    let endangers = [change(
        "module.global_database.aws_rds_global_cluster.this",
        EAST,
        Action::Delete,
        &[],
    )];
    let impact = assess(&plan(endangers.to_vec()), RunKind::Update, &roles());
    assert!(
        refusal(&impact, true)
            .unwrap()
            .contains("“The global database is removed or made anew”")
    );
    assert_eq!(refusal(&impact, false), None);
    let informs = change(
        "module.dns.aws_route53_health_check.primary",
        EAST,
        Action::Update,
        &[("resource_path", json!("/a"), json!("/b"))],
    );
    let impact = assess(&plan(vec![informs]), RunKind::Update, &roles());
    assert_eq!((impact.len(), refusal(&impact, true)), (1, None));
}

#[test]
fn the_heaviest_finding_comes_first() {
    let changes = vec![
        change(
            "module.database_primary.aws_rds_cluster.this",
            EAST,
            Action::Update,
            &[("port", json!(1), json!(2))],
        ),
        change(
            "module.global_database.aws_rds_global_cluster.this",
            EAST,
            Action::Delete,
            &[],
        ),
    ];
    let order: Vec<_> = found(changes, &roles())
        .into_iter()
        .map(|(severity, _)| severity)
        .collect();
    assert_eq!(order, [Severity::Endangers, Severity::Informs]);
}

/// A first plan does not know the functions' variables, so `real` cannot tell.
#[test]
fn the_variable_that_limits_the_lag_is_the_orchestrators() {
    let file = "../../terraform/modules/failover_automation/functions.tf";
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let functions = std::fs::read_to_string(file).unwrap();
    let given = functions
        .lines()
        .any(|line| line.trim_start().starts_with("LAG_LIMIT_SECONDS"));
    assert!(given, "{functions}");
}
