"""The control endpoints that belong to no extension: health, leftovers, reset."""

import dataclasses
from typing import Any

from moto import __version__ as moto_version
from moto.core.base_backend import BackendDict
from werkzeug.wrappers import Request

from lifeboat_emulator import __version__, control, extensions, leftovers, ticker, timing


def install() -> None:
    """Register them."""
    control.route("GET", "/health", _health)
    control.route("GET", "/leftovers", _leftovers)
    control.route("POST", "/reset", _reset)


def _health(_request: Request) -> dict[str, Any]:
    return {
        "status": "ok",
        "version": __version__,
        "moto": moto_version,
        "time_factor": timing.factor(),
        "extensions": [extension.name for extension in extensions.EXTENSIONS],
    }


def _leftovers(request: Request) -> dict[str, Any]:
    found = leftovers.find(request.args.get("suffix") or None)
    return {"count": len(found), "resources": [dataclasses.asdict(each) for each in found]}


def _reset(_request: Request) -> dict[str, Any]:
    ticker.reset()
    BackendDict.reset()
    extensions.reset()
    return {"status": "ok"}
