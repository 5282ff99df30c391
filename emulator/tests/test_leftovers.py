"""What is left in the account: everything a profile makes, nothing a fresh account has."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Client
from tests.control_client import Control

TAG = {"Key": "Name", "Value": "thing-abc123"}
POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
    }
)
ROLE = "arn:aws:iam::123456789012:role/iam-role-abc123"


def _function(make: Client) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("main.py", "def handler(event, context): ...")
    make("iam").create_role(RoleName="iam-role-abc123", AssumeRolePolicyDocument=POLICY)
    make("lambda").create_function(
        FunctionName="lambda-abc123",
        Runtime="python3.12",
        Handler="main.handler",
        Role=ROLE,
        Code={"ZipFile": archive.getvalue()},
    )


def _record(make: Client) -> None:
    route53 = make("route53")
    zone = route53.create_hosted_zone(Name="example.net", CallerReference="abc123")["HostedZone"]
    record = {
        "Name": "app.example.net",
        "Type": "CNAME",
        "TTL": 30,
        "SetIdentifier": "primary-abc123",
        "Failover": "PRIMARY",
        "ResourceRecords": [{"Value": "primary.example.net"}],
    }
    route53.change_resource_record_sets(
        HostedZoneId=zone["Id"],
        ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]},
    )


def _health_check(make: Client) -> None:
    route53 = make("route53")
    made = route53.create_health_check(
        CallerReference="abc123",
        HealthCheckConfig={"Type": "TCP", "IPAddress": "192.0.2.1", "Port": 443},
    )["HealthCheck"]
    route53.change_tags_for_resource(
        ResourceType="healthcheck", ResourceId=made["Id"], AddTags=[TAG]
    )


def _alias(make: Client) -> None:
    kms = make("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/kms-abc123", TargetKeyId=key)


def _rule(make: Client) -> None:
    make("events").put_rule(
        Name="rule-abc123", ScheduleExpression="rate(1 minute)", State="ENABLED"
    )


# What a profile may make -> the type it is listed under.
MADE: dict[str, tuple[str, Callable[[Client], Any]]] = {
    "vpc": (
        "ec2:vpc",
        lambda make: make("ec2").create_vpc(
            CidrBlock="10.0.0.0/16",
            TagSpecifications=[{"ResourceType": "vpc", "Tags": [TAG]}],
        ),
    ),
    "elastic ip": (
        "ec2:elastic-address",
        lambda make: make("ec2").allocate_address(
            Domain="vpc", TagSpecifications=[{"ResourceType": "elastic-ip", "Tags": [TAG]}]
        ),
    ),
    "kms key": (
        "kms:key",
        lambda make: make("kms").create_key(Tags=[{"TagKey": "Name", "TagValue": "thing-abc123"}]),
    ),
    "key alias": ("kms:alias", _alias),
    "bucket": (
        "s3:bucket",
        lambda make: make("s3").create_bucket(Bucket="s3-logs-abc123"),
    ),
    "role": (
        "iam:role",
        lambda make: make("iam").create_role(
            RoleName="iam-role-abc123", AssumeRolePolicyDocument=POLICY
        ),
    ),
    "policy": (
        "iam:managed-policy",
        lambda make: make("iam").create_policy(
            PolicyName="iam-policy-abc123", PolicyDocument=POLICY
        ),
    ),
    "topic": ("sns:topic", lambda make: make("sns").create_topic(Name="sns-abc123")),
    "queue": ("sqs:queue", lambda make: make("sqs").create_queue(QueueName="sqs-abc123")),
    "table": (
        "dynamodb:table",
        lambda make: make("dynamodb").create_table(
            TableName="table-abc123",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        ),
    ),
    "log group": (
        "logs:log-group",
        lambda make: make("logs").create_log_group(logGroupName="/lifeboat/abc123"),
    ),
    "secret": (
        "secretsmanager:secret",
        lambda make: make("secretsmanager").create_secret(Name="secret-abc123", SecretString="s"),
    ),
    "parameter": (
        "ssm:parameter",
        lambda make: make("ssm").put_parameter(Name="/lifeboat/abc123", Value="v", Type="String"),
    ),
    "alarm": (
        "cloudwatch:alarm",
        lambda make: make("cloudwatch").put_metric_alarm(
            AlarmName="alarm-abc123",
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
        ),
    ),
    "dashboard": (
        "cloudwatch:dashboard",
        lambda make: make("cloudwatch").put_dashboard(
            DashboardName="dashboard-abc123", DashboardBody='{"widgets": []}'
        ),
    ),
    "function": ("lambda:lambda-function", _function),
    "rule": ("events:rule", _rule),
    "schedule": (
        "scheduler:schedule",
        lambda make: make("scheduler").create_schedule(
            Name="schedule-abc123",
            ScheduleExpression="rate(1 minute)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": "arn:aws:lambda:us-east-1:123456789012:function:f", "RoleArn": ROLE},
        ),
    ),
    "record": ("route53:record-set", _record),
    "health check": ("route53:health-check", _health_check),
    "rest api": (
        "apigateway:rest-api",
        lambda make: make("apigateway").create_rest_api(name="api", tags={"Name": "api-abc123"}),
    ),
    "global cluster": (
        "rds:global-cluster",
        lambda make: make("rds", "us-west-2").create_global_cluster(
            GlobalClusterIdentifier="aurora-abc123", Engine="aurora-mysql"
        ),
    ),
    "parameter group": (
        "rds:cluster-pg",
        lambda make: make("rds").create_db_cluster_parameter_group(
            DBClusterParameterGroupName="params-abc123",
            DBParameterGroupFamily="aurora-mysql8.0",
            Description="for a test",
        ),
    ),
}


@pytest.mark.parametrize("what", MADE)
def test_what_a_profile_makes_is_found_by_its_suffix(
    client: Client, control: Control, what: str
) -> None:
    kind, make = MADE[what]
    make(client)
    for found in (control.leftovers(), control.leftovers("abc123")):
        assert kind in {f"{each['service']}:{each['type']}" for each in found}
    assert control.leftovers("abc12") == []
    assert control.leftovers("other") == []


def test_a_fresh_account_has_no_leftovers(client: Client, control: Control) -> None:
    # Looking creates what moto takes for granted: default networks, managed policies, keys.
    for region in ("us-east-1", "us-west-2"):
        assert client("ec2", region).describe_subnets()["Subnets"]
        client("ec2", region).describe_security_groups()
        client("rds", region).describe_db_clusters()
        client("secretsmanager", region).list_secrets()
        client("events", region).list_event_buses()
    assert client("iam").list_policies(Scope="AWS")["Policies"]
    client("kms").describe_key(KeyId="alias/aws/rds")
    client("s3").list_buckets()
    assert control.leftovers() == []


def test_regions_and_tags_are_told(client: Client, control: Control) -> None:
    client("sns", "us-west-2").create_topic(
        Name="sns-abc123", Tags=[{"Key": "DR-Role", "Value": "secondary"}]
    )
    assert control.leftovers() == [
        {
            "service": "sns",
            "region": "us-west-2",
            "type": "topic",
            "id": "arn:aws:sns:us-west-2:123456789012:sns-abc123",
            "tags": {"DR-Role": "secondary"},
        }
    ]


def test_buckets_have_a_region_and_roles_have_none(client: Client, control: Control) -> None:
    client("s3", "us-west-2").create_bucket(
        Bucket="s3-logs-abc123", CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
    )
    client("iam").create_role(RoleName="iam-role-abc123", AssumeRolePolicyDocument=POLICY)
    regions = {each["service"]: each["region"] for each in control.leftovers("abc123")}
    assert regions == {"s3": "us-west-2", "iam": "global"}


def test_a_key_pending_deletion_is_gone(client: Client, control: Control) -> None:
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    assert [each["type"] for each in control.leftovers()] == ["key"]
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert control.leftovers() == []


def test_a_secret_without_a_recovery_window_is_gone(client: Client, control: Control) -> None:
    secrets = client("secretsmanager")
    secrets.create_secret(Name="secret-abc123", SecretString="s")
    secrets.delete_secret(SecretId="secret-abc123", RecoveryWindowInDays=7)
    assert [each["type"] for each in control.leftovers()] == ["secret"]
    secrets.restore_secret(SecretId="secret-abc123")
    secrets.delete_secret(SecretId="secret-abc123", ForceDeleteWithoutRecovery=True)
    assert control.leftovers() == []


def test_a_gateway_endpoint_deleted_is_gone(client: Client, control: Control) -> None:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    endpoint = ec2.create_vpc_endpoint(
        VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3", VpcEndpointType="Gateway"
    )["VpcEndpoint"]["VpcEndpointId"]
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    ec2.delete_vpc(VpcId=vpc)
    assert control.leftovers() == []
