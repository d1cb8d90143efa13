"""The namespace controller: it empties a namespace that is being deleted, and only then lets it go.

```
  Terminating --5 s--> delete all content --> nothing left --> finalizer removed --> gone
                            ^     (v1.36: pods first)  left
                            +---------- later -----------+
```
A pod on a dead node is never confirmed to be gone, and holds its namespace for as long.
Source: v1.7.5, v1.8.0, v1.36 pkg/controller/namespace/{namespace_controller.go,
deletion/namespaced_resources_deleter.go,deletion/status_condition_utils.go}.
"""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Final

import msgspec

from clustersim.api.core_v1 import Namespace, NamespaceCondition, Pod
from clustersim.api.definitions import DEFINITIONS, is_established
from clustersim.api.meta import ApiObject, replace
from clustersim.api.registry import resource_of, resources_of
from clustersim.api.status import Reply
from clustersim.api.timestamp import micros, rfc3339
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager import rules
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.part import Controller, ControlLoop
from clustersim.controllermanager.pods import is_terminated
from clustersim.engine.rules import Verdict
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros

SOURCE: Final = "namespace_controller.go"
WORKERS: Final = 10
GRACE: Final[Micros] = 5 * SECOND
"""From seeing that a namespace is being deleted to the first look (namespaceDeletionGracePeriod)."""
LONGEST_PAUSE: Final[Micros] = 60 * SECOND
FINALIZERS_PAUSE: Final = 15
FINALIZER: Final = "kubernetes"
CHATTY: Final = 20
"""How many times as many requests it may send as other controllers, and five times that at once."""


class Emptying(State):
    """A namespace being emptied: kinds that definitions have added, versions whose server tells of none,
    which of the stages is on, calls without an answer, what was found, and what is left of it by now."""

    namespace: Namespace
    added: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    stage: int = 0
    pending: int = 0
    found: list[Any] = msgspec.field(default_factory=list)
    left: list[Any] = msgspec.field(default_factory=list)
    error: str = ""


class NamespaceState(State):
    """Namespaces being emptied."""

    emptying: dict[str, Emptying] = msgspec.field(default_factory=dict)


