"""Telling people: one SNS message for each thing worth knowing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

_SUBJECT_LIMIT = 100


class Notices(Protocol):
    """Where people are told."""

    def tell(self, subject: str, facts: Mapping[str, object]) -> None:
        """Send a message: a subject for people, facts as JSON for both."""
        ...


@dataclass(frozen=True)
class SnsNotices:
    """The region's alert topic."""

    client: "SNSClient"
    topic_arn: str
    environment_suffix: str

    def tell(self, subject: str, facts: Mapping[str, object]) -> None:
        """Send a message; SNS takes 100 ASCII characters of subject."""
        line = f"[{self.environment_suffix}] {subject}".encode("ascii", "replace").decode()
        self.client.publish(
            TopicArn=self.topic_arn,
            Subject=line[:_SUBJECT_LIMIT],
            Message=json.dumps({"environment": self.environment_suffix, "subject": subject, **facts}, indent=2),
        )
