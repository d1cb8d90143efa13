"""`kubectl delete` as it was until v1.9: whatever keeps pods is scaled down and waited for, then deleted.

Sources: v1.7.5, v1.8.0 pkg/kubectl/stop.go, scale.go. It looks once a second how far it has come; of
ReplicationControllers and ReplicaSets the real one hears by a watch, up to a second earlier.

    a ReplicationController, ReplicaSet or StatefulSet: 0 replicas, until its status says so
    a Job: parallelism 0, until none is active; then its pods are deleted
    a Deployment: paused with 0 replicas, until it was observed; then its ReplicaSets, one after another
    a DaemonSet: a node selector that fits no node, until no node has a pod of it
"""

from typing import Any, Final

import msgspec

from clustersim.api.meta import ApiObject
from clustersim.api.registry import resource_of
from clustersim.api.request import Request
from clustersim.api.selectors import selection_of, selects
from clustersim.api.status import Reply
from clustersim.client.client import Client
from clustersim.engine.part import Part
from clustersim.engine.process import Process
from clustersim.engine.time import SECOND, Micros
from clustersim.workstation.invocation import FAILED, Invocations

LOOKS_EVERY: Final[Micros] = SECOND
AT_MOST: Final[Micros] = 300 * SECOND
FOR_EACH_POD: Final[Micros] = 10 * SECOND
TO_BE_OBSERVED: Final[Micros] = 60 * SECOND

DELETED: Final = "deleted"
FAILED_TO: Final = "failed"

SCALED_DOWN: Final = (
    "daemonsets",
    "deployments",
    "jobs",
    "replicasets",
    "replicationcontrollers",
    "statefulsets",
)
"""Kinds that are deleted so."""
SCALED: Final = ("replicationcontrollers", "replicasets", "statefulsets")
NOWHERE: Final = {"reaped-by-kubectl": "fits-no-node"}
"""In place of the two random UUIDs of the real one."""


class Reaping(msgspec.Struct, frozen=True):
    """What one run of kubectl deletes. of: the ReplicaSets of a Deployment that are still to be deleted
    before it; the first of them is being scaled down."""

    number: int
    resource: str
    namespace: str
    name: str
    grace_seconds: int
    timeout: Micros
    of: tuple[str, ...] = ()

    @property
    def ref(self) -> str:
        """ "deployments/default/web"."""
        return f"{self.resource}/{self.namespace}/{self.name}"

    @property
    def at_work(self) -> tuple[str, str]:
        """The resource and name of what is being scaled down."""
        return ("replicasets", self.of[0]) if self.of else (self.resource, self.name)


