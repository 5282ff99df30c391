"""How many requests a method takes: token buckets, as API Gateway's.

Each method of a stage has a bucket of its own, filled at the rate its settings say; all methods of
a region share the account's.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lifeboat_emulator import timing
from lifeboat_emulator.rest_apis.deployed import Endpoint
from lifeboat_emulator.rest_apis.locating import Target

# What an account has when nobody asked for more.
_ACCOUNT_RATE, _ACCOUNT_BURST = 10_000.0, 5_000.0
_ALL = "*/*"


@dataclass
class _Bucket:
    tokens: float
    filled_at: float

    def fill(self, rate: float, burst: float, now: float) -> None:
        self.tokens = min(burst, self.tokens + (now - self.filled_at) * rate)
        self.filled_at = now


_buckets: dict[tuple[str, ...], _Bucket] = {}
_guard = threading.Lock()


def reset() -> None:
    """Forget who asked how often."""
    with _guard:
        _buckets.clear()


def admits(target: Target, endpoint: Endpoint, method: str) -> bool:
    """Whether this request is within the limits; it is counted when it is."""
    account = (target.account, target.region)
    limits: dict[tuple[str, ...], tuple[float, float]] = {account: (_ACCOUNT_RATE, _ACCOUNT_BURST)}
    own = _limits(settings_of(target, endpoint, method))
    if own is not None:
        limits[(*account, target.api_id, target.stage, endpoint.path, method)] = own
    now = timing.now()
    with _guard:
        buckets = []
        for key, (rate, burst) in limits.items():
            bucket = _buckets.setdefault(key, _Bucket(burst, now))
            bucket.fill(rate, burst, now)
            buckets.append(bucket)
        admitted = all(bucket.tokens >= 1 for bucket in buckets)
        for bucket in buckets if admitted else ():
            bucket.tokens -= 1
    return admitted


def settings_of(target: Target, endpoint: Endpoint, method: str) -> Mapping[str, Any]:
    """The settings of a method: its own, or those for all."""
    path = endpoint.path.lstrip("/")
    written = (f"{path}/{method}", f"{path.replace('/', '~1')}/{method}", f"~1{path}/{method}")
    own = next((target.settings[key] for key in written if key in target.settings), None)
    found: Mapping[str, Any] = own if own is not None else target.settings.get(_ALL, {})
    return found


def _limits(settings: Mapping[str, Any]) -> tuple[float, float] | None:
    """Rate and burst; None where only the account's count, which AWS writes as -1."""
    rate = float(settings.get("throttlingRateLimit", -1))
    burst = float(settings.get("throttlingBurstLimit", -1))
    if rate < 0 and burst < 0:
        return None
    return (rate if rate >= 0 else _ACCOUNT_RATE, burst if burst >= 0 else _ACCOUNT_BURST)
