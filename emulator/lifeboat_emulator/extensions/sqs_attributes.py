"""A queue keeps its policy when other attributes are set.

Moto drops it, so that a change of the retention would shut everybody out.
"""

from typing import Any

from moto.sqs.models import Queue


def install() -> None:
    """Wrap the setting of attributes."""
    original = Queue._set_attributes

    def set_attributes(self: Queue, attributes: dict[str, Any], now: float | None = None) -> None:
        known = getattr(self, "policy", None)
        original(self, attributes, now)
        if "Policy" not in attributes:
            self.policy = known

    setattr(Queue, "_set_attributes", set_attributes)
