"""Reading a scenario file: strictly, and as a whole or not at all."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from clustersim.apiserver.alpha import alpha_versions
from clustersim.bounds import LARGEST_FILE, MOST_ACTIONS
from clustersim.engine.time import MINUTE, Micros
from clustersim.i18n import Message, _
from clustersim.releases import RELEASES, Release, release_named
from clustersim.scenario.actions import read_actions
from clustersim.scenario.defaults import UNTIL, world_text
from clustersim.scenario.document import Fields, Value, parse
from clustersim.scenario.errors import Complaints, ScenarioError
from clustersim.scenario.manifests import addon_manifests, owners_of, read_files, read_manifests, services_of
from clustersim.scenario.objects import read_name, read_object
from clustersim.scenario.parts import (
    read_client,
    read_flags,
    read_node_name,
    read_nodes,
    read_phase,
    read_placement,
    read_supervisor,
)
from clustersim.scenario_schema import HTTP, HTTP2, ActionSpec, NodeSpec, ObjectSpec, Scenario

FORMAT: Final = "scenario/1"


def load_scenario(path_or_text: str | Path) -> Scenario:
    """The scenario in a file, or in a text: a string of several lines, or of one with a colon and a space.

    Raises ScenarioError for whatever is wrong in it, OSError where the file cannot be read.
    """
    if isinstance(path_or_text, str) and ("\n" in path_or_text or ": " in path_or_text):
        return read_scenario(parse(path_or_text))
    path = Path(path_or_text)
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ScenarioError(Message(_("not UTF-8")), line, 1, str(path)) from None
    return read_scenario(parse(text, str(path)), path.parent)


def default_scenario(release: str = "v1.7") -> Scenario:
    """The default world under that release. Raises KeyError for an unknown one."""
    found = release_named(release)
    world = _default_world()
    return msgspec.structs.replace(world, release=found.name, flags=found.flags)


@cache
def _default_world() -> Scenario:
    return read_scenario(parse(world_text()))


def read_scenario(document: Value, folder: Path | None = None) -> Scenario:
    """The scenario that a document describes; without nodes or objects it gets those of the default world.
    folder: where files lie that its manifests name."""
    format_ = document.at("format")
    if format_ is not None and format_.shown().startswith("lesson/"):
        raise format_.error(_("this is a lesson, not a scenario: use `python -m clustersim check`"))
    complaints = Complaints()
    raw = document.readable(dict.fromkeys(_KEYS, _itself), complaints)
    found: dict[str, Any] = {}
    for key, read in {**_CHECKED, **_SIMPLE}.items():
        if key in raw:
            with complaints:
                found[key] = read(raw[key])
    release = _FIRST if "release" not in raw else complaints.attempt(_read_release, raw["release"], None)
    if release is None:
        # Nothing can be said of flags and objects without knowing whose they are.
        raise complaints.together()
    found |= _read_parts(raw, release, folder, complaints)
    complaints.raise_if_any()
    found |= _read_what_happens(raw, found, complaints)
    complaints.raise_if_any()
    return Scenario(**{key: value for key, value in found.items() if key not in _CHECKED})


def _read_parts(
    raw: dict[str, Value], release: Release, folder: Path | None, complaints: Complaints
) -> dict[str, Any]:
    """What a cluster consists of; without objects it gets those of the default world."""
    flags, nodes, files = release.flags, _THREE_NODES, dict[str, str]()
    manifests: tuple[str, ...] = ()
    if "flags" in raw:
        with complaints:
            flags = read_flags(raw["flags"], release.flags, release.name)
    if "nodes" in raw:
        with complaints:
            nodes = read_nodes(raw["nodes"], flags, release.name)
    if "files" in raw:
        with complaints:
            files = read_files(raw["files"])
    if "manifests" in raw:
        with complaints:
            alpha = alpha_versions(flags.apiserver)
            manifests = read_manifests(raw["manifests"], release.name, files, folder, alpha)
    if "addons" in raw:
        with complaints:
            manifests += addon_manifests(raw["addons"], release.name)
    if "objects" not in raw and "manifests" not in raw:
        world = parse(world_text()).fields(dict.fromkeys(_KEYS, _itself))
        raw.setdefault("clients", world["clients"])
        raw["objects"] = world["objects"]
    objects: tuple[ObjectSpec, ...] = ()
    if "objects" in raw:
        with complaints:
            objects = _read_objects(raw["objects"])
    return {
        "release": release.name,
        "flags": flags,
        "nodes": nodes,
        "files": files,
        "manifests": manifests,
        "objects": objects,
    }


def _read_what_happens(
    raw: dict[str, Value], parts: dict[str, Any], complaints: Complaints
) -> dict[str, Any]:
    """What speaks of objects and nodes."""
    objects, manifests = parts["objects"], parts["manifests"]
    nodes = [node.name for node in parts["nodes"]]
    services, owners = services_of(manifests), owners_of(manifests)
    readers: Fields = {
        "clients": lambda value: value.each(lambda one: read_client(one, objects, nodes, services), 100),
        "phase": lambda value: read_phase(value, nodes),
        "actions": lambda value: read_actions(value, nodes, objects, owners),
        "placement": lambda value: read_placement(value, nodes, objects),
        "placement_by_name": lambda value: value.table(lambda one: read_node_name(one, nodes)),
    }
    found: dict[str, Any] = {"actions": ()}
    for key, read in readers.items():
        if key in raw:
            with complaints:
                found[key] = read(raw[key])
    with complaints:
        found["until"] = _until(raw.get("until"), found["actions"])
    return found


def _itself(value: Value) -> Value:
    return value


def _read_release(value: Value) -> Release:
    names = [*RELEASES, *(release.version for release in RELEASES.values())]
    return release_named(value.one_of(names))


def _read_title(value: Value) -> dict[str, str]:
    return value.fields({"en": Value.text, "zh": Value.text}) if value.is_mapping else {"en": value.text()}


def _read_objects(value: Value) -> tuple[ObjectSpec, ...]:
    seen: dict[str, bool] = {}

    def read(item: Value) -> ObjectSpec:
        spec = read_object(item)
        if spec.target in seen:
            raise item.error(_("{name} is given twice"), name=spec.target)
        seen[spec.target] = True
        return spec

    return value.each(read, MOST_ACTIONS)


def _until(value: Value | None, actions: Sequence[ActionSpec]) -> Micros:
    last = max((action.at for action in actions), default=0)
    if value is None:
        return max(UNTIL, last + MINUTE)
    until = value.duration()
    if until < last:
        raise value.error(_("the run ends before the last action"))
    return until


_FIRST: Final = next(iter(RELEASES.values()))
_THREE_NODES: Final[tuple[NodeSpec, ...]] = tuple(NodeSpec(name=name) for name in ("n1", "n2", "n3"))
_CHECKED: Final[Fields] = {
    "format": lambda value: value.one_of((FORMAT,)),
    "start": lambda value: value.one_of(("steady",)),
}
_SIMPLE: Final[Fields] = {
    "name": read_name,
    "title": _read_title,
    "seed": lambda value: value.integer(0, 2**63 - 1),
    "supervisor": read_supervisor,
    "transport": lambda value: value.one_of((HTTP, HTTP2)),
    "ticking": Value.boolean,
}
_KEYS: Final = (*Scenario.__struct_fields__, *_CHECKED, "addons")
