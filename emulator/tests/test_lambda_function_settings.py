"""A function shows what it was given, and what it was given later."""

from tests.conftest import Client
from tests.zips import create_function

SOURCE = "def handle(event, context): pass"


def test_settings_are_kept_and_updated(client: Client) -> None:
    awslambda = client("lambda")
    queues = [f"arn:aws:sqs:us-east-1:123456789012:dead-{number}" for number in (1, 2)]
    create_function(
        client,
        "fn-a",
        SOURCE,
        DeadLetterConfig={"TargetArn": queues[0]},
        LoggingConfig={"LogFormat": "JSON", "LogGroup": "/mine"},
        TracingConfig={"Mode": "Active"},
    )
    config = awslambda.get_function(FunctionName="fn-a")["Configuration"]
    assert config["DeadLetterConfig"] == {"TargetArn": queues[0]}
    assert config["LoggingConfig"] == {"LogFormat": "JSON", "LogGroup": "/mine"}
    assert config["TracingConfig"] == {"Mode": "Active"}
    awslambda.update_function_configuration(
        FunctionName="fn-a",
        DeadLetterConfig={"TargetArn": queues[1]},
        LoggingConfig={"LogFormat": "Text"},
        TracingConfig={"Mode": "PassThrough"},
        EphemeralStorage={"Size": 1024},
    )
    config = awslambda.get_function_configuration(FunctionName="fn-a")
    assert config["DeadLetterConfig"] == {"TargetArn": queues[1]}
    assert config["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": "/aws/lambda/fn-a"}
    assert config["TracingConfig"] == {"Mode": "PassThrough"}
    assert config["EphemeralStorage"] == {"Size": 1024}
    awslambda.update_function_configuration(FunctionName="fn-a", DeadLetterConfig={"TargetArn": ""})
    assert "DeadLetterConfig" not in awslambda.get_function_configuration(FunctionName="fn-a")


def test_an_event_invoke_configuration_is_replaced_or_amended(client: Client) -> None:
    awslambda = client("lambda")
    create_function(client, "fn-a", SOURCE)
    for age in (60, 120):
        awslambda.put_function_event_invoke_config(
            FunctionName="fn-a", MaximumEventAgeInSeconds=age
        )
    awslambda.update_function_event_invoke_config(FunctionName="fn-a", MaximumRetryAttempts=1)
    config = awslambda.get_function_event_invoke_config(FunctionName="fn-a")
    assert (config["MaximumEventAgeInSeconds"], config["MaximumRetryAttempts"]) == (120, 1)


def test_its_vpc_is_that_of_its_subnets(client: Client) -> None:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.1.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(VpcId=vpc, GroupName="g", Description="d")["GroupId"]
    network = {"SubnetIds": [subnet], "SecurityGroupIds": [group]}
    create_function(client, "fn-a", SOURCE, VpcConfig=network)
    config = client("lambda").get_function_configuration(FunctionName="fn-a")
    assert config["VpcConfig"]["VpcId"] == vpc