class NamespaceController(Controller):
    """Empties namespaces; as in v1.7 and v1.8.

    stages: resources that are emptied one group after another. tells: whether conditions say how far it is.
    """

    waits_for: ClassVar[tuple[str, ...]] = ("namespaces",)
    title: ClassVar[str] = "namespace"
    tells: ClassVar[bool] = False

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "namespace-controller", "namespace-controller")
        self.api.qps *= CHATTY
        self.api.burst *= 5 * CHATTY
        self.namespaces = self.shared.get("namespaces", self.namespace_changed)
        self.pods = self.shared.get("pods")
        self.queue = WorkQueue(self.process, self.name, self.sync, workers=WORKERS)
        self.stages = self.grouped(
            [
                resource.plural
                for resource in resources_of(self.traits.release).values()
                if resource.stored and resource.namespaced
            ]
        )

    def grouped(self, resources: list[str]) -> tuple[tuple[str, ...], ...]:
        """The order in which resources are emptied."""
        return (tuple(resources),)

    @property
    def state(self) -> NamespaceState:
        """Its memory."""
        return self.memory(NamespaceState)

    def start(self) -> None:
        self.queue.open()

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    def armed(self, resource: str, key: str) -> Iterator[Verdict]:
        """What holds a namespace that is being deleted: the first of its pods that is still there."""
        namespace: Namespace | None = self.namespaces.get("", key) if resource == "namespaces" else None
        if namespace is None or not namespace.metadata.deletion_timestamp:
            return
        pods = [pod for pod in self.pods.list() if pod.metadata.namespace == key]
        if pods:
            first = f"pods/{pods[0].metadata.name}"
            yield rules.NAMESPACE_NOT_EMPTY.holds(False, namespace=key, count=len(pods), object=first)

    def namespace_changed(self, old: Namespace | None, new: Namespace | None) -> None:
        """A namespace is being deleted: it is looked at a little later."""
        if new is not None and new.metadata.deletion_timestamp:
            self.queue.add_after(new.metadata.name, GRACE)

    # --- a look -----------------------------------------------------------------------------------

    def sync(self, name: str) -> None:
        """Look at one namespace as the API server has it."""
        self.api.get("namespaces", "", name, self.then(self.read, name))

    def read(self, reply: Reply, name: str) -> None:
        """The namespace: if it is being deleted, empty it."""
        if not reply.ok and reply.status != 404:
            self._fail(name, reply.message)
        elif (
            not reply.ok
            or not reply.body.metadata.deletion_timestamp
            or FINALIZER not in reply.body.spec.finalizers
        ):
            self.queue.done(name)
        else:
            self.state.emptying[name] = Emptying(reply.body)
            self.api.list(DEFINITIONS, self.then(self.discovered, name))

    def discovered(self, reply: Reply, name: str) -> None:
        """What may be in it."""
        job = self.state.emptying[name]
        found = reply.body if reply.ok else ()
        job.added = tuple(
            one.metadata.name for one in found if is_established(one) and one.spec.scope != "Cluster"
        )
        job.error = "" if reply.ok else reply.message
        self._learn(name)

    def _learn(self, name: str) -> None:
        """What other servers have in it; v1.7 and v1.8 ask none here."""
        self._look(name)

    def _look(self, name: str) -> None:
        """List everything of a stage."""
        job = self.state.emptying[name]
        job.found, job.left = [], []
        last = job.stage + 1 == len(self.stages)
        resources = (*self.stages[job.stage], *(job.added if last else ()))
        job.pending = len(resources)
        for resource in resources:
            self.api.list(resource, self.then(self.listed, name), namespace=name)

    def listed(self, reply: Reply, name: str) -> None:
        """Objects of one kind; after the last kind all are deleted."""
        job = self.state.emptying[name]
        job.pending -= 1
        if reply.ok:
            job.found += reply.body
        else:
            job.error = reply.message
        if not job.pending:
            self._delete(name, job)

    def _delete(self, name: str, job: Emptying) -> None:
        doomed = [obj for obj in job.found if not obj.metadata.deletion_timestamp]
        if doomed:
            verdict = rules.NAMESPACE_CONTENT.holds(namespace=name, count=len(doomed))
            self.decide("delete-content", f"namespaces/{name}", verdict)
        job.left = [obj for obj in job.found if obj.metadata.deletion_timestamp]
        job.pending = len(doomed)
        for obj in doomed:
            resource = resource_of(obj).plural
            answer = self.then(self.deleted, name)
            self.api.delete(resource, name, obj.metadata.name, answer, propagation="Background")
        if not job.pending:
            self._settle(name, job)

    def deleted(self, reply: Reply, name: str) -> None:
        """An object is gone, or is being deleted and left for now."""
        job = self.state.emptying[name]
        job.pending -= 1
        if reply.ok and _stays(reply.body):
            job.left.append(reply.body)
        elif not reply.ok and reply.status != 404:
            job.error = reply.message
        if not job.pending:
            self._settle(name, job)

    def _settle(self, name: str, job: Emptying) -> None:
        if not job.error and not job.left and job.stage + 1 < len(self.stages):
            job.stage += 1
            self._look(name)
            return
        conditions = self.conditions(job) if self.tells else ()
        if conditions and conditions != job.namespace.status.conditions:
            status = replace(job.namespace.status, conditions=conditions)
            self.api.update_status(replace(job.namespace, status=status), self.then(self.told, name))
        else:
            self._conclude(name, job)

    def told(self, reply: Reply, name: str) -> None:
        """The conditions say how far it is."""
        job = self.state.emptying[name]
        if reply.ok:
            job.namespace = reply.body
        self._conclude(name, job)

    def _conclude(self, name: str, job: Emptying) -> None:
        if job.error or job.unknown:
            self._fail(name, job.error or undiscovered(job.unknown))
        elif job.left:
            self._wait(name, job)
        else:
            self.decide("finalize", f"namespaces/{name}", rules.NAMESPACE_EMPTY.holds(namespace=name))
            spec = job.namespace.spec
            kept = tuple(one for one in spec.finalizers if one != FINALIZER)
            finalized = replace(job.namespace, spec=replace(spec, finalizers=kept))
            self.api.finalize(finalized, self.then(self.finalized, name))

    def _wait(self, name: str, job: Emptying) -> None:
        """Something is left: again when its grace period is about half over, or after ever longer pauses."""
        first = job.left[0]
        verdict = rules.NAMESPACE_NOT_EMPTY.holds(
            namespace=name, count=len(job.left), object=f"{resource_of(first).plural}/{first.metadata.name}"
        )
        self.decide("wait-for-content", f"namespaces/{name}", verdict)
        estimate = self._estimate(job)
        del self.state.emptying[name]
        if estimate:
            self.queue.done(name)
            self.queue.add_after(name, (estimate // 2 + 1) * SECOND)
        else:
            self.log(f"unexpected items still remain in namespace: {name}", SOURCE, "E")
            self.queue.retry(name, longest=LONGEST_PAUSE)

    def _estimate(self, job: Emptying) -> int:
        """Seconds until its pods should be gone by themselves, 0 for no idea."""
        passed = (self.now - micros(job.namespace.metadata.deletion_timestamp)) // SECOND
        pods = [obj for obj in job.left if isinstance(obj, Pod) and not is_terminated(obj)]
        grace = max((pod.spec.termination_grace_period_seconds for pod in pods), default=0)
        held = any(obj.metadata.finalizers for obj in job.left)
        return grace if passed < grace else FINALIZERS_PAUSE if held else 0

    def finalized(self, reply: Reply, name: str) -> None:
        """The namespace is gone, or holds something of somebody else still."""
        del self.state.emptying[name]
        if reply.ok or reply.status == 404:
            self.queue.done(name)
        else:
            self._fail(name, reply.message)

    def _fail(self, name: str, error: str) -> None:
        self.state.emptying.pop(name, None)
        self.log(f"deletion of namespace {name} failed: {error}", SOURCE, "E")
        self.queue.retry(name, longest=LONGEST_PAUSE)

    def conditions(self, job: Emptying) -> tuple[NamespaceCondition, ...]:
        """How far it is, for people."""
        return ()


_GOOD: Final = (
    (
        "NamespaceDeletionDiscoveryFailure",
        "ResourcesDiscovered",
        "All resources successfully discovered",
    ),
    (
        "NamespaceDeletionGroupVersionParsingFailure",
        "ParsedGroupVersions",
        "All legacy kube types successfully parsed",
    ),
    (
        "NamespaceDeletionContentFailure",
        "ContentDeleted",
        "All content successfully deleted, may be waiting on finalization",
    ),
    ("NamespaceContentRemaining", "ContentRemoved", "All content successfully removed"),
    (
        "NamespaceFinalizersRemaining",
        "ContentHasNoFinalizers",
        "All content-preserving finalizers finished",
    ),
)


class NamespaceControllerV136(NamespaceController):
    """v1.36: nothing else goes before the pods are gone, and conditions tell."""

    tells = True

    def grouped(self, resources: list[str]) -> tuple[tuple[str, ...], ...]:
        return ("pods",), tuple(resource for resource in resources if resource != "pods")

    def _learn(self, name: str) -> None:
        """A version whose server does not answer holds the namespace: it might have something in it."""
        self.api.list("apiservices", self.then(self.learnt, name))

    def learnt(self, reply: Reply, name: str) -> None:
        """APIServices, and which of them nobody serves."""
        job = self.state.emptying[name]
        found = [one.unserved for one in reply.body] if reply.ok else []
        job.unknown = tuple(sorted(version for version in found if version))
        self._look(name)

    def conditions(self, job: Emptying) -> tuple[NamespaceCondition, ...]:
        bad = {} if job.stage == 0 else self._remaining(job)
        if job.unknown:
            text = (
                f"Discovery failed for some groups, {len(job.unknown)} failing: {undiscovered(job.unknown)}"
            )
            bad["NamespaceDeletionDiscoveryFailure"] = ("DiscoveryFailed", text)
        known = {found.type: found for found in job.namespace.status.conditions}
        made = []
        for kind, reason, message in _GOOD:
            status = "True" if kind in bad else "False"
            reason, message = bad.get(kind, (reason, message))
            old = known.get(kind)
            since = rfc3339(self.now)
            if old is not None and (old.status, old.reason, old.message) == (status, reason, message):
                since = old.last_transition_time
            made.append(
                NamespaceCondition(
                    type=kind, status=status, reason=reason, message=message, last_transition_time=since
                )
            )
        return tuple(made)

    def _remaining(self, job: Emptying) -> dict[str, tuple[str, str]]:
        """What is left; of pods, which come first, it does not tell."""
        if not job.left:
            return {}
        counts: dict[str, int] = {}
        finalizers: dict[str, int] = {}
        for obj in job.left:
            what = _qualified(obj)
            counts[what] = counts.get(what, 0) + 1
            for finalizer in obj.metadata.finalizers:
                finalizers[finalizer] = finalizers.get(finalizer, 0) + 1
        kinds = ", ".join(f"{name} has {counts[name]} resource instances" for name in sorted(counts))
        bad = {"NamespaceContentRemaining": ("SomeResourcesRemain", f"Some resources are remaining: {kinds}")}
        if finalizers:
            which = ", ".join(
                f"{name} in {finalizers[name]} resource instances" for name in sorted(finalizers)
            )
            text = f"Some content in the namespace has finalizers remaining: {which}"
            bad["NamespaceFinalizersRemaining"] = ("SomeFinalizersRemain", text)
        return bad


def undiscovered(versions: Sequence[str]) -> str:
    """What discovery says of versions that nobody serves."""
    which = ", ".join(f"{one}: stale GroupVersion discovery: {one}" for one in versions)
    return f"unable to retrieve the complete list of server APIs: {which}"


def _qualified(obj: ApiObject) -> str:
    """Its resource and group, with a dot between them also where there is no group."""
    resource = resource_of(obj)
    return f"{resource.word}.{resource.group_in('v1.36')}"


def _stays(obj: ApiObject) -> bool:
    """What was deleted is still there: its grace is not over, or something holds it."""
    metadata = obj.metadata
    return bool(
        metadata.deletion_timestamp and (metadata.deletion_grace_period_seconds or metadata.finalizers)
    )
