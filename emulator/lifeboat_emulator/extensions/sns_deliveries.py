"""What is published reaches functions and queues as AWS sends it, and can be looked at.

Moto asks Docker to run a function, posts to web addresses while everything waits, and ignores
whether the queue or the function lets the topic in. The emulator's own record of all messages is
behind ``/_lifeboat/notifications``.
"""

import json
import logging
import uuid
from collections import deque
from datetime import UTC, datetime
from typing import Any

from moto.sns.models import Subscription, Topic
from werkzeug.wrappers import Request

from lifeboat_emulator import control, delivery

_log = logging.getLogger("lifeboat_emulator.sns")

_SERVICE = "sns.amazonaws.com"
_KEPT = 1000
_notifications: deque[dict[str, Any]] = deque(maxlen=_KEPT)


def install() -> None:
    """Wrap publishing to a topic, and from it to a subscription."""
    original = Topic.publish

    def publish(
        self: Topic, message: str, subject: str | None = None, *others: Any, **named: Any
    ) -> str:
        _notifications.append(
            {
                "topic": self.arn,
                "subject": subject,
                "message": message,
                "at": _now(),
            }
        )
        return original(self, message, subject, *others, **named)

    setattr(Topic, "publish", publish)
    _wrap_subscriptions()
    control.route("GET", "/notifications", _list)


def reset() -> None:
    """Forget the record."""
    _notifications.clear()


def _wrap_subscriptions() -> None:
    original = Subscription.publish

    def publish(
        self: Subscription,
        message: str,
        message_id: str,
        subject: str | None = None,
        message_attributes: dict[str, Any] | None = None,
        **named: Any,
    ) -> None:
        if self.protocol == "lambda":
            matcher = self._filter_policy_matcher
            if matcher is None or matcher.matches(message_attributes, message):
                if named.get("message_structure") == "json":
                    message = self._parse_message_structure(message, self.protocol)
                _to_function(self, message, subject, message_attributes)
        elif self.protocol == "sqs" and _may_send(self):
            named |= {"subject": subject, "message_attributes": message_attributes}
            original(self, message, message_id, **named)
        # Mail, text messages and web addresses: nothing leaves this machine.

    setattr(Subscription, "publish", publish)


def _may_send(subscription: Subscription) -> bool:
    try:
        delivery.check(subscription.endpoint, _SERVICE, subscription.topic.arn)
    except (delivery.UndeliverableError, delivery.UnavailableError) as error:
        _log.warning("topic %s: %s", subscription.topic.name, error)
        return False
    return True


def _to_function(
    subscription: Subscription,
    message: str,
    subject: str | None,
    attributes: dict[str, Any] | None,
) -> None:
    topic = subscription.topic.arn
    told = {
        "SignatureVersion": "1",
        "Timestamp": _now(),
        "Signature": "EXAMPLE",
        "SigningCertUrl": "EXAMPLE",
        "MessageId": str(uuid.uuid4()),
        "Message": message,
        "MessageAttributes": attributes or {},
        "Type": "Notification",
        "UnsubscribeUrl": "EXAMPLE",
        "TopicArn": topic,
        "Subject": subject,
    }
    record = {
        "EventVersion": "1.0",
        "EventSubscriptionArn": subscription.arn,
        "EventSource": "aws:sns",
        "Sns": told,
    }
    try:
        body = json.dumps({"Records": [record]})
        delivery.deliver(subscription.endpoint, body, sender=_SERVICE, source_arn=topic)
    except (delivery.UndeliverableError, delivery.UnavailableError) as error:
        _log.warning("topic %s: %s", subscription.topic.name, error)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _list(_request: Request) -> dict[str, Any]:
    """The last thousand messages, newest last."""
    return {"notifications": list(_notifications)}
