//! Sample values: one of each noun, to be varied with struct update. Shared with the tests.

use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_app::model::Frame;
use lifeboat_domain::account::Account;
use lifeboat_domain::attestation::{Attestation, Isolation, Limits, StepAttestation};
use lifeboat_domain::environment::{Environment, EnvironmentState, Output, Resource};
use lifeboat_domain::event::{Level, Progress, ResourceStep, RunEvent, RunEventBody};
use lifeboat_domain::person::{Membership, Principal, Team, User};
use lifeboat_domain::plan::{Action, AttributeChange, Counts, OutputChange, Plan, PlanValue, ResourceChange};
use lifeboat_domain::profile::Profile;
use lifeboat_domain::role::Role;
use lifeboat_domain::run::{Approval, Decision, Phase, Progression, Run, RunKind, RunState};
use lifeboat_domain::{AccountId, ApprovalId, Digest, EnvironmentId, RunId, TeamId, UserId};
use serde_json::json;
use uuid::Uuid;

pub(crate) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("in range")
}

pub(crate) fn ago(seconds: i64) -> DateTime<Utc> {
    now() - TimeDelta::seconds(seconds)
}

pub(crate) fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number)
}

pub(crate) fn team() -> Team {
    Team {
        id: TeamId(uuid(1)),
        name: "ledger".into(),
    }
}

pub(crate) fn user() -> User {
    User {
        id: UserId(uuid(2)),
        login: "rosa".into(),
        display_name: "Rosa Lind".into(),
        is_admin: false,
        created_at: ago(9_000_000),
    }
}

pub(crate) fn frame() -> Frame {
    let membership = Membership {
        team: team(),
        roles: Role::ALL.into(),
    };
    Frame {
        principal: Some(Principal {
            user: user(),
            memberships: vec![membership],
            token: None,
        }),
        approvals_waiting: 2,
        now: now(),
        unsandboxed: false,
        notice: None,
    }
}

pub(crate) fn account() -> Account {
    Account {
        id: AccountId(uuid(3)),
        name: "sandbox".into(),
        aws_account_id: "123456789012".into(),
        plan_role_arn: None,
        apply_role_arn: None,
        external_id: None,
        guarded: true,
        endpoint: Some("http://127.0.0.1:5000".into()),
    }
}

pub(crate) fn digest(seed: &str) -> Digest {
    Digest::of(seed.as_bytes())
}

fn parameter(name: &str, label: &str, kind: &str, group: &str, rest: serde_json::Value) -> serde_json::Value {
    let mut value = json!({ "name": name, "label": label, "type": kind, "group": group, "description": "",
        "default": null, "example": null, "pattern": null, "pattern_hint": null, "min_length": null, "max_length": null,
        "minimum": null, "maximum": null, "step": null, "demo": null });
    for (key, item) in rest.as_object().cloned().unwrap_or_default() {
        value[key] = item;
    }
    value
}

