"""kubectl on the workstation: what is clicked on the page or typed becomes requests of this client, like any
other's."""

from typing import ClassVar, Final

from clustersim.api.core_v1 import Pod
from clustersim.api.meta import ApiObject
from clustersim.api.owners import controller_of
from clustersim.api.registry import resource_of
from clustersim.api.request import Request
from clustersim.api.status import Reply
from clustersim.client.component import Component
from clustersim.engine.actor import then
from clustersim.engine.engine import Engine
from clustersim.engine.time import SECOND, Micros
from clustersim.network import Network

EVICTION_PAUSE: Final[Micros] = 5 * SECOND
"""How long drain waits before it asks again for what a disruption budget did not allow (cmd/drain.go)."""


class KubectlClient(Component):
    """Sends people's requests and reports what was refused."""

    kind: ClassVar[str] = "kubectl"

    def __init__(self, engine: Engine, network: Network, name: str, machine: str) -> None:
        super().__init__(engine, network, name, machine)

    def ask(self, request: Request) -> None:
        """Send one request."""
        self.api.send(request, then(self.answered, request.verb, f"{request.resource}/{request.name}"))

    def create(self, obj: ApiObject, api_version: str = "") -> None:
        """kubectl create, through that version of the API."""
        metadata = obj.metadata
        resource = resource_of(obj).plural
        self.ask(Request("create", resource, metadata.namespace, metadata.name, obj, api_version=api_version))

    def update(self, obj: ApiObject) -> None:
        """kubectl replace: the whole object."""
        metadata = obj.metadata
        self.ask(Request("update", resource_of(obj).plural, metadata.namespace, metadata.name, obj))

    def answered(self, reply: Reply, verb: str, what: str) -> None:
        """The answer: a refusal is for people to see."""
        if not reply.ok:
            self.emit("decision", "refused", what, after=reply.message or reply.reason)
            self.log(f"Error from server ({reply.reason}): {reply.message}", level="E")

    # --- drain: cordon, then one pod after another ------------------------------------------------

    def drain(self, node: str, *, ignore_daemon_sets: bool = True) -> None:
        """kubectl drain: cordon the node, then evict its pods, each with its own grace period; with pods of
        DaemonSets there it does nothing more, unless it is to ignore them."""
        request = Request("patch", "nodes", name=node, body={"spec": {"unschedulable": True}})
        self.api.send(request, then(self.cordoned, node, ignore_daemon_sets))

    def cordoned(self, reply: Reply, node: str, ignore_daemon_sets: bool) -> None:
        """The node is cordoned: look for its pods."""
        if not reply.ok:
            self.answered(reply, "drain", f"nodes/{node}")
            return
        self.api.list(
            "pods", then(self.found, node, ignore_daemon_sets), field_selector={"spec.nodeName": node}
        )

    def found(self, reply: Reply, node: str, ignore_daemon_sets: bool) -> None:
        """Delete every pod that is not being deleted already and that no DaemonSet would make again."""
        if not reply.ok:
            self.answered(reply, "drain", f"nodes/{node}")
            return
        pods: list[Pod] = [pod for pod in reply.body if not pod.metadata.deletion_timestamp]
        daemons = [pod for pod in pods if (owner := controller_of(pod)) and owner.kind == "DaemonSet"]
        if daemons and not ignore_daemon_sets:
            names = ", ".join(pod.metadata.name for pod in daemons)
            why = f"DaemonSet-managed pods (use --ignore-daemonsets to ignore): {names}"
            self.emit("decision", "refused", f"nodes/{node}", after=why)
            self.log(f"error: {why}", level="E")
            return
        for pod in pods:
            if pod not in daemons:
                self.evict(pod.metadata.namespace, pod.metadata.name, pod.metadata.uid)

    def evict(self, namespace: str, name: str, uid: str) -> None:
        """Ask for a pod's eviction."""
        self.api.evict(namespace, name, then(self.evicted, namespace, name, uid))

    def evicted(self, reply: Reply, namespace: str, name: str, uid: str) -> None:
        """The pod is going; or its disruption budget does not allow it now, and it is tried again."""
        if reply.status == 429:
            why = f'error when evicting pod "{name}" (will retry after 5s): {reply.message}'
            self.emit("decision", "refused", f"pods/{namespace}/{name}", after=why)
            self.log(why, level="E")
            self.post(EVICTION_PAUSE, self.look_again, namespace, name, uid)
        elif not reply.ok and reply.status != 404:
            self.answered(reply, "evict", f"pods/{namespace}/{name}")

    def look_again(self, namespace: str, name: str, uid: str) -> None:
        """Is the pod still the same and not being deleted? Then its eviction is asked for again."""
        self.api.get("pods", namespace, name, then(self.still_there, namespace, name, uid))

    def still_there(self, reply: Reply, namespace: str, name: str, uid: str) -> None:
        """The pod as it is now."""
        if reply.ok and reply.body.metadata.uid == uid and not reply.body.metadata.deletion_timestamp:
            self.evict(namespace, name, uid)
