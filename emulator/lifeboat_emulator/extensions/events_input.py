"""What a target of a rule gets: the event, a part of it, a constant, or a template filled in.

Pure text work; moto's own fills templates with text that is no JSON any more.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_PLACEHOLDER = re.compile(r"<([A-Za-z0-9_.-]+)>")
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def for_target(target: Mapping[str, Any], event: Mapping[str, Any], rule_arn: str) -> str:
    """The text that goes to `target`."""
    if target.get("Input") is not None:
        return str(target["Input"])
    if target.get("InputPath"):
        return json.dumps(at_path(event, target["InputPath"]))
    transformer = target.get("InputTransformer")
    if transformer:
        return _filled(transformer, event, rule_arn)
    return json.dumps(event)


def at_path(event: Mapping[str, Any], path: str) -> Any:
    """The value at a path such as `$.detail.items[0]`; None where there is none."""
    value: Any = event
    for name, index in _STEP.findall(path.removeprefix("$")):
        if name and isinstance(value, Mapping):
            value = value.get(name)
        elif index and isinstance(value, list) and int(index) < len(value):
            value = value[int(index)]
        else:
            return None
    return value


def _filled(transformer: Mapping[str, Any], event: Mapping[str, Any], rule_arn: str) -> str:
    paths: Mapping[str, str] = transformer.get("InputPathsMap") or {}
    values = {name: at_path(event, path) for name, path in paths.items()}
    values |= {
        "aws.events.rule-arn": rule_arn,
        "aws.events.rule-name": rule_arn.rsplit("/", 1)[-1],
        "aws.events.event.ingestion-time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws.events.event.json": dict(event),
        "aws.events.event": {name: part for name, part in event.items() if name != "detail"},
    }
    return _fill(str(transformer["InputTemplate"]), values)


def _fill(template: str, values: Mapping[str, Any]) -> str:
    """A value between quotes becomes part of the text, any other becomes JSON."""
    filled: list[str] = []
    end = 0
    for found in _PLACEHOLDER.finditer(template):
        if found[1] not in values:
            continue
        before = template[end : found.start()]
        filled.append(before)
        write = _as_text if _is_quoted(template[: found.start()]) else json.dumps
        filled.append(write(values[found[1]]))
        end = found.end()
    return "".join(filled) + template[end:]


def _is_quoted(before: str) -> bool:
    """Whether a quotation mark is open behind `before`."""
    return len(re.findall(r'(?<!\\)"', before)) % 2 == 1


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value)
    return json.dumps(text)[1:-1]
