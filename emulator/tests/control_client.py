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

    def status_of(self, method: str, path: str) -> int:
        request = urllib.request.Request(f"{self._base}{path}", method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def reset(self) -> None:
        assert self.status_of("POST", "/reset") == 200

    def leftovers(self, suffix: str | None = None) -> list[dict[str, Any]]:
        query = f"?suffix={suffix}" if suffix else ""
        answer = self.get(f"/leftovers{query}")
        assert answer["count"] == len(answer["resources"])
        resources: list[dict[str, Any]] = answer["resources"]
        return resources
