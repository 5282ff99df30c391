# The one place where names and tags are made.
#
# Every name is `{resource-type}-{environment-suffix}`. Where both regions own such a resource, the role of the region is
# part of the resource type (`vpc-primary-demo`); where there are several, so is their number (`subnet-public-primary-2-demo`).
#
# What no name may exceed is proved, not hoped for: each entry carries the limit AWS sets, and the longest name that entry
# can ever give (longest role, one digit, longest suffix) is held against it in the precondition of `output.names`.
# With the suffix at most 20 characters the tightest entry is the one `output.tightest_headroom` speaks of.

locals {
  suffix_max_length = 20
  longest_role      = "secondary"
  highest_index     = 3

  # Longest word a family member may have, for example replication-latency-application-data.
  family_member_length = 60

  # word: the resource type. limit: longest name AWS accepts for it. Name tags may have 256 characters.
  # scope: "region" puts the role into the name, "zone" the role and a number, "global" neither.
  # A word with %s is one of a family; its limit leaves `family_member_length` characters for what stands in for %s.
  catalogue = {
    alarm                           = { word = "alarm-%s", scope = "region", limit = 255 - local.family_member_length }
    aurora_cluster                  = { word = "aurora-cluster", scope = "region", limit = 63 }
    aurora_cluster_parameters       = { word = "aurora-cluster-parameters", scope = "region", limit = 255 }
    aurora_global                   = { word = "aurora-global", scope = "global", limit = 63 }
    aurora_instance                 = { word = "aurora-instance", scope = "zone", limit = 63 }
    aurora_instance_parameters      = { word = "aurora-instance-parameters", scope = "region", limit = 255 }
    certificate                     = { word = "certificate", scope = "region", limit = 256 }
    dashboard                       = { word = "dashboard", scope = "region", limit = 255 }
    database_monitoring_role        = { word = "iam-role-database-monitoring", scope = "region", limit = 64 }
    database_move_rule              = { word = "rule-database-move", scope = "region", limit = 64 }
    database_secret                 = { word = "secret-database", scope = "global", limit = 512 }
    database_security_group         = { word = "secgrp-database", scope = "region", limit = 255 }
    database_subnet_group           = { word = "subnet-group-database", scope = "region", limit = 255 }
    default_security_group          = { word = "secgrp-default", scope = "region", limit = 256 }
    domain_name                     = { word = "domain-name-%s", scope = "region", limit = 256 - local.family_member_length }
    dynamodb_endpoint               = { word = "vpce-dynamodb", scope = "region", limit = 256 }
    elastic_ip                      = { word = "eip-nat", scope = "zone", limit = 256 }
    endpoints_security_group        = { word = "secgrp-endpoints", scope = "region", limit = 255 }
    failover_orchestrator_function  = { word = "lambda-failover-orchestrator", scope = "region", limit = 64 }
    failover_orchestrator_log_group = { word = "log-group-failover-orchestrator", scope = "region", limit = 512 }
    failover_orchestrator_queue     = { word = "sqs-dead-letters-failover-orchestrator", scope = "region", limit = 80 }
    failover_orchestrator_role      = { word = "iam-role-failover-orchestrator", scope = "region", limit = 64 }
    failover_orchestrator_rule      = { word = "rule-failover-orchestrator", scope = "region", limit = 64 }
    failover_report_rule            = { word = "rule-failover-report", scope = "region", limit = 64 }
    failover_state                  = { word = "dynamodb-failover-state", scope = "region", limit = 255 }
    failover_verification_rule      = { word = "rule-failover-verification", scope = "region", limit = 64 }
    flow_log                        = { word = "flow-log", scope = "region", limit = 256 }
    flow_log_group                  = { word = "log-group-flow", scope = "region", limit = 512 }
    flow_log_role                   = { word = "iam-role-flow-log", scope = "region", limit = 64 }
    health_check_application        = { word = "health-check-application", scope = "global", limit = 256 }
    health_check_primary            = { word = "health-check-primary", scope = "global", limit = 256 }
    health_check_secondary          = { word = "health-check-secondary", scope = "global", limit = 256 }
    health_check_switch             = { word = "health-check-switch", scope = "global", limit = 256 }
    health_monitor_function         = { word = "lambda-health-monitor", scope = "region", limit = 64 }
    health_monitor_log_group        = { word = "log-group-health-monitor", scope = "region", limit = 512 }
    health_monitor_queue            = { word = "sqs-dead-letters-health-monitor", scope = "region", limit = 80 }
    health_monitor_role             = { word = "iam-role-health-monitor", scope = "region", limit = 64 }
    health_monitor_rule             = { word = "rule-health-monitor", scope = "region", limit = 64 }
    heartbeat_function              = { word = "lambda-heartbeat", scope = "region", limit = 64 }
    heartbeat_log_group             = { word = "log-group-heartbeat", scope = "region", limit = 512 }
    heartbeat_queue                 = { word = "sqs-dead-letters-heartbeat", scope = "region", limit = 80 }
    heartbeat_role                  = { word = "iam-role-heartbeat", scope = "region", limit = 64 }
    heartbeat_rule                  = { word = "rule-heartbeat", scope = "region", limit = 64 }
    hosted_zone                     = { word = "hosted-zone", scope = "global", limit = 256 }
    interface_endpoint              = { word = "vpce-%s", scope = "region", limit = 256 - local.family_member_length }
    internet_gateway                = { word = "igw", scope = "region", limit = 256 }
    kill_switch                     = { word = "parameter-kill-switch", scope = "region", limit = 1011 } # may begin with neither aws nor ssm
    kms_key                         = { word = "kms", scope = "region", limit = 250 }                    # alias: 256 with "alias/"
    nat_gateway                     = { word = "nat", scope = "zone", limit = 256 }
    notices_queue                   = { word = "sqs-dead-letters-notices", scope = "region", limit = 80 }
    payments_function               = { word = "lambda-payments", scope = "region", limit = 64 }
    payments_log_group              = { word = "log-group-payments", scope = "region", limit = 512 }
    payments_queue                  = { word = "sqs-dead-letters-payments", scope = "region", limit = 80 }
    payments_role                   = { word = "iam-role-payments", scope = "region", limit = 64 }
    private_route_table             = { word = "rtb-private", scope = "zone", limit = 256 }
    private_subnet                  = { word = "subnet-private", scope = "zone", limit = 256 }
    public_route_table              = { word = "rtb-public", scope = "region", limit = 256 }
    public_subnet                   = { word = "subnet-public", scope = "zone", limit = 256 }
    record_set_primary              = { word = "record-primary", scope = "global", limit = 128 }
    record_set_secondary            = { word = "record-secondary", scope = "global", limit = 128 }
    replication_role                = { word = "iam-role-s3-replication", scope = "region", limit = 64 }
    rest_api                        = { word = "rest-api", scope = "region", limit = 256 }
    rest_api_log_group              = { word = "log-group-rest-api", scope = "region", limit = 512 }
    rest_api_logs_role              = { word = "iam-role-rest-api-logs", scope = "region", limit = 64 }
    rest_api_stage                  = { word = "rest-api-stage", scope = "region", limit = 256 }
    s3_application_data             = { word = "s3-application-data", scope = "region", limit = 63 }
    s3_endpoint                     = { word = "vpce-s3", scope = "region", limit = 256 }
    s3_transaction_logs             = { word = "s3-transaction-logs", scope = "region", limit = 63 }
    secret_rotation_function        = { word = "lambda-secret-rotation", scope = "region", limit = 64 }
    secret_rotation_log_group       = { word = "log-group-secret-rotation", scope = "region", limit = 512 }
    secret_rotation_queue           = { word = "sqs-dead-letters-secret-rotation", scope = "region", limit = 80 }
    secret_rotation_role            = { word = "iam-role-secret-rotation", scope = "region", limit = 64 }
    sns_alerts                      = { word = "sns-alerts", scope = "region", limit = 256 }
    switch_alarm                    = { word = "alarm-standby-takes-over", scope = "region", limit = 255 }
    vpc                             = { word = "vpc", scope = "region", limit = 256 }
    web_acl                         = { word = "web-acl", scope = "region", limit = 128 }
    web_acl_log_group               = { word = "log-group-web-acl", scope = "region", limit = 499 } # 512 with "aws-waf-logs-"
    workload_security_group         = { word = "secgrp-workload", scope = "region", limit = 255 }
  }

  # Names of a scope exist only for its role: asking the label of both regions for a subnet is an error, not "subnet-demo".
  is_global = var.dr_role == "global"

  global_names = {
    for key, entry in local.catalogue : key => "${entry.word}-${var.environment_suffix}"
    if entry.scope == "global" && local.is_global
  }

  region_names = {
    for key, entry in local.catalogue : key => "${entry.word}-${var.dr_role}-${var.environment_suffix}"
    if entry.scope == "region" && !local.is_global
  }

  zone_names = {
    for key, entry in local.catalogue : key => [
      for index in range(1, local.highest_index + 1) : "${entry.word}-${var.dr_role}-${index}-${var.environment_suffix}"
    ] if entry.scope == "zone" && !local.is_global
  }

  # Longest length any accepted input can lead to: word, hyphen, [role, hyphen], [digit, hyphen], suffix.
  longest_lengths = {
    for key, entry in local.catalogue : key => (
      length(entry.word) + 1
      + (entry.scope == "global" ? 0 : length(local.longest_role) + 1)
      + (entry.scope == "zone" ? 2 : 0)
      + local.suffix_max_length
    )
  }

  headroom = { for key, entry in local.catalogue : key => entry.limit - local.longest_lengths[key] }
  too_long = [for key, spare in local.headroom : key if spare < 0]
}
