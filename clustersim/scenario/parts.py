"""The parts of a scenario file other than objects and actions."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from clustersim.bounds import MOST_NODES, SHORTEST_CALL
from clustersim.engine.time import Micros
from clustersim.flags import COMPONENTS, FlagError, Flags, find, refusal
from clustersim.i18n import _
from clustersim.scenario.document import Fields, Value
from clustersim.scenario.errors import Complaints
from clustersim.scenario.objects import read_name, read_quantity
from clustersim.scenario_schema import ClientSpec, NodeSpec, ObjectSpec, Phase, Supervisor

ON_A_NODE: Final = ("kubelet", "docker", "kube-proxy", "runtime")
"""Components whose flags may differ from node to node."""


def read_flags(value: Value, base: Flags, release: str, components: Sequence[str] = COMPONENTS) -> Flags:
    """Settings over a base: {component: {flag: value}}, refused as the real binaries would."""
    flags = base
    complaints = Complaints()
    for key, values in value.items(repeated=complaints.add):
        component = key.text()
        if component not in components:
            complaints.add(key.unknown(_("no component {name}"), components))
            continue
        with complaints:
            for flag, inner in values.items(repeated=complaints.add):
                with complaints:
                    flags = _with_flag(flags, release, component, flag, inner)
    complaints.raise_if_any()
    found = refusal(flags)
    if found is not None:
        raise value.error("{reason}", reason=f"--{found.flag}: {found.message}")
    return flags


def _with_flag(flags: Flags, release: str, component: str, flag: Value, inner: Value) -> Flags:
    try:
        find(component, flag.text(), release)
    except FlagError as error:
        raise flag.complaint(error.message, error.nearest) from None
    try:
        return flags.with_texts({component: {flag.text(): flag_text(inner)}})
    except FlagError as error:
        raise inner.complaint(error.message) from None


def flag_text(value: Value) -> str:
    """The value of a flag as on a command line; a list is joined by commas."""
    if value.is_list:
        return ",".join(value.each(Value.text, 100))
    if value.is_boolean:
        return str(value.boolean()).lower()
    return value.text()


def read_nodes(value: Value, flags: Flags, release: str) -> tuple[NodeSpec, ...]:
    """A number of equal nodes n1, n2, ..., or a list of names and descriptions."""
    if value.is_number:
        return tuple(NodeSpec(name=f"n{number}") for number in range(1, value.integer(1, MOST_NODES) + 1))
    seen: dict[str, bool] = {}

    def read(item: Value) -> NodeSpec:
        node = _read_node(item, flags, release)
        if node.name in seen:
            raise item.error(_("{name} is given twice"), name=node.name)
        seen[node.name] = True
        return node

    nodes = value.each(read, MOST_NODES)
    if not nodes:
        raise value.error(_("a cluster needs a node"))
    return nodes


def _read_node(value: Value, flags: Flags, release: str) -> NodeSpec:
    if not value.is_mapping:
        return NodeSpec(name=read_name(value))

    def own_flags(inner: Value) -> dict[str, dict[str, str]]:
        return read_flags(inner, flags, release, ON_A_NODE).texts(flags)

    known: Fields = {
        "name": read_name,
        "cpu": read_quantity,
        "memory_mib": lambda memory: memory.integer(1, 16_000_000),
        "ready_at": _past,
        "heartbeat_at": _past,
        "joins": Value.boolean,
        "kernel": Value.text,
        "filesystem": lambda filesystem: filesystem.one_of(("ext4", "xfs", "xfs ftype=0")),
        "flags": own_flags,
        "labels": _texts,
        "annotations": _texts,
        "taints": lambda taints: taints.each(_read_taint, 50),
        "capacity": lambda capacity: capacity.table(read_quantity, 50),
        "clock_skew": Value.moment,
    }
    fields = value.fields(known)
    if "name" not in fields:
        raise value.error(_("{name} is missing"), name="name")
    if fields.get("heartbeat_at", 0) < fields.get("ready_at", fields.get("heartbeat_at", 0)):
        raise value.key("heartbeat_at").error(_("a node does not report before it is ready"))
    return NodeSpec(**fields)


def _texts(value: Value) -> dict[str, str]:
    return value.table(Value.text, 100)


_TAINT: Final = re.compile(
    r"[A-Za-z0-9][-\w./]{0,252}(=[-\w.]{0,63})?:(NoSchedule|PreferNoSchedule|NoExecute)\Z"
)


def _read_taint(value: Value) -> str:
    """ "key=value:effect", or the same with keys."""
    if value.is_mapping:
        known: Fields = {"key": Value.text, "value": Value.text, "effect": Value.text}
        fields = value.fields(known)
        text = f"{fields.get('key', '')}={fields.get('value', '')}:{fields.get('effect', '')}".replace(
            "=:", ":"
        )
    else:
        text = value.text()
    if not _TAINT.match(text):
        raise value.error(_("{text} is no taint: key=value:NoSchedule"), text=text)
    return text


def _past(value: Value) -> Micros:
    time = value.moment()
    if time >= 0:
        raise value.error(_("{time} is not before zero"), time=value.text())
    return time


def read_phase(value: Value, nodes: Sequence[str]) -> Phase:
    """Where the periodic things stand."""
    known: Fields = {
        "monitor_pass": _past,
        "gc_pass": _past,
        "leader_since": _past,
        "visit_order": lambda names: names.each(lambda name: read_node_name(name, nodes)),
        "chance": lambda number: number.integer(0, 1000),
    }
    return Phase(**value.fields(known))


def read_supervisor(value: Value) -> Supervisor:
    """Who is started again after it exited."""
    known: Fields = {
        "components": lambda names: names.each(lambda name: name.one_of(COMPONENTS), 20),
        "after": Value.duration,
        "one_at_a_time": Value.boolean,
        "restart_after_s": Value.duration,
    }
    fields = value.fields(known)
    if "restart_after_s" in fields:
        fields["after"] = fields.pop("restart_after_s")
    return Supervisor(**fields)


def read_placement(
    value: Value, nodes: Sequence[str], objects: Sequence[ObjectSpec]
) -> dict[str, dict[str, int]]:
    """{owner: {node: pods}}."""
    owners = [spec.name for spec in objects if spec.containers]
    placement: dict[str, dict[str, int]] = {}
    for key, inner in value.items():
        if key.text() not in owners:
            raise key.unknown(_("no object {name} has pods"), owners)
        placement[key.text()] = {node: pods.integer(0) for node, pods in read_by_node(inner, nodes).items()}
    return placement


def read_by_node(value: Value, nodes: Sequence[str]) -> Mapping[str, Value]:
    """{node: anything}."""
    found: dict[str, Value] = {}
    for key, inner in value.items():
        found[read_node_name(key, nodes)] = inner
    return found


def read_node_name(value: Value, nodes: Sequence[str]) -> str:
    """The name of a node of this scenario."""
    name = value.text()
    if name not in nodes:
        raise value.unknown(_("no node {name}"), nodes)
    return name


def read_client(
    value: Value, objects: Sequence[ObjectSpec], nodes: Sequence[str], others: Sequence[tuple[str, str]] = ()
) -> ClientSpec:
    """Somebody who calls a Service; others: namespace and name of Services of manifests."""
    known: Fields = {
        "name": read_name,
        "service": lambda service: service,
        "namespace": read_name,
        "node": lambda node: read_node_name(node, nodes),
        "every": Value.duration,
        "timeout": Value.duration,
    }
    fields: dict[str, Any] = {"name": "client", **value.fields(known)}
    if "service" not in fields:
        raise value.error(_("{name} is missing"), name="service")
    service, namespace = fields["service"], fields.get("namespace", "default")
    services = [spec.name for spec in objects if spec.kind == "Service" and spec.namespace == namespace]
    services += [name for space, name in others if space == namespace]
    if service.text() not in services:
        raise service.unknown(_("no service {name}"), services)
    client = ClientSpec(**{**fields, "service": service.text()})
    if client.every < SHORTEST_CALL:
        raise value.key("every").error(_("a client needs 10ms or more between two requests"))
    return client
