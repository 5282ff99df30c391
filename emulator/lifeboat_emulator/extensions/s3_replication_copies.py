"""S3 replication copies: objects and delete markers reach the other bucket a moment later.

As on AWS only what is written after the rule was made is copied, a replica is not copied on, the
version stays the same, and what S3 cannot copy is `FAILED` for good. While a region at either end
is down everything waits. Moto copies nothing.
"""

from dataclasses import dataclass
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey, S3Backend, s3_backends

from lifeboat_emulator import regions, ticker, timing
from lifeboat_emulator.extensions import cloudwatch_metrics

_LATENCY_SECONDS = 1.0
_METRICS_SECONDS = 60.0
_STATUS, _REPLICA = "lifeboat_replication_status", "REPLICA"


@dataclass(frozen=True, eq=False)
class _Waiting:
    """A version that is to be copied; `since` is on `timing.now`'s clock."""

    backend: S3Backend
    bucket: FakeBucket
    version: FakeKey | FakeDeleteMarker
    since: float


# In the order of writing, which is the order of arrival.
_waiting: list[_Waiting] = []
# Failed copies since the last point: (source, destination, rule id) -> how many.
_failed: dict[tuple[str, str, str], int] = {}


def install() -> None:
    """Notice writes, copy them soon, show the status of both versions."""
    original_put = S3Backend.put_object
    original_mark = S3Backend._set_delete_marker
    original_headers: Any = FakeKey.response_dict

    def put_object(self: S3Backend, bucket_name: str, *args: Any, **kwargs: Any) -> FakeKey:
        key = original_put(self, bucket_name, *args, **kwargs)
        _notice(self, bucket_name, key)
        return key

    def set_delete_marker(self: S3Backend, bucket_name: str, key_name: str) -> FakeDeleteMarker:
        marker = original_mark(self, bucket_name, key_name)
        _notice(self, bucket_name, marker)
        return marker

    def headers(self: FakeKey) -> dict[str, Any]:
        status = self.__dict__.get(_STATUS)
        shown = {"x-amz-replication-status": status} if status else {}
        return {**original_headers.fget(self), **shown}

    setattr(S3Backend, "put_object", put_object)
    setattr(S3Backend, "_set_delete_marker", set_delete_marker)
    setattr(FakeKey, "response_dict", property(headers))
    ticker.every("s3 replication", _LATENCY_SECONDS / 2, _copy_due)
    ticker.every("s3 replication metrics", _METRICS_SECONDS, _publish)


def reset() -> None:
    """Forget what waits."""
    _waiting.clear()
    _failed.clear()


def _notice(backend: S3Backend, bucket_name: str, version: FakeKey | FakeDeleteMarker) -> None:
    bucket = backend.get_bucket(bucket_name)
    if not getattr(bucket, "replication", None):
        return
    version.__dict__[_STATUS] = "PENDING"
    _waiting.append(_Waiting(backend, bucket, version, timing.now()))


def _copy_due() -> None:
    if not _waiting:
        return
    latest = timing.now() - timing.seconds(_LATENCY_SECONDS)
    for each in [each for each in _waiting if each.since <= latest]:
        if _copy(each):
            _waiting.remove(each)


def _copy(waiting: _Waiting) -> bool:
    """Copy one version to wherever its rules say; False when it has to go on waiting."""
    backend, version = waiting.backend, waiting.version
    if backend.buckets.get(waiting.bucket.name) is not waiting.bucket:
        # The bucket is gone, and with it the object.
        return True
    if regions.is_down(waiting.bucket.region_name):
        return False
    rules = _rules_for(waiting)
    targets = {_destination(rule): rule for rule in rules}
    found = {name: backend.buckets.get(name) for name in targets}
    if any(bucket and regions.is_down(bucket.region_name) for bucket in found.values()):
        return False
    version.__dict__[_STATUS] = "COMPLETED" if rules else None
    for name, bucket in found.items():
        if bucket is None or not bucket.is_versioned:
            version.__dict__[_STATUS] = "FAILED"
            key = (waiting.bucket.name, name, targets[name]["ID"])
            _failed[key] = _failed.get(key, 0) + 1
        elif isinstance(version, FakeKey):
            _put_replica(backend, version, bucket, targets[name])
        else:
            _put_marker(version, bucket)
    return True


