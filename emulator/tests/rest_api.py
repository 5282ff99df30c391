"""A small REST API as a team makes one, and requests to it from outside."""

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lifeboat_emulator import internet
from tests.conftest import Client
from tests.zips import create_function, eventually

ZONE = "pay.example.test"
ECHO = """
import json
def handle(event, context):
    body = json.dumps({"region": context.invoked_function_arn.split(":")[3], "event": event})
    return {"statusCode": 201, "headers": {"X-Own": "yes"}, "body": body}
"""
MODEL = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "type": "object",
    "required": ["amount", "currency"],
    "additionalProperties": False,
    "properties": {
        "amount": {"type": "string", "pattern": "^[0-9]+$"},
        "currency": {"enum": ["EUR", "USD"]},
    },
}
PAYMENT = json.dumps({"amount": "12", "currency": "EUR"})


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: str
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(endpoint: str, host: str, path: str, method: str = "GET", **given: Any) -> Answer:
    """Plain HTTP to the emulator's own port, the host told by the header. Raises OSError."""
    parts = urlsplit(endpoint)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    headers = {"Host": host, **given.pop("headers", {})}
    try:
        connection.request(method, path, headers=headers, **given)
        answer = connection.getresponse()
        return Answer(answer.status, answer.read().decode(), dict(answer.getheaders()))
    finally:
        connection.close()


def connect(host: str) -> http.client.HTTPSConnection:
    """HTTPS over the emulated internet, as functions and drills do it."""
    given = internet.environment()
    context = ssl.create_default_context(cafile=given["SSL_CERT_FILE"])
    proxy = given["HTTPS_PROXY"].removeprefix("http://")
    connection = http.client.HTTPSConnection(proxy, timeout=20, context=context)
    connection.set_tunnel(host, 443)
    return connection


class Api:
    """POST /payments (validated) and GET /payments/{payment_id}, both a function's."""

    def __init__(
        self, client: Client, region: str = "us-east-1", source: str = ECHO, **function: Any
    ) -> None:
        self.region = region
        self.gateway = client("apigateway", region)
        self._client = client
        self.function = create_function(client, "fn-pay", source, region=region, **function)
        made = self.gateway.create_rest_api(
            name="api-pay", endpointConfiguration={"types": ["REGIONAL"]}
        )
        self.id, root = made["id"], made["rootResourceId"]
        self.validator = self.gateway.create_request_validator(
            restApiId=self.id,
            name="all",
            validateRequestBody=True,
            validateRequestParameters=True,
        )["id"]
        self.gateway.create_model(
            restApiId=self.id,
            name="Payment",
            contentType="application/json",
            schema=json.dumps(MODEL),
        )
        self.payments = self.resource(root, "payments")
        self.payment = self.resource(self.payments, "{payment_id}")
        self.method(
            self.payments,
            "POST",
            requestValidatorId=self.validator,
            requestModels={"application/json": "Payment"},
            requestParameters={"method.request.header.Idempotency-Key": True},
        )
        self.method(self.payment, "GET")

    @property
    def host(self) -> str:
        return f"{self.id}.execute-api.{self.region}.amazonaws.com"

    def resource(self, parent: str, part: str) -> str:
        made = self.gateway.create_resource(restApiId=self.id, parentId=parent, pathPart=part)
        return str(made["id"])

    def method(self, resource: str, name: str, **settings: Any) -> None:
        place = {"restApiId": self.id, "resourceId": resource, "httpMethod": name}
        self.gateway.put_method(**place, authorizationType="NONE", **settings)
        self.gateway.put_integration(
            **place,
            type="AWS_PROXY",
            integrationHttpMethod="POST",
            uri=f"arn:aws:apigateway:{self.region}:lambda:path/2015-03-31/functions/"
            f"{self.function}/invocations",
        )

    def permit(self, source: str = "/*/*") -> None:
        self._client("lambda", self.region).add_permission(
            FunctionName="fn-pay",
            StatementId="api",
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
            SourceArn=f"arn:aws:execute-api:{self.region}:123456789012:{self.id}{source}",
        )

    def deploy(self, stage: str = "live") -> None:
        made = self.gateway.create_deployment(restApiId=self.id)["id"]
        known = [each["stageName"] for each in self.gateway.get_stages(restApiId=self.id)["item"]]
        if stage in known:
            self.patch_stage(("replace", "/deploymentId", made))
        else:
            self.gateway.create_stage(restApiId=self.id, stageName=stage, deploymentId=made)

    def patch_stage(self, *patches: tuple[str, str, str]) -> Any:
        operations = [{"op": op, "path": path, "value": value} for op, path, value in patches]
        return self.gateway.update_stage(
            restApiId=self.id, stageName="live", patchOperations=operations
        )

    def serve(self, domain: str, zone: str) -> str:
        """Give it a custom domain with a certificate; its regional name."""
        made = self.gateway.create_domain_name(
            domainName=domain,
            regionalCertificateArn=certificate(self._client, self.region, domain, zone),
            endpointConfiguration={"types": ["REGIONAL"]},
            securityPolicy="TLS_1_2",
        )
        self.gateway.create_base_path_mapping(domainName=domain, restApiId=self.id, stage="live")
        return str(made["regionalDomainName"])


def zone(client: Client) -> str:
    made = client("route53").create_hosted_zone(Name=ZONE, CallerReference=ZONE)
    return str(made["HostedZone"]["Id"])


def put_record(client: Client, zone: str, **record: Any) -> None:
    change = {"Action": "UPSERT", "ResourceRecordSet": record}
    client("route53").change_resource_record_sets(
        HostedZoneId=zone, ChangeBatch={"Changes": [change]}
    )


def put_alias(client: Client, zone: str, name: str, target: str, **more: Any) -> None:
    alias = {"DNSName": target, "HostedZoneId": "Z1UJRXOUMOOFQ8", "EvaluateTargetHealth": True}
    put_record(client, zone, Name=name, Type="A", AliasTarget=alias, **more)


def prove(client: Client, region: str, arn: str, zone: str, within: str = ZONE) -> None:
    """Put those records a certificate asks for into the zone that belong there."""
    described = client("acm", region).describe_certificate(CertificateArn=arn)["Certificate"]
    for option in described["DomainValidationOptions"]:
        asked = option["ResourceRecord"]
        if not asked["Name"].endswith(f"{within}."):
            continue
        values = [{"Value": asked["Value"]}]
        put_record(
            client, zone, Name=asked["Name"], Type=asked["Type"], TTL=60, ResourceRecords=values
        )


def status(client: Client, region: str, arn: str) -> str:
    described = client("acm", region).describe_certificate(CertificateArn=arn)
    return str(described["Certificate"]["Status"])


def certificate(client: Client, region: str, domain: str, zone: str) -> str:
    """The ARN of an issued certificate."""
    acm = client("acm", region)
    arn = str(acm.request_certificate(DomainName=domain, ValidationMethod="DNS")["CertificateArn"])
    prove(client, region, arn, zone)
    eventually(lambda: status(client, region, arn) == "ISSUED")
    return arn
