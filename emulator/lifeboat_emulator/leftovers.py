"""What exists in the emulated account beyond what a fresh AWS account has.

Instead of a list of services to look at, which would miss the one nobody thought of, this walks
everything moto holds. A fresh account's own resources (default VPCs, managed policies, …) are
those a backend was born with; the few that AWS makes later by itself are named in `_OWN`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moto.core.base_backend import AccountSpecificBackend, BackendDict, BaseBackend

_BORN_WITH = "lifeboat_born_with"

# Not accounts' resources: moto's own machinery, tokens, data inside resources.
_SKIPPED_SERVICES = {"moto_api", "instance_metadata", "sts", "resourcegroupstaggingapi", "support"}
_SKIPPED_CLASSES = {
    "AccessKey",
    "AccountSummary",
    "Event",
    "MetricDatum",
    "MetricAggregatedDatum",
    "TaggingService",
    "VersioningStatus",
}

# Where a resource's children are resources too (class name -> attributes).
_CONTAINERS = {
    "LambdaStorage": ("_functions", "_arns"),
    "LayerStorage": ("_layers",),
    "EventBus": ("rules",),
    "FakeZone": ("rrsets",),
    "Key": ("aliases",),
    "ScheduleGroup": ("schedules",),
}

# What AWS makes by itself and removes by itself (class name -> is it such a one?).
_OWN: dict[str, Callable[[Any], bool]] = {
    "Key": lambda key: key.key_manager == "AWS" or key.key_state == "PendingDeletion",
    "Alias": lambda alias: alias.alias_name.startswith("alias/aws/"),
    "DBParameterGroup": lambda group: group.name.startswith("default."),
    "DBClusterParameterGroup": lambda group: group.name.startswith("default."),
    "OptionGroup": lambda group: group.name.startswith("default:"),
    "EventBus": lambda bus: bus.name == "default",
    "RecordSet": lambda record: record.type in ("NS", "SOA"),
    "SecurityGroup": lambda group: bool(group.name == "default"),
    "NetworkAcl": lambda acl: acl.default in (True, "true"),
    "RouteTable": lambda table: bool(table.main_association_id),
    # Deleted ones stay visible for about an hour.
    "NatGateway": lambda gateway: gateway.state == "deleted",
    "VPCEndPoint": lambda endpoint: endpoint.state == "deleted",
    # Every zone has one; those that can be reused, and must be deleted, have an id.
    "DelegationSet": lambda delegation: not delegation.id,
}

_ID_ATTRIBUTES = ("arn", "id", "physical_resource_id", "name")


@dataclass(frozen=True)
class Resource:
    """One thing that still exists. `id` is its ARN where moto knows one.

    `region` is "global" for services without regions.
    """

    service: str
    region: str
    type: str
    id: str
    tags: dict[str, str]


def install() -> None:
    """Have every backend remember what it was born with."""
    original = AccountSpecificBackend.__getitem__

    def remember(self: Any, region_name: str) -> Any:
        backend = original(self, region_name)
        if _BORN_WITH not in backend.__dict__:
            # Kept as references, not as addresses: those would be reused.
            backend.__dict__[_BORN_WITH] = {id(each): each for each in _models(backend)}
        return backend

    setattr(AccountSpecificBackend, "__getitem__", remember)


def find(suffix: str | None = None) -> list[Resource]:
    """All leftovers, or those whose id or a tag holds `suffix` as a word of its own."""
    found = {
        (resource.service, resource.region, resource.type, resource.id): resource
        for resource in _all_resources()
        if suffix is None or _mentions(resource, suffix)
    }
    return [found[key] for key in sorted(found)]


def _all_resources() -> Iterator[Resource]:
    instances: list[BackendDict[BaseBackend]] = BackendDict._instances  # type: ignore[misc]
    for backends in list(instances):
        service = backends.service_name
        if service in _SKIPPED_SERVICES:
            continue
        for _, region, backend in list(backends.iter_backends()):
            born_with = backend.__dict__.get(_BORN_WITH, {})
            for model in _models(backend):
                if id(model) not in born_with and not _is_own(model):
                    yield _describe(service, region, backend, model)


def _models(backend: BaseBackend) -> Iterator[Any]:
    for name, value in list(backend.__dict__.items()):
        if name != _BORN_WITH:
            yield from _walk(value, depth=0)


def _walk(value: Any, depth: int) -> Iterator[Any]:
    if isinstance(value, Mapping):
        children: list[Any] = list(value.values())
    elif isinstance(value, list | tuple | set):
        children = list(value)
    else:
        yield from _walk_object(value, depth)
        return
    if depth < 4:
        for child in children:
            yield from _walk(child, depth + 1)


def _walk_object(value: Any, depth: int) -> Iterator[Any]:
    kind = type(value)
    if not kind.__module__.startswith("moto.") or isinstance(value, BaseBackend):
        return
    if kind.__name__ in _SKIPPED_CLASSES or isinstance(value, BackendDict | type):
        return
    containers = _CONTAINERS.get(kind.__name__, ())
    # Storage objects are no resources themselves; a resource always sits in some collection.
    if depth > 0 and not kind.__name__.endswith("Storage"):
        yield value
    for name in containers:
        yield from _walk(getattr(value, name, ()), depth + 1)


def _is_own(model: Any) -> bool:
    check = _OWN.get(type(model).__name__)
    return check is not None and check(model)


def _describe(service: str, region: str, backend: BaseBackend, model: Any) -> Resource:
    identifier = _identifier(model)
    return Resource(
        service=service,
        region=_region(region, model),
        type=_type_name(model),
        id=identifier,
        tags=_tags(backend, model, identifier),
    )


def _region(region: str, model: Any) -> str:
    """Moto keeps what is global, buckets too, under the partition's name."""
    if region != "aws":
        return region
    known = _attribute(model, "region_name")
    return known if isinstance(known, str) and "-" in known else "global"


