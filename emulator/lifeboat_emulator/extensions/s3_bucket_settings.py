"""A bucket's metrics, analytics, intelligent tiering and payer are kept; unknown settings refused.

Moto takes a setting it does not know for a listing of the bucket when read, and for the creation of
the bucket when written. All these settings are read back in the XML they were written in.
"""

import re
from typing import Any

from moto.s3.exceptions import S3ClientError
from moto.s3.responses import S3Response

# Settings of which a bucket has many, told apart by an id: query name -> element of a listing.
_MANY = {
    "metrics": "ListMetricsConfigurationsResult",
    "analytics": "ListBucketAnalyticsConfigurationResult",
    "intelligent-tiering": "ListBucketIntelligentTieringConfigurationsOutput",
}
_PAYER = "requestPayment"
_DEFAULT_PAYER = (
    '<RequestPaymentConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
    "<Payer>BucketOwner</Payer></RequestPaymentConfiguration>"
)
_UNKNOWN = (
    "abac",
    "metadataAnnotationTable",
    "metadataConfiguration",
    "metadataInventoryTable",
    "metadataJournalTable",
    "metadataTable",
    "session",
)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>\s*")


class NoSuchConfigurationError(S3ClientError):
    """The bucket has no configuration with this id."""

    def __init__(self) -> None:
        super().__init__("NoSuchConfiguration", "The specified configuration does not exist.")


def install() -> None:
    """Look for these settings before moto looks at a bucket's request."""
    original_get = S3Response._bucket_response_get
    original_put = S3Response._bucket_response_put
    original_delete = S3Response._bucket_response_delete

    def get(self: S3Response, bucket_name: str, querystring: dict[str, Any]) -> Any:
        setting = _setting(querystring)
        if setting is None:
            return original_get(self, bucket_name, querystring)
        return _read(_settings_of(self, bucket_name), setting, _id(querystring))

    def put(self: S3Response, request: Any, bucket_name: str, querystring: dict[str, Any]) -> Any:
        setting = _setting(querystring)
        if setting is None:
            return original_put(self, request, bucket_name, querystring)
        body = self.body.decode() if isinstance(self.body, bytes) else self.body
        _settings_of(self, bucket_name)[setting, _id(querystring)] = _DECLARATION.sub("", body)
        return 200, {}, ""

    def delete(self: S3Response, bucket_name: str, querystring: dict[str, Any]) -> Any:
        setting = _setting(querystring)
        if setting is None:
            return original_delete(self, bucket_name, querystring)
        if _settings_of(self, bucket_name).pop((setting, _id(querystring)), None) is None:
            raise NoSuchConfigurationError
        return 204, {}, ""

    setattr(S3Response, "_bucket_response_get", get)
    setattr(S3Response, "_bucket_response_put", put)
    setattr(S3Response, "_bucket_response_delete", delete)


def _setting(querystring: dict[str, Any]) -> str | None:
    """The setting a request is about, or None where it is about something moto knows."""
    for name in _UNKNOWN:
        if name in querystring:
            raise NotImplementedError(f"the bucket setting {name}")
    return next((name for name in (*_MANY, _PAYER) if name in querystring), None)


def _id(querystring: dict[str, Any]) -> str:
    given: list[str] = querystring.get("id") or [""]
    return given[0]


def _settings_of(response: S3Response, bucket_name: str) -> dict[tuple[str, str], str]:
    bucket = response.backend.get_bucket(bucket_name)
    settings: dict[tuple[str, str], str] = bucket.__dict__.setdefault("lifeboat_settings", {})
    return settings


def _read(settings: dict[tuple[str, str], str], setting: str, identifier: str) -> Any:
    headers = {"content-type": "application/xml"}
    if setting == _PAYER:
        return 200, headers, settings.get((setting, ""), _DEFAULT_PAYER)
    if identifier:
        if (setting, identifier) not in settings:
            raise NoSuchConfigurationError
        return 200, headers, settings[setting, identifier]
    element = _MANY[setting]
    each = "".join(body for (name, _), body in sorted(settings.items()) if name == setting)
    return 200, headers, f"<{element}><IsTruncated>false</IsTruncated>{each}</{element}>"