/// One parameter of every kind there is.
pub(crate) fn profile() -> Profile {
    let parameters = json!([
        parameter(
            "environment_suffix",
            "Suffix",
            "string",
            "identity",
            json!({
            "description": "Ends every name of the environment. Bucket names made from it must be free in all of S3.",
            "pattern": "[a-z][a-z0-9]*(-[a-z0-9]+)*", "pattern_hint": "lower-case letters, digits and single hyphens",
            "min_length": 3, "max_length": 20, "example": "ledger-stage" })
        ),
        parameter(
            "owner_contact",
            "Owner's mail address",
            "string",
            "identity",
            json!({
            "description": "Stands in the tag Owner and is subscribed to the alerts of both regions.",
            "max_length": 254, "example": "ledger-team@example.net" })
        ),
        parameter(
            "environment",
            "Environment",
            "string",
            "tags",
            json!({ "description": "Value of the tag Environment.", "example": "staging" })
        ),
        parameter(
            "cost_center",
            "Cost centre",
            "string",
            "tags",
            json!({ "description": "Value of the tag CostCenter: who pays.", "example": "finance-4711" })
        ),
        parameter(
            "min_capacity_acu",
            "Least capacity (ACU)",
            "number",
            "capacity",
            json!({ "minimum": 0.5, "maximum": 256.0, "step": 0.5, "default": 8 })
        ),
        parameter(
            "max_capacity_acu",
            "Most capacity (ACU)",
            "number",
            "capacity",
            json!({ "minimum": 1.0, "maximum": 256.0, "step": 0.5, "default": 64 })
        ),
        parameter(
            "deletion_protection",
            "Protect the databases from deletion",
            "bool",
            "capacity",
            json!({ "default": true, "description": "Has to be lifted before the environment can be destroyed." })
        ),
        parameter(
            "nat_mode",
            "NAT gateways",
            "string",
            "network",
            json!({ "options": ["single", "per_zone"], "default": "single", "description": "One for all zones, or one each." })
        ),
        parameter(
            "domain_name",
            "Domain",
            "string",
            "dns",
            json!({ "description": "The application's name is api.<domain>.", "example": "ledger.example.net", "max_length": 240 })
        ),
        parameter(
            "hosted_zone_id",
            "Existing hosted zone",
            "string",
            "dns",
            json!({ "default": "", "advanced": true, "example": "Z0123456789ABCDEFGHIJ", "description": "Left empty, a zone is made." })
        ),
        parameter(
            "health_check_path",
            "Health check path",
            "string",
            "dns",
            json!({ "default": "/healthz", "advanced": true })
        ),
    ]);
    let name = |resource: &str, template: &str, region: &str| json!({ "resource": resource, "template": template, "max_length": 63, "region": region });
    serde_json::from_value(json!({
        "name": "transactions",
        "digest": digest("profile"),
        "title": "Transactions",
        "summary": "Active-passive disaster recovery for transaction processing: an Aurora MySQL global database, replicated buckets and a failover name over two regions.",
        "engine": "aurora-mysql",
        "primary_region": "us-east-1",
        "standby_region": "us-west-2",
        "rto_seconds": 300,
        "rpo_seconds": 60,
        "suffix_parameter": "environment_suffix",
        "parameters": parameters,
        "rules": [{ "left": "min_capacity_acu", "right": "max_capacity_acu", "message": "the least capacity must not exceed the most" }],
        "names": [
            name("Global database", "aurora-global-{suffix}", ""),
            name("Database credentials", "secret-database-{suffix}", ""),
            name("Database cluster", "aurora-cluster-primary-{suffix}", "primary"),
            name("Transaction logs bucket", "s3-transaction-logs-primary-{suffix}", "primary"),
            name("Database cluster", "aurora-cluster-secondary-{suffix}", "standby"),
            name("Transaction logs bucket", "s3-transaction-logs-secondary-{suffix}", "standby"),
        ],
    }))
    .expect("the sample has the profile's shape")
}

pub(crate) fn environment() -> Environment {
    let parameters = json!({ "environment_suffix": "ledger-stage", "environment": "staging", "cost_center": "finance-4711",
        "min_capacity_acu": 8, "max_capacity_acu": 16, "deletion_protection": true, "nat_mode": "single", "hosted_zone_id": "" });
    Environment {
        id: EnvironmentId(uuid(10)),
        suffix: "ledger-stage".into(),
        team: team(),
        account_id: account().id,
        account_name: account().name,
        profile: "transactions".into(),
        profile_digest: digest("profile"),
        active_region: "us-east-1".into(),
        standby_region: "us-west-2".into(),
        parameters: serde_json::from_value(parameters).expect("the sample has the parameters' shape"),
        state: EnvironmentState::Ready,
        state_serial: 41,
        operation: None,
        created_at: ago(2_000_000),
        created_by: "tomas".into(),
    }
}

/// A run in `state`, with the times and facts that such a run has.
pub(crate) fn run(state: RunState) -> Run {
    let planned = !matches!(state, RunState::Queued | RunState::Planning);
    let approved = matches!(
        state,
        RunState::Approved | RunState::Applying | RunState::Applied | RunState::NeedsReconcile
    );
    let applying = matches!(
        state,
        RunState::Applying | RunState::Applied | RunState::NeedsReconcile
    );
    Run {
        id: RunId(uuid(100)),
        environment_id: environment().id,
        environment_suffix: environment().suffix,
        team_id: team().id,
        number: 27,
        kind: RunKind::Update,
        progression: Progression {
            state,
            cancel_requested: false,
            attempts: 1,
        },
        reason: None,
        profile_digest: digest("profile"),
        plan_digest: planned.then(|| digest("plan")),
        counts: planned.then_some(Counts {
            add: 2,
            change: 3,
            destroy: 2,
        }),
        progress: if applying {
            Progress { done: 3, total: 7 }
        } else {
            Progress::default()
        },
        requested_by: UserId(uuid(4)),
        requested_by_login: "tomas".into(),
        approval: approved.then(|| approval(Decision::Approve)),
        attestation: planned.then(attestation),
        created_at: ago(300),
        planning_at: (state != RunState::Queued).then(|| ago(296)),
        planned_at: planned.then(|| ago(240)),
        applying_at: applying.then(|| ago(90)),
        ended_at: state.is_ended().then(|| ago(20)),
    }
}

pub(crate) fn approval(decision: Decision) -> Approval {
    Approval {
        id: ApprovalId(uuid(200)),
        decision,
        by: user().id,
        by_login: "rosa".into(),
        plan_digest: digest("plan"),
        comment: Some("Agreed with the on-call: two instances are enough until Monday.".into()),
        at: ago(120),
    }
}

