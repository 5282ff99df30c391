"""GetBucketReplication gives back the whole configuration that was put.

Moto keeps what PutBucketReplication sent but shows five fields of it, with an invented filter.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.s3.exceptions import ReplicationConfigurationNotFoundError
from moto.s3.responses import S3Response


def install() -> None:
    """Replace the read; the write keeps everything already."""
    setattr(S3Response, "get_bucket_replication", _get)


def _get(self: S3Response) -> Any:
    self.data["Action"] = "GetBucketReplication"
    stored = self.backend.get_bucket_replication(self.bucket_name)
    if not stored:
        raise ReplicationConfigurationNotFoundError(bucket_name=self.bucket_name)
    rules = [_rule(rule) for rule in stored["Rule"]]
    configuration = {"Role": stored["Role"], "Rules": rules}
    return self.serialized(ActionResult({"ReplicationConfiguration": configuration}))


def _rule(stored: dict[str, Any]) -> dict[str, Any]:
    """The stored rule, parsed from XML, under the names and types of the API model."""
    rule = dict(stored)
    if "Filter" in rule:
        rule["Filter"] = _filter(rule["Filter"])
    else:
        # Only the second version of the rules, the one with a filter, has priorities.
        rule.pop("Priority", None)
        rule["Prefix"] = rule.get("Prefix") or ""
    return rule


def _filter(stored: dict[str, Any] | None) -> dict[str, Any]:
    if not stored:
        return {"Prefix": ""}
    if "Prefix" in stored:
        return {"Prefix": stored["Prefix"] or ""}
    both = stored.get("And")
    if not both:
        return stored
    tags = both.get("Tag") or []
    return {
        "And": {
            "Prefix": both.get("Prefix") or "",
            "Tags": tags if isinstance(tags, list) else [tags],
        }
    }