class Reaper(Part):
    """All deletions of a workstation that wait."""

    def __init__(self, process: Process, api: Client, invocations: Invocations) -> None:
        super().__init__(process, "reaper")
        self.api = api
        self.invocations = invocations

    def begin(self, found: ApiObject, grace_seconds: int, timeout: Micros) -> None:
        """Begin with an object."""
        metadata, resource = found.metadata, resource_of(found).plural
        number = self.invocations.begin("delete", f"{resource}/{metadata.namespace}/{metadata.name}")
        reaping = Reaping(number, resource, metadata.namespace, metadata.name, grace_seconds, timeout)
        self._scale_down(reaping)

    def _scale_down(self, reaping: Reaping) -> None:
        resource, name = reaping.at_work
        body: dict[str, Any]
        if resource == "deployments":
            body = {"replicas": 0, "paused": True, "revisionHistoryLimit": 0}
        elif resource == "daemonsets":
            body = {"template": {"spec": {"nodeSelector": NOWHERE}}}
        elif resource == "jobs":
            body = {"parallelism": 0}
        else:
            body = {"replicas": 0}
        request = Request("patch", resource, reaping.namespace, name, {"spec": body})
        self.api.send(request, self.then(self.scaled, reaping))

    def scaled(self, reply: Reply, reaping: Reaping) -> None:
        """It was told; now it is waited for."""
        if not self._goes_on(reply, reaping):
            return
        resource, _name = reaping.at_work
        wanted = reply.body.spec.replicas if resource in SCALED else 0
        at_most = reaping.timeout or AT_MOST + wanted * FOR_EACH_POD
        if resource == "deployments":
            at_most = TO_BE_OBSERVED
        elif resource == "daemonsets":
            at_most = AT_MOST
        self.post(LOOKS_EVERY, self.look, reaping, self.now + at_most)

    def look(self, reaping: Reaping, until: Micros) -> None:
        """How far has it come?"""
        if self.invocations.goes_on(reaping.number):
            resource, name = reaping.at_work
            self.api.get(resource, reaping.namespace, name, self.then(self.seen, reaping, until))

    def seen(self, reply: Reply, reaping: Reaping, until: Micros) -> None:
        """Done, not yet, or no longer waited for."""
        if reply.status == 404:
            self._emptied(reaping)
        elif self.invocations.goes_on(reaping.number):
            if reply.ok and _is_empty(reply.body):
                self._emptied(reaping)
            elif self.now >= until:
                self._fail(reaping, _too_late(*reaping.at_work))
            else:
                self.post(LOOKS_EVERY, self.look, reaping, until)

    def _emptied(self, reaping: Reaping) -> None:
        resource, name = reaping.at_work
        then = self.then(self.listed, reaping)
        if resource == "deployments":
            self.api.list("replicasets", then, namespace=reaping.namespace)
        elif resource == "jobs":
            self.api.list("pods", then, namespace=reaping.namespace)
        else:
            self._delete(resource, name, reaping)

    def listed(self, reply: Reply, reaping: Reaping) -> None:
        """The ReplicaSets of a Deployment, or all pods among which are those of a Job."""
        if not self._goes_on(reply, reaping):
            return
        self.api.get(
            reaping.resource, reaping.namespace, reaping.name, self.then(self.owned, reaping, reply.body)
        )

    def owned(self, reply: Reply, reaping: Reaping, others: tuple[Any, ...]) -> None:
        """Its ReplicaSets go one after another; its pods at once."""
        if not self._goes_on(reply, reaping):
            return
        own = [one for one in others if selects(selection_of(reply.body), one.metadata.labels)]
        if reaping.resource == "deployments":
            names = tuple(one.metadata.name for one in own)
            self._next(msgspec.structs.replace(reaping, of=names))
            return
        grace = None if reaping.grace_seconds < 0 else reaping.grace_seconds
        for pod in own:
            request = Request("delete", "pods", reaping.namespace, pod.metadata.name, grace_seconds=grace)
            self.api.send(request, self.then(self.pod_deleted))
        self._delete(reaping.resource, reaping.name, reaping)

    def pod_deleted(self, reply: Reply) -> None:
        """A pod of a Job that is gone already does not matter."""

    def _next(self, reaping: Reaping) -> None:
        """The next ReplicaSet of a Deployment, at last the Deployment."""
        if reaping.of:
            self._scale_down(reaping)
        else:
            self._delete(reaping.resource, reaping.name, reaping)

    def _delete(self, resource: str, name: str, reaping: Reaping) -> None:
        request = Request("delete", resource, reaping.namespace, name, propagation="Background")
        self.api.send(request, self.then(self.deleted, reaping))

    def deleted(self, reply: Reply, reaping: Reaping) -> None:
        """It is gone: on to the next one, or the end."""
        if not self._goes_on(reply, reaping, gone=True):
            return
        if reaping.of:
            self._next(msgspec.structs.replace(reaping, of=reaping.of[1:]))
            return
        self.invocations.tell(reaping.number, DELETED, reaping.ref)
        self.invocations.end(reaping.number)

    def _goes_on(self, reply: Reply, reaping: Reaping, *, gone: bool = False) -> bool:
        """It is not interrupted, and the answer is no refusal (`gone`: that it is gone is none)."""
        if not self.invocations.goes_on(reaping.number):
            return False
        if reply.ok or (gone and reply.status == 404):
            return True
        self._fail(reaping, f"Error from server ({reply.reason}): {reply.message}")
        return False

    def _fail(self, reaping: Reaping, why: str) -> None:
        self.process.emit("decision", "refused", reaping.ref, after=why)
        self.process.log(why, level="E")
        self.invocations.tell(reaping.number, FAILED_TO, reaping.ref, why)
        self.invocations.end(reaping.number, FAILED)


def _is_empty(found: Any) -> bool:
    """Its status says that it was scaled down."""
    status, resource = found.status, resource_of(found).plural
    if resource == "daemonsets":
        return int(status.current_number_scheduled) + int(status.number_misscheduled) == 0
    if resource == "jobs":
        return int(status.active) == 0
    observed = (status.observed_generation or 0) >= found.metadata.generation
    return observed and (resource == "deployments" or status.replicas == 0)


def _too_late(resource: str, name: str) -> str:
    """pkg/kubectl/scale.go, and the wait of its own of a DaemonSet."""
    if resource in SCALED:
        return f'error: timed out waiting for "{name}" to be synced'
    return "error: timed out waiting for the condition"
