//! How each type of resource is named, and which belong to both regions: the one list of exceptions from
//! `{resource-type}-{environment-suffix}`, each with AWS's reason.

/// Where a type has its name.
pub(super) enum Named {
    /// In this attribute; a tag Name says the same.
    By(&'static str),
    /// In this attribute, after one of the prefixes that AWS sets and before what AWS adds after a slash.
    After(&'static str, &'static [&'static str]),
    /// In this attribute where there is one; without it there is no more to it than what it is for.
    Maybe(&'static str),
    /// In the tag Name: AWS calls it by an id, or by what it is for.
    Tag,
}

use Named::{After, By, Maybe, Tag};

/// Every type that a profile may make and that has a name, sorted.
pub(super) const TYPES: &[(&str, Named)] = &[
    ("aws_acm_certificate", Tag),
    // Its name is the domain name it answers for.
    ("aws_api_gateway_domain_name", Tag),
    ("aws_api_gateway_rest_api", By("name")),
    // Its name is a part of the API's address, and the same in every environment.
    ("aws_api_gateway_stage", Tag),
    ("aws_cloudwatch_composite_alarm", By("alarm_name")),
    ("aws_cloudwatch_dashboard", By("dashboard_name")),
    ("aws_cloudwatch_event_rule", By("name")),
    // Aurora writes to /aws/rds/cluster/<cluster>/<log> and nowhere else, a firewall to groups of its prefix.
    (
        "aws_cloudwatch_log_group",
        After("name", &["/aws/rds/cluster/", "aws-waf-logs-"]),
    ),
    ("aws_cloudwatch_metric_alarm", By("alarm_name")),
    ("aws_db_parameter_group", By("name")),
    ("aws_db_subnet_group", By("name")),
    // Its name is "default" in every VPC.
    ("aws_default_security_group", Tag),
    ("aws_dynamodb_table", By("name")),
    ("aws_eip", Tag),
    ("aws_flow_log", Tag),
    ("aws_iam_role", By("name")),
    ("aws_iam_role_policy", By("name")),
    ("aws_internet_gateway", Tag),
    // AWS keeps aliases under alias/.
    ("aws_kms_alias", After("name", &["alias/"])),
    ("aws_kms_key", Tag),
    ("aws_lambda_function", By("function_name")),
    ("aws_nat_gateway", Tag),
    ("aws_rds_cluster", By("cluster_identifier")),
    ("aws_rds_cluster_instance", By("identifier")),
    ("aws_rds_cluster_parameter_group", By("name")),
    ("aws_rds_global_cluster", By("global_cluster_identifier")),
    ("aws_route53_health_check", Tag),
    // Its name is the domain name it answers for; only those of which there are several have another.
    ("aws_route53_record", Maybe("set_identifier")),
    ("aws_route53_zone", Tag),
    ("aws_route_table", Tag),
    ("aws_s3_bucket", By("bucket")),
    ("aws_secretsmanager_secret", By("name")),
    // AWS keeps names that begin with sg- for itself: the resource type is written secgrp.
    ("aws_security_group", By("name")),
    ("aws_sns_topic", By("name")),
    ("aws_sqs_queue", By("name")),
    ("aws_ssm_parameter", By("name")),
    ("aws_subnet", Tag),
    ("aws_vpc", Tag),
    ("aws_vpc_endpoint", Tag),
    ("aws_wafv2_web_acl", By("name")),
];

/// Types that AWS gives no name, and what they are instead.
pub(super) const NAMELESS: &[(&str, &str)] = &[
    ("aws_acm_certificate_validation", "the wait for its certificate"),
    ("aws_api_gateway_account", "a setting of the account"),
    ("aws_api_gateway_base_path_mapping", "a part of its domain name"),
    ("aws_api_gateway_deployment", "a picture of its API"),
    ("aws_api_gateway_gateway_response", "a part of its API"),
    ("aws_api_gateway_integration", "a part of its API"),
    ("aws_api_gateway_method", "a part of its API"),
    ("aws_api_gateway_method_settings", "a property of its stage"),
    ("aws_api_gateway_model", "a part of its API"),
    ("aws_api_gateway_request_validator", "a part of its API"),
    ("aws_api_gateway_resource", "a part of its API"),
    ("aws_cloudwatch_event_target", "a part of its rule"),
    ("aws_iam_role_policy_attachment", "a part of its role"),
    (
        "aws_lambda_function_event_invoke_config",
        "a property of its function",
    ),
    ("aws_lambda_permission", "a property of its function"),
    ("aws_route", "a part of its route table"),
    ("aws_route_table_association", "a part of its route table"),
    (
        "aws_s3_bucket_lifecycle_configuration",
        "a property of its bucket",
    ),
    ("aws_s3_bucket_ownership_controls", "a property of its bucket"),
    ("aws_s3_bucket_policy", "a property of its bucket"),
    ("aws_s3_bucket_public_access_block", "a property of its bucket"),
    (
        "aws_s3_bucket_replication_configuration",
        "a property of its bucket",
    ),
    (
        "aws_s3_bucket_server_side_encryption_configuration",
        "a property of its bucket",
    ),
    ("aws_s3_bucket_versioning", "a property of its bucket"),
    ("aws_secretsmanager_secret_rotation", "a property of its secret"),
    ("aws_secretsmanager_secret_version", "a version of its secret"),
    ("aws_sns_topic_policy", "a property of its topic"),
    ("aws_sns_topic_subscription", "a part of its topic"),
    ("aws_sqs_queue_policy", "a property of its queue"),
    (
        "aws_vpc_security_group_egress_rule",
        "a part of its security group",
    ),
    (
        "aws_vpc_security_group_ingress_rule",
        "a part of its security group",
    ),
    ("aws_wafv2_web_acl_association", "a property of its firewall"),
    (
        "aws_wafv2_web_acl_logging_configuration",
        "a property of its firewall",
    ),
];

/// Types that stand once for both regions, and why; every other is of the region of its provider.
pub(super) const GLOBAL: &[(&str, &str)] = &[
    ("aws_rds_global_cluster", "has a member in each region"),
    (
        "aws_route53_health_check",
        "asked from all over the world, by no region",
    ),
    ("aws_route53_record", "answers all over the world, from no region"),
    ("aws_route53_zone", "answers all over the world, from no region"),
    (
        "aws_secretsmanager_secret",
        "has a replica of the same name in the other region",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_stands_once_and_is_found() {
        let types = TYPES
            .iter()
            .map(|(kind, _)| kind)
            .chain(NAMELESS.iter().map(|(kind, _)| kind));
        let all: Vec<_> = types.collect();
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(all.len(), distinct.len());
        assert!(TYPES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
