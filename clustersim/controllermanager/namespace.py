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

from collections.abc import Iterator
from typing import Any, ClassVar, Final

import msgspec

from clustersim.api.api_resource import Resource
from clustersim.api.core_v1 import Namespace, NamespaceCondition, Pod
from clustersim.api.definitions import DEFINITIONS, is_established
from clustersim.api.meta import ApiObject, replace
from clustersim.api.registry import resource_of, resources_of
from clustersim.api.status import Reply
from clustersim.api.timestamp import micros
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
    which of the stages is on, calls without an answer, what was found, what is left of it by now, and what
    went wrong."""

    namespace: Namespace
    added: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    stage: int = 0
    pending: int = 0
    found: list[Any] = msgspec.field(default_factory=list)
    left: list[Any] = msgspec.field(default_factory=list)
    errors: list[str] = msgspec.field(default_factory=list)


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

    def also(self, resource: Resource) -> None:
        """Empty namespaces of that resource, too."""
        self.stages = self.grouped([name for stage in self.stages for name in stage] + [resource.plural])

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
            self.fail(name, reply.message)
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
        job.errors = [] if reply.ok else [reply.message]
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
            job.errors.append(reply.message)
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
            job.errors.append(reply.message)
        if not job.pending:
            self._settle(name, job)

    def _settle(self, name: str, job: Emptying) -> None:
        if not job.errors and not job.left and job.stage + 1 < len(self.stages):
            job.stage += 1
            self._look(name)
            return
        job.errors += self._unexpected(job)
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
        if job.left:
            first = job.left[0]
            what = f"{resource_of(first).plural}/{first.metadata.name}"
            verdict = rules.NAMESPACE_NOT_EMPTY.holds(namespace=name, count=len(job.left), object=what)
            self.decide("wait-for-content", f"namespaces/{name}", verdict)
        if errors := self.told_errors(job):
            self.fail(name, errors[0] if len(errors) == 1 else f"[{', '.join(errors)}]")
        elif job.left:
            estimate = max(self._estimates(job).values())
            del self.state.emptying[name]
            self.queue.done(name)
            self.queue.add_after(name, (estimate // 2 + 1) * SECOND)
        else:
            self.decide("finalize", f"namespaces/{name}", rules.NAMESPACE_EMPTY.holds(namespace=name))
            spec = job.namespace.spec
            kept = tuple(one for one in spec.finalizers if one != FINALIZER)
            finalized = replace(job.namespace, spec=replace(spec, finalizers=kept))
            self.api.finalize(finalized, self.then(self.finalized, name))

    def told_errors(self, job: Emptying) -> list[str]:
        """What went wrong, as its log tells it."""
        return job.errors

    def _unexpected(self, job: Emptying) -> list[str]:
        """Resources of which something is left though nothing should be."""
        left = f"unexpected items still remain in namespace: {job.namespace.metadata.name} for gvr: "
        known, release = {resource_of(obj).plural: resource_of(obj) for obj in job.left}, self.traits.release
        return [
            left + self.told_resource(plural, known[plural].version_in(release))
            for plural, estimate in self._estimates(job).items()
            if not estimate
        ]

    def told_resource(self, plural: str, api_version: str) -> str:
        """A resource as Go prints the parts of its name."""
        group, _, version = api_version.rpartition("/")
        return f"{{{group} {version} {plural}}}"

    def _estimates(self, job: Emptying) -> dict[str, int]:
        """By resource of which something is left: seconds until that should be gone by itself, 0 for no idea.
        Pods go within their grace period; what somebody holds by a finalizer is given a little time."""
        passed = (self.now - micros(job.namespace.metadata.deletion_timestamp)) // SECOND
        found: dict[str, int] = {}
        for obj in job.left:
            grace, plural = 0, resource_of(obj).plural
            if isinstance(obj, Pod) and not is_terminated(obj):
                grace = obj.spec.termination_grace_period_seconds
            held = FINALIZERS_PAUSE if obj.metadata.finalizers else 0
            found[plural] = max(found.get(plural, 0), grace if passed < grace else held)
        return found

    def finalized(self, reply: Reply, name: str) -> None:
        """The namespace is gone, or holds something of somebody else still."""
        del self.state.emptying[name]
        if reply.ok or reply.status == 404:
            self.queue.done(name)
        else:
            self.fail(name, reply.message)

    def fail(self, name: str, error: str) -> None:
        """It is tried again, after ever longer pauses."""
        self.state.emptying.pop(name, None)
        self.log(error, SOURCE, "E")
        self.queue.retry(name, longest=LONGEST_PAUSE)

    def conditions(self, job: Emptying) -> tuple[NamespaceCondition, ...]:
        """How far it is, for people."""
        return ()


def _stays(obj: ApiObject) -> bool:
    """What was deleted is still there: its grace is not over, or something holds it."""
    metadata = obj.metadata
    return bool(
        metadata.deletion_timestamp and (metadata.deletion_grace_period_seconds or metadata.finalizers)
    )
