"""The objects of a scenario file: which keys each kind has, and what it gets where the file says nothing."""

import re
from collections.abc import Callable
from typing import Any, Final

from clustersim.api.quantity import QuantityError, parse_quantity
from clustersim.bounds import MOST_CONTAINERS, MOST_REPLICAS
from clustersim.i18n import _
from clustersim.programs import failing_nodes, told_by
from clustersim.scenario.document import Fields, Value
from clustersim.scenario_schema import (
    KINDS,
    ContainerSpec,
    Exits,
    ObjectSpec,
    StrategySpec,
    TolerationSpec,
)

DEFAULT_PORT: Final = 8080

PROGRAM_EXAMPLE: Final = "answers after 30s; exit 1 after 5m"
PULL_FAILS: Final = "fails until allow-image"
_REPLICATED: Final = ("replicas", "selector", "labels", "containers")
COMPLETED: Final = {
    "ReplicationController": _REPLICATED,
    "ReplicaSet": _REPLICATED,
    "Deployment": _REPLICATED,
    "StatefulSet": (*_REPLICATED, "service_name"),
    "DaemonSet": ("selector", "labels", "containers"),
    "Job": ("labels", "containers", "restart_policy"),
    "Service": ("selector", "port", "target_port"),
    "Pod": ("labels", "containers"),
    "Namespace": (),
}
"""What each kind gets where the file says nothing."""

_NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9]{0,251}[a-z0-9])?")
_PERCENTAGE: Final = re.compile(r"[0-9]{1,3}%")


def read_name(value: Value) -> str:
    """A name as Kubernetes allows it (DNS-1123)."""
    name = value.text()
    if not _NAME.fullmatch(name):
        raise value.error(
            _("{name} is no name: lower case letters, digits and hyphens, 253 at most"), name=name
        )
    return name


def read_quantity(value: Value) -> str:
    """An amount of a resource, as the API takes it: "2", "500m", "200Mi", 1e9."""
    text = value.text()
    try:
        quantity = parse_quantity(text)
    except QuantityError:
        raise value.error(_("{text} is no quantity such as 2, 500m or 200Mi"), text=text) from None
    if quantity.nanos < 0:
        raise value.error(_("{text} is no quantity such as 2, 500m or 200Mi"), text=text)
    return text


def _port(value: Value) -> int:
    return value.integer(1, 65_535)


def _labels(value: Value) -> dict[str, str]:
    return value.table(Value.text, 50)


def _exits(value: Value) -> Exits:
    known: Fields = {
        "after_ms": lambda after: after.integer(0, 10**9),
        "code": lambda code: code.integer(0, 255),
    }
    return Exits(**_with(value, known, ("after_ms",)))


def _program(value: Value) -> str:
    text = value.text()
    if told_by(text) is None:
        raise value.error(_("write what it does by itself as in {example}"), example=PROGRAM_EXAMPLE)
    return text


def _pull(value: Value) -> dict[str, Any]:
    """Until it is allowed everywhere, or on some nodes."""
    if nodes := failing_nodes(value.text()):
        return {"pull_fails_on": nodes}
    return {"pull_fails": bool(value.one_of((PULL_FAILS,)))}


def _requests(value: Value) -> dict[str, str]:
    known: Fields = {"cpu": read_quantity, "memory": read_quantity}
    return value.fields(known)


def _container(value: Value) -> ContainerSpec:
    known: Fields = {
        "name": read_name,
        "image": Value.text,
        "port": _port,
        "requests": _requests,
        "exits": _exits,
        "program": _program,
        "pull": _pull,
    }
    fields = _with(value, known, ("name",))
    if "pull" in fields:
        fields |= fields.pop("pull")
    return ContainerSpec(**{"image": fields["name"], **fields})


def _toleration(value: Value) -> TolerationSpec:
    known: Fields = {
        "key": Value.text,
        "operator": lambda operator: operator.one_of(("Equal", "Exists")),
        "value": Value.text,
        "effect": lambda effect: effect.one_of(("NoSchedule", "PreferNoSchedule", "NoExecute")),
        "seconds": lambda seconds: seconds.integer(-1, 10**6),
    }
    return TolerationSpec(**value.fields(known))


def _containers(value: Value) -> tuple[ContainerSpec, ...]:
    containers = value.each(_container, MOST_CONTAINERS)
    if not containers:
        raise value.error(_("a pod needs a container"))
    return containers


def _restart_policy(value: Value) -> str:
    return value.one_of(("Always", "OnFailure", "Never"))


def _amount(value: Value) -> int | str:
    """A number of pods, or a percentage of them."""
    if _PERCENTAGE.fullmatch(value.text()):
        return value.text()
    return value.integer(0, MOST_REPLICAS)


def _rolling_update(value: Value) -> dict[str, Any]:
    """The numbers as the API and recordings have them."""
    fields = value.fields({"maxUnavailable": _amount, "maxSurge": _amount})
    names = {"maxUnavailable": "max_unavailable", "maxSurge": "max_surge"}
    return {names[name]: amount for name, amount in fields.items()}


def _strategy_of(*types: str) -> Callable[[Value], StrategySpec]:
    def read(value: Value) -> StrategySpec:
        known: Fields = {
            "type": lambda chosen: chosen.one_of(types),
            "max_unavailable": _amount,
            "max_surge": _amount,
            "rollingUpdate": _rolling_update,
        }
        fields = value.fields(known)
        return StrategySpec(**{**fields.pop("rollingUpdate", {}), **fields})

    return read


