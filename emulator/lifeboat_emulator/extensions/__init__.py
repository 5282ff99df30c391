"""What the emulator adds to moto. One module, one idea; this list is the only registration.

Each module has an ``install`` that replaces or adds methods of moto's classes. Modules that
keep state of their own (beyond moto's backends) also have a ``reset``.
"""

from collections.abc import Callable
from dataclasses import dataclass

from lifeboat_emulator import dns, internet, regions
from lifeboat_emulator.extensions import (
    acm_validation,
    apigateway_deployments,
    apigateway_domain_names,
    apigateway_hosts,
    apigateway_patches,
    apigateway_policies,
    apigateway_stages,
    apigateway_tags,
    cloudwatch_alarms,
    cloudwatch_cbor,
    cloudwatch_composite_alarms,
    cloudwatch_metrics,
    cloudwatch_queries,
    ec2_machine_images,
    ec2_nat_gateways,
    ec2_security_group_rules,
    events_bus,
    events_schedules,
    events_targets,
    iam_function_roles,
    iam_managed_policies,
    kms_managed_keys,
    lambda_function_settings,
    lambda_invocations,
    rds_backups,
    rds_cluster_fields,
    rds_cluster_updates,
    rds_data_api,
    rds_global_clusters,
    rds_global_failover,
    rds_global_members,
    rds_instance_fields,
    rds_instance_outages,
    rds_lag_metrics,
    rds_pages,
    rds_parameter_groups,
    rds_passwords,
    rds_rejoin,
    rds_replication_control,
    rds_storage,
    route53_dns_answers,
    route53_endpoint_checks,
    route53_health_checks,
    route53_health_status,
    route53_metric_checks,
    route53_zone_ids,
    s3_access_logs,
    s3_bucket_settings,
    s3_policy_conditions,
    s3_replication,
    s3_replication_copies,
    secrets_labels,
    secrets_replicas,
    secrets_rotation,
    sns_deliveries,
    sqs_attributes,
    sqs_metrics,
    sts_assumed_roles,
    unrouted_operations,
)


@dataclass(frozen=True)
class Extension:
    """One restored piece of AWS behaviour."""

    name: str
    install: Callable[[], None]
    reset: Callable[[], None] | None = None


EXTENSIONS: tuple[Extension, ...] = (
    Extension("regions", regions.install, regions.reset),
    Extension("internet", internet.install, internet.reset),
    Extension("dns", dns.install, dns.reset),
    Extension("unrouted_operations", unrouted_operations.install),
    Extension("acm_validation", acm_validation.install),
    Extension("apigateway_patches", apigateway_patches.install),
    Extension("apigateway_policies", apigateway_policies.install),
    Extension("apigateway_tags", apigateway_tags.install),
    Extension("apigateway_stages", apigateway_stages.install),
    Extension("apigateway_deployments", apigateway_deployments.install),
    Extension("apigateway_domain_names", apigateway_domain_names.install),
    Extension("apigateway_hosts", apigateway_hosts.install, apigateway_hosts.reset),
    Extension("cloudwatch_metrics", cloudwatch_metrics.install),
    Extension("cloudwatch_queries", cloudwatch_queries.install),
    Extension("cloudwatch_cbor", cloudwatch_cbor.install),
    Extension("cloudwatch_alarms", cloudwatch_alarms.install),
    Extension("cloudwatch_composite_alarms", cloudwatch_composite_alarms.install),
    Extension("ec2_machine_images", ec2_machine_images.install),
    Extension("ec2_nat_gateways", ec2_nat_gateways.install),
    Extension("ec2_security_group_rules", ec2_security_group_rules.install),
    Extension("iam_function_roles", iam_function_roles.install, iam_function_roles.reset),
    Extension("iam_managed_policies", iam_managed_policies.install),
    Extension("kms_managed_keys", kms_managed_keys.install),
    Extension("rds_cluster_fields", rds_cluster_fields.install),
    Extension("rds_cluster_updates", rds_cluster_updates.install),
    Extension("rds_instance_fields", rds_instance_fields.install),
    Extension("rds_instance_outages", rds_instance_outages.install),
    Extension("rds_parameter_groups", rds_parameter_groups.install),
    Extension("rds_backups", rds_backups.install),
    Extension("rds_global_clusters", rds_global_clusters.install),
    Extension("rds_pages", rds_pages.install),
    Extension("rds_global_members", rds_global_members.install),
    Extension("rds_global_failover", rds_global_failover.install),
    Extension("rds_storage", rds_storage.install, rds_storage.reset),
    Extension("rds_rejoin", rds_rejoin.install),
    Extension("rds_data_api", rds_data_api.install),
    Extension("rds_passwords", rds_passwords.install),
    Extension("rds_lag_metrics", rds_lag_metrics.install, rds_lag_metrics.reset),
    Extension("rds_replication_control", rds_replication_control.install),
    Extension("s3_access_logs", s3_access_logs.install),
    Extension("s3_bucket_settings", s3_bucket_settings.install),
    Extension("s3_policy_conditions", s3_policy_conditions.install),
    Extension("s3_replication", s3_replication.install),
    Extension("s3_replication_copies", s3_replication_copies.install, s3_replication_copies.reset),
    Extension("secrets_replicas", secrets_replicas.install),
    Extension("route53_health_checks", route53_health_checks.install),
    Extension("route53_health_status", route53_health_status.install),
    Extension("route53_dns_answers", route53_dns_answers.install),
    Extension("route53_endpoint_checks", route53_endpoint_checks.install),
    Extension("route53_metric_checks", route53_metric_checks.install),
    Extension("route53_zone_ids", route53_zone_ids.install),
    Extension("events_bus", events_bus.install),
    Extension("events_targets", events_targets.install),
    Extension("events_schedules", events_schedules.install, events_schedules.reset),
    Extension("sns_deliveries", sns_deliveries.install, sns_deliveries.reset),
    Extension("secrets_labels", secrets_labels.install),
    Extension("secrets_rotation", secrets_rotation.install, secrets_rotation.reset),
    Extension("sqs_attributes", sqs_attributes.install),
    Extension("sqs_metrics", sqs_metrics.install),
    Extension("lambda_function_settings", lambda_function_settings.install),
    Extension("lambda_invocations", lambda_invocations.install, lambda_invocations.reset),
    Extension("sts_assumed_roles", sts_assumed_roles.install, sts_assumed_roles.reset),
)

_installed: set[str] = set()


def install() -> None:
    """Install every extension; a second call changes nothing."""
    for extension in EXTENSIONS:
        if extension.name not in _installed:
            extension.install()
            _installed.add(extension.name)


def reset() -> None:
    """Drop the state extensions keep for themselves."""
    for extension in EXTENSIONS:
        if extension.reset is not None:
            extension.reset()