def _type_name(model: Any) -> str:
    known = getattr(model, "resource_type", None)
    if isinstance(known, str) and known:
        return known
    name = type(model).__name__.removeprefix("Fake")
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def _attribute(model: Any, name: str) -> Any:
    try:
        return getattr(model, name, None)
    except Exception:
        # Properties of moto's models raise whatever they like; here it only means "not known".
        return None


def _identifier(model: Any) -> str:
    if type(model).__name__ == "RecordSet":
        parts = (model.name, model.type, model.set_identifier)
        return "_".join(part for part in parts if part)
    candidates = [
        *_ID_ATTRIBUTES,
        *(n for n in vars(model) if n.endswith(("_arn", "_id", "_name"))),
    ]
    for name in candidates:
        value = _attribute(model, name)
        if isinstance(value, str) and value:
            return value
    return f"{type(model).__name__}@{id(model):x}"


def _tags(backend: BaseBackend, model: Any, identifier: str) -> dict[str, str]:
    getter = _attribute(model, "get_tags")
    try:
        given = getter() if callable(getter) else _own_tags(model)
    except Exception:
        given = None
    return _tag_dictionary(given) or _tags_kept_apart(backend, model, identifier)


def _own_tags(model: Any) -> Any:
    return _attribute(model, "tags") or _attribute(model, "_tags")


def _tags_kept_apart(backend: BaseBackend, model: Any, identifier: str) -> dict[str, str]:
    """Tags that moto keeps in the backend, by ARN or by id."""
    names = [name for name in (identifier, _attribute(model, "id")) if isinstance(name, str)]
    for name in names:
        for attribute in ("tagger", "tagging_service"):
            tagger = _attribute(backend, attribute)
            tags = {} if tagger is None else tagger.get_tag_dict_for_resource(name)
            if tags:
                return _tag_dictionary(tags)
        by_id = _attribute(backend, "resource_tags")
        if isinstance(by_id, Mapping) and by_id.get(name.rsplit("/", 1)[-1]):
            return _tag_dictionary(by_id[name.rsplit("/", 1)[-1]])
    return {}


def _tag_dictionary(given: Any) -> dict[str, str]:
    if isinstance(given, Mapping):
        return {str(key): str(value) for key, value in given.items()}
    if not isinstance(given, list):
        return {}
    pairs = ((_tag_part(each, "key"), _tag_part(each, "value")) for each in given)
    return {key: value for key, value in pairs if key}


def _tag_part(tag: Any, name: str) -> str:
    if not isinstance(tag, Mapping):
        return ""
    return str(tag.get(name.capitalize()) or tag.get(name) or "")


def _mentions(resource: Resource, suffix: str) -> bool:
    word = re.compile(rf"(?<![a-z0-9]){re.escape(suffix)}(?![a-z0-9])", re.IGNORECASE)
    return any(word.search(text) for text in (resource.id, *resource.tags.values()))
