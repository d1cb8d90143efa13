"""The commands of kubectl that only read, beside `get`: describe, logs, explain, (api-)version(s), top."""

from collections.abc import Sequence
from typing import Final

import msgspec

from clustersim.api.core_v1 import ContainerStatus, Pod
from clustersim.api.registry import RESOURCES
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api, named
from clustersim.console.arguments import GLOBAL, Flags, parse
from clustersim.console.selection import namespace_of, select, wanted
from clustersim.engine.process import HUNG
from clustersim.i18n import Message, _
from clustersim.kubectl.describe import DESCRIBED
from clustersim.kubectl.describe import describe as describe_object
from clustersim.releases.api_versions import API_VERSIONS

_DESCRIBE: Final = Flags({**GLOBAL, "l": "selector", "selector": "selector"}, {})
MOST_DESCRIBED: Final = 20


def describe(api: Api, words: Sequence[str]) -> Answer:
    """kubectl describe. Raises Said."""
    arguments = parse(words, _DESCRIBE)
    resources = wanted(arguments.words)
    for one in resources:
        if one.resource not in DESCRIBED:
            raise Said(note=_("This console describes {kinds}."), kinds=", ".join(DESCRIBED))
    api.reach()
    texts: list[str] = []
    ok = True
    for one in resources:
        objects, missing = select(api, one, arguments)
        if len(objects) > MOST_DESCRIBED:
            raise Said(note=_("This console describes at most {most} objects at once."), most=MOST_DESCRIBED)
        texts += [describe_object(one.resource, obj, api.store, api.release, api.now) for obj in objects]
        texts += missing
        ok = ok and not missing
    return Answer(text="\n\n".join(texts).rstrip("\n") or "No resources found.", ok=ok)


_LOGS: Final = Flags(
    {**GLOBAL, "c": "container", "container": "container", "tail": "tail", "since": "since"},
    {"p": "previous", "previous": "previous", "f": "follow", "follow": "follow"},
)


def logs(api: Api, words: Sequence[str]) -> Answer:
    """kubectl logs: who is asked for them, and whether they could be had. Raises Said."""
    arguments = parse(words, _LOGS)
    if not arguments.words:
        raise Said("error: expected 'logs (POD | TYPE/NAME) [CONTAINER_NAME]'.")
    api.reach()
    pod: Pod = api.get("pods", namespace_of(arguments) or "", arguments.words[0].removeprefix("pod/"))
    names = [container.name for container in pod.spec.containers]
    chosen = arguments.value("container") or (arguments.words[1] if len(arguments.words) > 1 else "")
    if not chosen and len(names) > 1:
        raise Said(
            "Error from server (BadRequest): a container name must be specified for pod "
            f"{pod.metadata.name}, choose one of: [{' '.join(names)}]"
        )
    container = chosen or names[0]
    if container not in names:
        raise Said(
            f"Error from server (BadRequest): container {container} is not valid for pod {pod.metadata.name}"
        )
    status = next((one for one in pod.status.container_statuses if one.name == container), None)
    waiting = _waiting(pod, status)
    if waiting is not None:
        raise Said(
            f'Error from server (BadRequest): container "{container}" in pod "{pod.metadata.name}" '
            f"is waiting to start: {waiting}"
        )
    return _from_node(api, pod, container)


def _waiting(pod: Pod, status: ContainerStatus | None) -> str | None:
    if not pod.spec.node_name:
        return "no node has been assigned"
    if status is None or (status.state.waiting is not None and not status.container_id):
        reason = status.state.waiting.reason if status is not None and status.state.waiting else ""
        return reason or "ContainerCreating"
    return None


