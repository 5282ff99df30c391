"""The control endpoints, as tests call them."""

import json
import urllib.error
import urllib.request
from typing import Any


class Control:
    def __init__(self, endpoint: str) -> None:
        self._base = f"{endpoint}/_lifeboat"

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self._base}{path}") as answer:
            assert answer.headers["Content-Type"] == "application/json"
            return json.load(answer)

    def put(self, path: str, body: Any) -> Any:
        with urllib.request.urlopen(_request("PUT", f"{self._base}{path}", body)) as answer:
            return json.load(answer)

    def status_of(self, method: str, path: str, body: Any = None) -> int:
        return _status(_request(method, f"{self._base}{path}", body))

    def status_of_address(self, address: str) -> int:
        """Status of a request for an address that carries its own signature."""
        return _status(_request("GET", address))

    def reset(self) -> None:
        assert self.status_of("POST", "/reset") == 200

    def leftovers(self, suffix: str | None = None) -> list[dict[str, Any]]:
        query = f"?suffix={suffix}" if suffix else ""
        answer = self.get(f"/leftovers{query}")
        assert answer["count"] == len(answer["resources"])
        resources: list[dict[str, Any]] = answer["resources"]
        return resources


def _request(method: str, address: str, body: Any = None) -> urllib.request.Request:
    data = None if body is None else json.dumps(body).encode()
    return urllib.request.Request(address, method=method, data=data)


def _status(request: urllib.request.Request) -> int:
    try:
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
