"""A scenario as a file again: load_scenario(to_yaml(scenario)) == scenario."""

from io import StringIO
from typing import Any, Final

import msgspec
from ruamel.yaml import YAML

from clustersim.flags import format_duration
from clustersim.releases import release_named
from clustersim.scenario.loader import FORMAT
from clustersim.scenario.objects import COMPLETED, PULL_FAILS
from clustersim.scenario_schema import ActionSpec, ContainerSpec, ObjectSpec, Scenario

_TIMES: Final = (
    "at",
    "ready_at",
    "heartbeat_at",
    "monitor_pass",
    "gc_pass",
    "leader_since",
    "every",
    "timeout",
    "after",
    "clock_skew",
)


def to_yaml(scenario: Scenario) -> str:
    """The scenario as YAML."""
    yaml = YAML()
    yaml.width = 110
    yaml.representer.ignore_aliases = lambda *_: True
    yaml.default_flow_style = None
    stream = StringIO()
    yaml.dump(to_document(scenario), stream)
    return stream.getvalue()


def to_document(scenario: Scenario) -> dict[str, Any]:
    """The scenario as plain values with the keys of a scenario file."""
    document: dict[str, Any] = {"format": FORMAT, "name": scenario.name}
    if scenario.title:
        document["title"] = scenario.title
    document |= {"release": scenario.release, "seed": scenario.seed}
    flags = scenario.flags.texts(release_named(scenario.release).flags)
    if flags:
        document["flags"] = flags
    document["nodes"] = [_plain(node) for node in scenario.nodes]
    document["objects"] = [_object(spec) for spec in scenario.objects]
    if scenario.manifests:
        document["manifests"] = [msgspec.json.decode(text) for text in scenario.manifests]
    if scenario.files:
        document["files"] = scenario.files
    for key in ("placement", "placement_by_name"):
        if getattr(scenario, key):
            document[key] = getattr(scenario, key)
    for key in ("phase", "supervisor"):
        part = _plain(getattr(scenario, key))
        if part:
            document[key] = part
    document["transport"] = scenario.transport
    document["clients"] = [_plain(client) for client in scenario.clients]
    document["actions"] = [_action(action) for action in scenario.actions]
    document["until"] = format_duration(scenario.until)
    if scenario.ticking:
        document["ticking"] = True
    return document


def _plain(spec: msgspec.Struct, always: tuple[str, ...] = ()) -> dict[str, Any]:
    """The fields of a spec that differ from their defaults, and those named."""
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(spec):
        value = getattr(spec, field.name)
        if field.required or field.name in always or value != _default(field):
            found[field.name] = _value(field.name, value)
    return found


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()


def _value(name: str, value: Any) -> Any:
    if name in _TIMES and value is not None:
        return format_duration(value)
    if isinstance(value, msgspec.Struct):
        return _container(value) if isinstance(value, ContainerSpec) else _plain(value)
    if isinstance(value, tuple):
        return [_value("", item) for item in value]
    return value


def _container(spec: ContainerSpec) -> dict[str, Any]:
    found = _plain(spec)
    if found.pop("pull_fails", False):
        found["pull"] = PULL_FAILS
    if nodes := found.pop("pull_fails_on", ()):
        found["pull"] = f"fails on {', '.join(nodes)}"
    return found


def _object(spec: ObjectSpec) -> dict[str, Any]:
    """An object with what the loader would otherwise fill in."""
    return _plain(spec, COMPLETED[spec.kind])


def _action(action: ActionSpec) -> dict[str, Any]:
    found: dict[str, Any] = {"at": format_duration(action.at), "do": action.do}
    if action.target is not None:
        found["target"] = action.target
    if action.label:
        found["as"] = action.label
    return found | ({"flags": dict(action.args)} if action.do == "set-flags" else dict(action.args))