def _from_node(api: Api, pod: Pod, container: str) -> Answer:
    """The API server asks the pod's kubelet, which asks docker."""
    node = pod.spec.node_name
    cluster = api.cluster
    machine = cluster.machines.get(node)
    metadata = pod.metadata
    if machine is None:
        raise Said(f'Error from server (NotFound): nodes "{node}" not found')
    kubelet, docker = cluster.process("kubelet", node), cluster.process("runtime", node)
    port = cluster.flags.kubelet.port
    address = f"{machine.ip}:{port}"
    asked = (
        f"Error from server: Get https://{node}:{port}/containerLogs/{metadata.namespace}/{metadata.name}/"
        f"{container}: dial tcp {address}: "
    )
    if not machine.state.powered:
        raise Said(f"{asked}getsockopt: no route to host")
    if node in cluster.network.state.cut:
        raise Said(f"{asked}i/o timeout")
    if kubelet.status.phase == HUNG:
        raise Said(note=_("kubectl waits: the kubelet of {node} does not answer."), node=node)
    if not kubelet.running:
        raise Said(f"{asked}getsockopt: connection refused")
    if not docker.running:
        raise Said(
            "failed to get container status: Cannot connect to the Docker daemon. "
            "Is the docker daemon running on this host?"
        )
    return Answer(
        note=Message(
            _("The kubelet of {node} is asked and answers; programs of this model write no lines."),
            {"node": node},
        )
    )


_DESCRIPTIONS: Final = {
    "nodes": "Node is a worker node in Kubernetes. Each node will have a unique identifier in the cache "
    "(i.e. in etcd).",
    "pods": "Pod is a collection of containers that can run on a host. This resource is created by clients "
    "and scheduled onto hosts.",
    "replicationcontrollers": "ReplicationController represents the configuration of a replication "
    "controller.",
    "replicasets": "ReplicaSet represents the configuration of a ReplicaSet.",
    "deployments": "Deployment enables declarative updates for Pods and ReplicaSets.",
    "statefulsets": "StatefulSet represents a set of pods with consistent identities.",
    "daemonsets": "DaemonSet represents the configuration of a daemon set.",
    "jobs": "Job represents the configuration of a single job.",
    "services": "Service is a named abstraction of software service (for example, mysql) consisting of local "
    "port (for example 3306) that the proxy listens on, and the selector that determines which pods will "
    "answer requests sent through the proxy.",
    "endpoints": "Endpoints is a collection of endpoints that implement the actual service.",
    "events": "Event is a report of an event somewhere in the cluster.",
    "namespaces": "Namespace provides a scope for Names. Use of multiple namespaces is optional.",
}


def explain(api: Api, words: Sequence[str]) -> Answer:
    """kubectl explain of a kind: its sentence, and the fields of it that this model keeps. Raises Said."""
    if len(words) != 1:
        raise Said("error: You must specify the type of resource to explain.")
    kind, dot, _path = words[0].partition(".")
    resource = named(kind)
    if dot:
        raise Said(note=_("This console explains kinds, not their fields."))
    api.reach()
    spec = RESOURCES[resource].type.__annotations__.get("spec")
    fields = [field.encode_name for field in msgspec.structs.fields(spec)] if spec is not None else []
    lines = ["DESCRIPTION:", f"     {_DESCRIPTIONS[resource]}"]
    note = Message(_("Of the specification this model keeps {fields}."), {"fields": ", ".join(fields)})
    return Answer(text="\n".join(lines), note=note if fields else None)


def api_versions(api: Api, words: Sequence[str]) -> Answer:
    """kubectl api-versions. Raises Said."""
    parse(words, Flags({}, {}))
    api.reach()
    return Answer(text="\n".join(API_VERSIONS[api.cluster.world.release.version]))


def version(api: Api, words: Sequence[str]) -> Answer:
    """kubectl version: the client speaks for itself even when the server does not. Raises Said."""
    arguments = parse(words, Flags({}, {"short": "short", "client": "client", "c": "client"}))
    release = api.cluster.world.release.version
    major, minor, _patch = release.removeprefix("v").split(".")
    info = (
        f'version.Info{{Major:"{major}", Minor:"{minor}", GitVersion:"{release}", GitTreeState:"clean", '
        'Compiler:"gc", Platform:"linux/amd64"}'
    )
    told = release if arguments.has("short") else info
    lines = [f"Client Version: {told}"]
    if not arguments.has("client"):
        try:
            api.reach()
        except Said as said:
            raise Said("\n".join([*lines, said.text]).strip()) from None
        lines.append(f"Server Version: {told}")
    return Answer(text="\n".join(lines))


def top(api: Api, words: Sequence[str]) -> Answer:
    """kubectl top: needs heapster, which is an add-on. Raises Said."""
    api.reach()
    raise Said(
        "Error from server (NotFound): the server could not find the requested resource "
        "(get services http:heapster:)",
        note=_("kubectl top asks an add-on, heapster, which this cluster does not have."),
    )
