"""`kubectl top`: what heapster, or metrics-server today, has measured, if one of them runs in the cluster.

Until v1.8 kubectl asks the Service kube-system/heapster through the API server, today the API metrics.k8s.io
behind kube-system/metrics-server. Both ask the kubelets, every minute and every 15 s. Sources: v1.7.5, v1.8.0
pkg/kubectl/metricsutil and pkg/kubectl/cmd/top_*.go; v1.36 k8s.io/kubectl pkg/metricsutil and pkg/cmd/top.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from clustersim.api.api_resource import Resource
from clustersim.api.errors import ApiError
from clustersim.api.meta import ApiObject
from clustersim.api.quantity import byte_count, millicores
from clustersim.api.timestamp import micros
from clustersim.api.usage import Usage
from clustersim.apiserver.metrics import measuring_since
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.selection import namespace_of
from clustersim.console.kubectl.selectors import FieldSelector, labels_of
from clustersim.console.kubectl.usage import parent
from clustersim.console.refusals import refusal
from clustersim.engine.time import MINUTE, Micros
from clustersim.flags.duration import format_duration
from clustersim.i18n import Message, _
from clustersim.kubectl.columns import lines_of

NAMESPACE: Final = "kube-system"
_NODE: Final = ("node", "nodes", "no")
_POD: Final = ("pod", "pods", "po")
_MEASURED: Final = Resource("pods", "PodMetrics", ApiObject, {})
LATE: Final[Micros] = 2 * MINUTE
"""From that age on a pod without figures is told by its name."""
_NOTE: Final = Message(
    _(
        "Memory and CPU are what programs take: CPU those that say so, loops that never pause, and what "
        "answers others over and over."
    )
)


class Measured(NamedTuple):
    """What was measured of a node (parts: one without a name) or of a pod's containers, and when."""

    name: str
    namespace: str
    labels: dict[str, str]
    at: Micros
    parts: tuple[tuple[str, Usage], ...]


def measured_nodes(api: Api) -> list[Measured]:
    """Of all nodes whose kubelets tell. Raises Said where nobody measures, or has not done so yet."""
    _check_measured(api, "nodes")
    found = [(node, api.measuring.of_node(node.metadata.name)) for node in api.objects("nodes", None)]
    return [
        Measured(node.metadata.name, "", node.metadata.labels, api.measuring.last_asked, (("", usage),))
        for node, usage in found
        if usage is not None
    ]


def measured_pods(api: Api, namespace: str) -> list[Measured]:
    """Of the pods of a namespace, or of all. Raises Said where nobody measures, or has not done so yet."""
    _check_measured(api, "pods")
    at = api.measuring.last_asked
    found = [(pod.metadata, api.measuring.of_pod(pod)) for pod in api.objects("pods", namespace or None)]
    return [
        Measured(metadata.name, metadata.namespace, metadata.labels, at, tuple(parts))
        for metadata, parts in found
        if parts
    ]


def _check_measured(api: Api, what: str) -> None:
    if _measuring_since(api, what) > api.measuring.asked_before:
        raise Said("error: metrics not available yet")