pub(crate) fn attestation() -> Attestation {
    let step = |step: &str, began: i64, took: i64| StepAttestation {
        step: step.into(),
        isolation: Isolation::Bubblewrap,
        limits: Limits {
            memory_bytes: 2_000_000_000,
            processes: 256,
            output_bytes: 64_000_000,
            file_bytes: 512_000_000,
            step_seconds: 7_200,
        },
        environment: [
            "HOME",
            "PATH",
            "TF_HTTP_ADDRESS",
            "TF_HTTP_PASSWORD",
            "TF_IN_AUTOMATION",
        ]
        .map(str::to_owned)
        .into(),
        peak_memory_bytes: 612_000_000,
        exit_code: Some(0),
        started_at: ago(began),
        ended_at: ago(began - took),
    };
    Attestation {
        terraform_version: "1.9.8".into(),
        providers: vec![
            "registry.terraform.io/hashicorp/aws 5.100.0 h1:Ijt7pOlB7Tr7maGQIqtsLFbl7pSMIj06TVdkoSBcYOw="
                .into(),
        ],
        profile_digest: digest("profile"),
        role_arn: Some("arn:aws:iam::123456789012:role/lifeboat-plan".into()),
        steps: vec![step("plan", 296, 52), step("show", 244, 4)],
    }
}

fn known(value: impl Into<serde_json::Value>) -> PlanValue {
    PlanValue::Known(value.into())
}

fn attribute(path: &str, before: PlanValue, after: PlanValue) -> AttributeChange {
    AttributeChange {
        path: path.into(),
        before,
        after,
        forces_replacement: false,
    }
}

fn change(
    module: &str,
    name: &str,
    region: &str,
    action: Action,
    attributes: Vec<AttributeChange>,
) -> ResourceChange {
    let address = if module.is_empty() {
        name.to_owned()
    } else {
        format!("{module}.{name}")
    };
    ResourceChange {
        address,
        module: module.into(),
        kind: name.split('.').next().unwrap_or_default().into(),
        region: region.into(),
        action,
        attributes,
    }
}

/// A plan with every action and every kind of value.
pub(crate) fn plan() -> Plan {
    use PlanValue::{Absent, Sensitive, Unknown};
    let policy = |action: &str| {
        format!(
            "{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":\"{action}\",\"Resource\":\"*\"}}]}}"
        )
    };
    let secondary = "module.secondary.module.database";
    let changes = vec![
        change(
            "",
            "aws_route53_zone.this",
            "",
            Action::Update,
            vec![attribute("comment", known(""), known("ledger, staging"))],
        ),
        change(
            "module.failover",
            "aws_lambda_function.health_monitor",
            "us-west-2",
            Action::Update,
            vec![
                attribute("environment.PROBE_TOKEN", Sensitive, Sensitive),
                attribute(
                    "policy",
                    known(policy("rds:DescribeGlobalClusters")),
                    known(policy("rds:FailoverGlobalCluster")),
                ),
                attribute("source_code_hash", known("kR1wq0"), known("9fQe71")),
            ],
        ),
        change(
            "module.secondary.module.monitoring",
            "aws_cloudwatch_metric_alarm.lag_warning",
            "us-west-2",
            Action::Create,
            vec![
                attribute(
                    "alarm_name",
                    Absent,
                    known("replication-lag-warning-ledger-stage"),
                ),
                attribute("arn", Absent, Unknown),
                attribute("threshold", Absent, known(30000)),
            ],
        ),
        change(
            secondary,
            "aws_rds_cluster.this",
            "us-west-2",
            Action::Update,
            vec![
                attribute(
                    "serverlessv2_scaling_configuration[0].max_capacity",
                    known(16),
                    known(8),
                ),
                attribute("vpc_security_group_ids", known(json!(["sg-0a1b2c3d"])), Unknown),
            ],
        ),
        change(
            secondary,
            "aws_rds_cluster_instance.this[\"reader-2\"]",
            "us-west-2",
            Action::Delete,
            vec![
                attribute("availability_zone", known("us-west-2c"), Absent),
                attribute("instance_class", known("db.serverless"), Absent),
            ],
        ),
        change(
            secondary,
            "aws_db_subnet_group.this",
            "us-west-2",
            Action::Replace,
            vec![AttributeChange {
                forces_replacement: true,
                ..attribute(
                    "name",
                    known("subnets-old"),
                    known("subnets-secondary-ledger-stage"),
                )
            }],
        ),
    ];
    Plan {
        digest: digest("plan"),
        state_serial: 41,
        profile_digest: digest("profile"),
        counts: Counts {
            add: 2,
            change: 3,
            destroy: 2,
        },
        unchanged: 89,
        changes,
        outputs: vec![
            OutputChange {
                name: "reader_endpoint".into(),
                before: known("reader-2.example"),
                after: Unknown,
            },
            OutputChange {
                name: "admin_password".into(),
                before: Sensitive,
                after: Sensitive,
            },
        ],
        drift: vec![change(
            "module.primary.module.network",
            "aws_vpc.this",
            "us-east-1",
            Action::Update,
            vec![attribute(
                "tags.CostCenter",
                known("finance-4711"),
                known("unknown"),
            )],
        )],
    }
}