def _put_replica(
    backend: S3Backend, version: FakeKey, bucket: FakeBucket, rule: dict[str, Any]
) -> None:
    target = rule["Destination"]
    key_id = (target.get("EncryptionConfiguration") or {}).get("ReplicaKmsKeyID")
    replica = FakeKey(
        name=version.name,
        bucket_name=bucket.name,
        value=version.value,
        account_id=backend.account_id,
        region_name=version.region_name,
        storage=target.get("StorageClass") or version.storage_class,
        etag=version.etag.strip('"'),
        is_versioned=True,
        version_id=version.version_id,
        encryption="aws:kms" if key_id else version.encryption,
        kms_key_id=key_id,
        bucket_key_enabled=version.bucket_key_enabled,
    )
    replica.set_metadata(version.metadata, replace=True)
    replica.__dict__[_STATUS] = _REPLICA
    bucket.keys.setlist(version.name, [*bucket.keys.getlist(version.name, []), replica])
    tags = backend.tagger.get_tag_dict_for_resource(version.arn)
    if tags:
        backend.tagger.tag_resource(replica.arn, backend.tagger.convert_dict_to_tags_input(tags))


def _put_marker(marker: FakeDeleteMarker, bucket: FakeBucket) -> None:
    deleted = bucket.keys.get(marker.name)
    if deleted is None:
        return
    copy = FakeDeleteMarker(key=deleted)
    copy.__dict__["_version_id"] = marker.version_id
    copy.__dict__[_STATUS] = _REPLICA
    bucket.keys[marker.name] = copy


def _rules_for(waiting: _Waiting) -> list[dict[str, Any]]:
    """The rules that want this version copied; for one destination the one of highest priority."""
    stored = (getattr(waiting.bucket, "replication", None) or {}).get("Rule", [])
    wanted = [rule for rule in stored if _applies(rule, waiting)]
    return sorted(wanted, key=lambda rule: int(rule.get("Priority") or 0))


def _applies(rule: dict[str, Any], waiting: _Waiting) -> bool:
    version = waiting.version
    if rule.get("Status") != "Enabled":
        return False
    prefix, tags = _selection(rule)
    if not version.name.startswith(prefix):
        return False
    if isinstance(version, FakeDeleteMarker):
        return (rule.get("DeleteMarkerReplication") or {}).get("Status") == "Enabled"
    if version.encryption == "aws:kms":
        criteria = (rule.get("SourceSelectionCriteria") or {}).get("SseKmsEncryptedObjects") or {}
        if criteria.get("Status") != "Enabled":
            return False
    own = waiting.backend.tagger.get_tag_dict_for_resource(version.arn)
    return all(own.get(name) == value for name, value in tags.items())


def _selection(rule: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """Prefix and tags of a rule's filter, in the forms that its XML takes."""
    stored = rule.get("Filter") or {}
    both = stored.get("And") or stored
    tags = both.get("Tag") or []
    listed = tags if isinstance(tags, list) else [tags]
    prefix = both.get("Prefix") or rule.get("Prefix") or ""
    return prefix, {each["Key"]: each["Value"] for each in listed}


def _destination(rule: dict[str, Any]) -> str:
    return str(rule["Destination"]["Bucket"]).rsplit(":", 1)[-1]


def _publish() -> None:
    """A point for each rule that has metrics: what waits is told where it is to arrive."""
    backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    now = timing.now()
    for source in list(backend.buckets.values()):
        for rule in (getattr(source, "replication", None) or {}).get("Rule", []):
            if (rule["Destination"].get("Metrics") or {}).get("Status") == "Enabled":
                _publish_rule(backend, source, rule, now)


def _publish_rule(backend: S3Backend, source: FakeBucket, rule: dict[str, Any], now: float) -> None:
    destination = backend.buckets.get(_destination(rule))
    if destination is None or regions.is_down(source.region_name):
        return
    dimensions = {
        "SourceBucket": source.name,
        "DestinationBucket": destination.name,
        "RuleId": str(rule["ID"]),
    }
    here = [each for each in _waiting if each.bucket is source and _applies(rule, each)]
    size = sum(each.version.size for each in here if isinstance(each.version, FakeKey))
    latency = (now - here[0].since) * timing.factor() if here else 0.0
    failed = _failed.pop((source.name, destination.name, str(rule["ID"])), 0)
    told = [("OperationsFailedReplication", float(failed), "Count", source.region_name)]
    if not regions.is_down(destination.region_name):
        told += [
            ("ReplicationLatency", latency, "Seconds", destination.region_name),
            ("OperationsPendingReplication", len(here), "Count", destination.region_name),
            ("BytesPendingReplication", size, "Bytes", destination.region_name),
        ]
    for name, value, unit, region in told:
        cloudwatch_metrics.publish(region, "AWS/S3", name, value, dimensions, unit)