def top(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl top node, kubectl top pod. Raises Said."""
    verb = words[0] if words and words[0] in (*_NODE, *_POD) else parent(api, "top", words)
    arguments = commands.read("top node" if verb in _NODE else "top pod", words[1:], api.release)
    if len(arguments.words) > 1 or (arguments.words and arguments.value("selector")):
        raise Said("error: only one of NAME or --selector can be provided")
    if api.today and arguments.value("sort-by") not in ("", "cpu", "memory"):
        raise Said("error: --sort-by accepts only cpu or memory")
    api.reach()
    if api.today:
        _check_measured(api, "nodes" if verb in _NODE else "pods")
    return (_nodes if verb in _NODE else _pods)(api, arguments)


# --- nodes -------------------------------------------------------------------------------------------------


def _nodes(api: Api, arguments: Arguments) -> Answer:
    selector = labels_of(api, arguments.value("selector"))
    wanted = [api.get("nodes", "", name) for name in arguments.words] or [
        node for node in api.objects("nodes", None) if selector.matches(node.metadata.labels)
    ]
    _check_measured(api, "nodes")
    measured = {node.metadata.name: api.measuring.of_node(node.metadata.name) for node in wanted}
    rows = {name: usage for name, usage in measured.items() if usage is not None}
    if not rows:
        raise Said("error: metrics not available yet")
    heads = ("NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)")
    if not api.today:
        heads = ("NAME", "CPU(cores)", "CPU%", "MEMORY(bytes)", "MEMORY%")
    whole = "show-capacity"
    offers = {
        node.metadata.name: node.status.capacity if arguments.has(whole) else node.status.allocatable
        for node in wanted
    }
    table = [_node_row(name, rows[name], offers[name]) for name in _sorted(rows, arguments.value("sort-by"))]
    if api.today:
        unknown = ("<unknown>",) * 4
        table += [(name, *unknown) for name, usage in measured.items() if usage is None]
    return _printed(api, arguments, heads, table)


def _node_row(name: str, usage: Usage, offer: dict[str, str]) -> tuple[str, ...]:
    cpu, memory = usage.cells()
    shares = (
        usage.cpu * 100 // max(1, millicores(offer.get("cpu", "0"))),
        usage.memory * 100 // max(1, byte_count(offer.get("memory", "0"))),
    )
    return (name, cpu, f"{shares[0]}%", memory, f"{shares[1]}%")


# --- pods --------------------------------------------------------------------------------------------------


def _pods(api: Api, arguments: Arguments) -> Answer:
    namespace = namespace_of(arguments)
    labels = labels_of(api, arguments.value("selector"))
    fields = FieldSelector(arguments.value("field-selector"))
    since = _measuring_since(api, "pods")
    if told := fields.why(_MEASURED, ""):
        raise Said(f"Error from server (BadRequest): {told}")
    wanted = [api.get("pods", namespace or "", name) for name in arguments.words] or [
        pod
        for pod in api.objects("pods", namespace)
        if labels.matches(pod.metadata.labels) and fields.matches(pod)
    ]
    measured = {
        id(pod): api.measuring.of_pod(pod) if since <= api.measuring.asked_before else [] for pod in wanted
    }
    found = [pod for pod in wanted if measured[id(pod)]]
    if not found:
        return _none_measured(api, arguments, wanted)
    whole = {_key(pod): Usage.total(usage for _name, usage in measured[id(pod)]) for pod in found}
    by_key = {_key(pod): pod for pod in found}
    heads: tuple[str, ...] = ("NAME", "CPU(cores)", "MEMORY(bytes)")
    if arguments.has("containers"):
        heads = ("POD", *heads)
    if namespace is None:
        heads = ("NAMESPACE", *heads)
    table: list[tuple[str, ...]] = []
    for key in _sorted(whole, arguments.value("sort-by")):
        pod = by_key[key]
        first = (pod.metadata.namespace, pod.metadata.name) if namespace is None else (pod.metadata.name,)
        if arguments.has("containers"):
            table += [(*first, name, *usage.cells()) for name, usage in measured[id(pod)]]
        else:
            table.append((*first, *whole[key].cells()))
    if arguments.has("sum"):
        before = ("",) * (len(heads) - 2)
        table += [(*before, "________", "________"), (*before, *Usage.total(whole.values()).cells())]
    return _printed(api, arguments, heads, table)


def _key(pod: Any) -> str:
    return f"{pod.metadata.namespace}/{pod.metadata.name}"


def _none_measured(api: Api, arguments: Arguments, wanted: Sequence[Any]) -> Answer:
    """Why there is nothing (verifyEmptyMetrics). Raises Said where there are pods."""
    if not wanted:
        if not api.today:
            return Answer()
        if arguments.has("all-namespaces"):
            return Answer(text="No resources found")
        return Answer(text=f"No resources found in {arguments.value('namespace', 'default')} namespace.")
    for pod in wanted:
        age = api.now - micros(pod.metadata.creation_timestamp)
        if age > LATE:
            told = "Metrics" if api.today else "metrics"
            raise Said(f"error: {told} not available for pod {_key(pod)}, age: {format_duration(age)}")
    raise Said("error: metrics not available yet")


def _sorted(rows: dict[str, Usage], by: str) -> list[str]:
    if by not in ("", "cpu", "memory"):
        raise Said(f"error: --sort-by accepts only cpu or memory, {by} is neither")
    if not by:
        return sorted(rows)
    return sorted(rows, key=lambda name: (-getattr(rows[name], by), name))


def _printed(api: Api, arguments: Arguments, heads: tuple[str, ...], table: list[tuple[str, ...]]) -> Answer:
    """Every cell is ended by a tab, the last one too, so that its column is padded as the others are."""
    rows = table if arguments.has("no-headers") else [heads, *table]
    return Answer(text="\n".join(lines_of([(*row, "") for row in rows], api.release)), note=_NOTE)


# --- who measures ------------------------------------------------------------------------------------------


def _measuring_since(api: Api, what: str) -> Micros:
    """Since when the add-on runs. Raises Said where it is not there, or does not answer."""
    try:
        return measuring_since(api.measuring, api.store, what, today=api.today)
    except ApiError as error:
        raise (_absent(api) if error.status == 404 else Said(refusal(error))) from None


def _absent(api: Api) -> Said:
    if api.today:
        return Said(
            "error: Metrics API not available",
            note=_("kubectl top asks an add-on: kubectl apply -f {file} brings it here."),
            file="metrics-server.yaml",
        )
    return Said(
        "Error from server (NotFound): the server could not find the requested resource "
        "(get services http:heapster:)",
        note=_("kubectl top asks an add-on: kubectl apply -f {file} brings it here."),
        file="heapster.yaml",
    )