def _api(*versions: str) -> Fields:
    return {"api": lambda value: value.one_of(versions)}


_EXTENSIONS: Final = ("extensions/v1beta1", "apps/v1beta2")
_COMMON: Final[Fields] = {
    "kind": Value.text,
    **_api("v1"),
    "name": read_name,
    "namespace": read_name,
    "at": Value.moment,
    "labels": _labels,
}
_POD: Final[Fields] = {
    **_COMMON,
    "containers": _containers,
    "termination_grace_period_s": lambda value: value.integer(0, 86_400),
    "node_name": read_name,
    "node_selector": _labels,
    "tolerations": lambda value: value.each(_toleration, 50),
}
_CONTROLLER: Final[Fields] = {
    **_POD,
    "replicas": lambda value: value.integer(0, MOST_REPLICAS),
    "selector": _labels,
}
_FIELDS: Final[dict[str, Fields]] = {
    "ReplicationController": _CONTROLLER,
    "ReplicaSet": {**_CONTROLLER, **_api(*_EXTENSIONS)},
    "Deployment": {
        **_CONTROLLER,
        **_api("extensions/v1beta1", "apps/v1beta1", "apps/v1beta2"),
        "strategy": _strategy_of("RollingUpdate", "Recreate"),
        "progress_deadline_s": lambda value: value.integer(1, 10**6),
        "history_limit": lambda value: value.integer(0, 1000),
    },
    "StatefulSet": {
        **_CONTROLLER,
        **_api("apps/v1beta1", "apps/v1beta2"),
        "strategy": _strategy_of("RollingUpdate", "OnDelete"),
        "service_name": read_name,
        "pod_management": lambda value: value.one_of(("OrderedReady", "Parallel")),
    },
    "DaemonSet": {
        **_POD,
        **_api(*_EXTENSIONS),
        "selector": _labels,
        "strategy": _strategy_of("RollingUpdate", "OnDelete"),
    },
    "Job": {
        **_POD,
        **_api("batch/v1"),
        "restart_policy": lambda value: value.one_of(("OnFailure", "Never")),
        "parallelism": lambda value: value.integer(0, MOST_REPLICAS),
        "completions": lambda value: value.integer(0, MOST_REPLICAS),
        "backoff_limit": lambda value: value.integer(0, 1000),
    },
    "Service": {
        **_COMMON,
        "selector": _labels,
        "port": _port,
        "target_port": _port,
        "cluster_ip": Value.text,
    },
    "Pod": {**_POD, "restart_policy": _restart_policy},
    "Namespace": _COMMON,
}


def _with(value: Value, known: Fields, required: tuple[str, ...]) -> dict[str, Any]:
    fields = value.fields(known)
    for name in required:
        if name not in fields:
            raise value.error(_("{name} is missing"), name=name)
    return fields


def read_object(value: Value) -> ObjectSpec:
    """One object, completed."""
    kinds = [
        inner.one_of(KINDS, _("unknown kind of object {name}"))
        for key, inner in value.items()
        if key.text() == "kind"
    ]
    if not kinds:
        raise value.error(_("{name} is missing"), name="kind")
    fields = _with(value, _FIELDS[kinds[0]], ("name",))
    if fields.get("api") == "v1":
        del fields["api"]
    fields = _COMPLETE[kinds[0]](fields)
    selector = fields.get("selector", {})
    if "labels" in fields and "containers" in fields and not selector.items() <= fields["labels"].items():
        # pkg/api/validation/validation.go, ValidatePodTemplateSpecForRC, and the same for the other kinds
        raise value.key("selector").error(_("`selector` does not match template `labels`"))
    return ObjectSpec(**fields)


def _complete_controller(fields: dict[str, Any]) -> dict[str, Any]:
    app = fields.get("labels") or fields.get("selector") or {"app": fields["name"]}
    return {
        "replicas": 1,
        "selector": app,
        "labels": app,
        "containers": _containers_for(fields["name"]),
        **fields,
    }


def _complete_stateful(fields: dict[str, Any]) -> dict[str, Any]:
    return {"service_name": fields["name"], **_complete_controller(fields)}


def _complete_daemon(fields: dict[str, Any]) -> dict[str, Any]:
    completed = _complete_controller(fields)
    del completed["replicas"]
    return completed


def _complete_job(fields: dict[str, Any]) -> dict[str, Any]:
    return {"restart_policy": "Never", **_complete_pod(fields)}


def _complete_service(fields: dict[str, Any]) -> dict[str, Any]:
    port = fields.get("port", DEFAULT_PORT)
    return {"selector": {"app": fields["name"]}, "port": port, "target_port": port, **fields}


def _complete_pod(fields: dict[str, Any]) -> dict[str, Any]:
    return {"labels": {"app": fields["name"]}, "containers": _containers_for(fields["name"]), **fields}


def _containers_for(name: str) -> tuple[ContainerSpec, ...]:
    return (ContainerSpec(name=name, image=name, port=DEFAULT_PORT),)


_COMPLETE: Final[dict[str, Callable[[dict[str, Any]], dict[str, Any]]]] = {
    "ReplicationController": _complete_controller,
    "ReplicaSet": _complete_controller,
    "Deployment": _complete_controller,
    "StatefulSet": _complete_stateful,
    "DaemonSet": _complete_daemon,
    "Job": _complete_job,
    "Service": _complete_service,
    "Pod": _complete_pod,
    "Namespace": dict,
}