pub(crate) fn events() -> Vec<RunEvent> {
    let log = |level, text: &str| RunEventBody::Log {
        phase: Phase::Apply,
        level,
        text: text.into(),
    };
    let step = |address: &str, step, done| RunEventBody::Resource {
        address: address.into(),
        action: "update".into(),
        step,
        id: None,
        progress: Progress { done, total: 7 },
    };
    let bodies = vec![
        RunEventBody::State {
            state: RunState::Applying,
            reason: None,
        },
        log(
            Level::Info,
            "module.secondary.module.database.aws_rds_cluster.this: Modifying... [id=aurora-cluster-secondary-ledger-stage]",
        ),
        step(
            "module.secondary.module.database.aws_rds_cluster.this",
            ResourceStep::Started,
            0,
        ),
        log(
            Level::Info,
            "aws_route53_zone.this: Modifications complete after 2s [id=Z0123456789]",
        ),
        step("aws_route53_zone.this", ResourceStep::Complete, 3),
        log(
            Level::Warn,
            "Deprecated attribute: the attribute \"name\" is deprecated.",
        ),
        log(
            Level::Error,
            "module.failover.aws_lambda_function.health_monitor: updating Lambda Function: AccessDeniedException: not authorised to perform lambda:UpdateFunctionCode",
        ),
        step(
            "module.failover.aws_lambda_function.health_monitor",
            ResourceStep::Errored,
            3,
        ),
    ];
    bodies
        .into_iter()
        .zip(1..)
        .map(|(body, seq)| RunEvent {
            seq,
            at: ago(100 - seq * 8),
            body,
        })
        .collect()
}

pub(crate) fn outputs() -> Vec<Output> {
    let plain = |name: &str, value: serde_json::Value| Output {
        name: name.into(),
        value: Some(value),
        sensitive: false,
    };
    vec![
        plain("application_fqdn", json!("api.ledger.example.net")),
        plain("database_port", json!(3306)),
        plain(
            "primary_cluster_endpoint",
            json!("aurora-cluster-primary-ledger-stage.cluster-c1x2y3.us-east-1.rds.amazonaws.com"),
        ),
        plain(
            "primary_instance_identifiers",
            json!(["aurora-primary-1-ledger-stage", "aurora-primary-2-ledger-stage"]),
        ),
        Output {
            name: "admin_password".into(),
            value: None,
            sensitive: true,
        },
    ]
}

pub(crate) fn resources() -> Vec<Resource> {
    let resource = |module: &str, kind: &str, name: &str, id: &str, region: &str| Resource {
        address: if module.is_empty() {
            format!("{kind}.{name}")
        } else {
            format!("{module}.{kind}.{name}")
        },
        module: module.into(),
        kind: kind.into(),
        id: id.into(),
        arn: Some(format!("arn:aws:example:{region}:123456789012:{id}")),
        region: region.into(),
    };
    let (primary, secondary) = (
        "module.primary.module.database",
        "module.secondary.module.database",
    );
    vec![
        resource(
            primary,
            "aws_rds_cluster",
            "this",
            "aurora-cluster-primary-ledger-stage",
            "us-east-1",
        ),
        resource(
            primary,
            "aws_rds_cluster_instance",
            "this[\"1\"]",
            "aurora-primary-1-ledger-stage",
            "us-east-1",
        ),
        resource(
            primary,
            "aws_rds_cluster_instance",
            "this[\"2\"]",
            "aurora-primary-2-ledger-stage",
            "us-east-1",
        ),
        resource(
            "module.primary.module.network",
            "aws_vpc",
            "this",
            "vpc-0123456789abcdef0",
            "us-east-1",
        ),
        resource(
            secondary,
            "aws_rds_cluster",
            "this",
            "aurora-cluster-secondary-ledger-stage",
            "us-west-2",
        ),
        resource(
            secondary,
            "aws_rds_cluster_instance",
            "this[\"1\"]",
            "aurora-secondary-1-ledger-stage",
            "us-west-2",
        ),
        resource("", "aws_route53_zone", "this", "Z0123456789", ""),
        resource(
            "",
            "aws_rds_global_cluster",
            "this",
            "aurora-global-ledger-stage",
            "",
        ),
    ]
}
