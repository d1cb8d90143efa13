"""The horizontal pod autoscaler: as many pods as bring a metric to its target.

```
  every sync period: the Scale of its target --> what pods use --> how many it takes --> within its limits
        --other than now--> the Scale is written; then the status
```
Releases differ in what is measured by whom, in what a pod counts for, and in what keeps it from swinging
(metrics_server.py, heapster.py).
Source: v1.7.5, v1.8.0, v1.36 pkg/controller/podautoscaler/horizontal.go.
"""

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar, Final

import msgspec

from clustersim.api.autoscaling import HorizontalPodAutoscaler, MetricStatus
from clustersim.api.autoscaling_targets import MEASURED, Target, status_of, targets_of
from clustersim.api.meta import replace
from clustersim.api.registry import key_of, resources_of
from clustersim.api.request import Request
from clustersim.api.selectors import selects
from clustersim.api.status import Reply
from clustersim.api.timestamp import rfc3339
from clustersim.api.usage import POD_METRICS, PodUsage
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.part import Controller, ControlLoop
from clustersim.controllermanager.podautoscaler import rules
from clustersim.controllermanager.podautoscaler.limits import Recent
from clustersim.controllermanager.podautoscaler.replicas import (
    Calculation,
    CannotTellError,
    Proposal,
    propose,
)
from clustersim.controllermanager.podautoscaler.sync import Sync
from clustersim.engine.rules import Verdict
from clustersim.engine.state import State

SOURCE: Final = "horizontal.go"
ABLE: Final = "AbleToScale"
ACTIVE: Final = "ScalingActive"
LIMITED: Final = "ScalingLimited"


class HorizontalState(State):
    """Looks under way, what was wanted and done lately, and which pods today's select, by key."""

    syncs: dict[str, Sync] = msgspec.field(default_factory=dict)
    recent: dict[str, Recent] = msgspec.field(default_factory=dict)
    selectors: dict[str, str] = msgspec.field(default_factory=dict)


class HorizontalController(Controller):
    """Scales by metrics; releases are subclasses."""

    waits_for: ClassVar[tuple[str, ...]] = ("horizontalpodautoscalers", "pods")
    title: ClassVar[str] = "HPA"
    today: ClassVar[bool]

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "horizontal-pod-autoscaler", "horizontal-pod-autoscaler")
        self.owners = self.shared.get("horizontalpodautoscalers", self.owner_changed)
        self.pods = self.shared.get("pods")
        self.queue = WorkQueue(self.process, self.name, self.sync)

    @property
    def state(self) -> HorizontalState:
        """Its memory."""
        return self.memory(HorizontalState)

    def start(self) -> None:
        self.queue.open()

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    def owner_changed(self, old: HorizontalPodAutoscaler | None, new: HorizontalPodAutoscaler | None) -> None:
        """An autoscaler was added or changed: it is looked at within a period, and from then on in each."""
        if new is not None:
            self.queue.add_after(key_of(new), self.flags.horizontal_pod_autoscaler_sync_period)

    def armed(self, resource: str, key: str) -> Iterator[Verdict]:
        """The next look."""
        due = self.queue.state.due.get(key) if resource == "horizontalpodautoscalers" else None
        if due is not None:
            period = self.flags.horizontal_pod_autoscaler_sync_period
            yield rules.NEXT_LOOK.holds(False, due=due, name=key, period=period)

    # --- what releases do each in their own way -----------------------------------------------------

    @abstractmethod
    def calculation(self, owner: HorizontalPodAutoscaler) -> Calculation:
        """How it is computed how many pods it takes."""

    @abstractmethod
    def not_measured(self, job: Sync, target: Target, why: str) -> str:
        """Tell that a metric could not be had; returns what all of it comes down to."""

    @abstractmethod
    def all_failed(self, errors: list[str], metrics: int) -> str:
        """What is told where no number came out."""

    @abstractmethod
    def limit(self, key: str, job: Sync, wanted: int, at: int) -> bool:
        """Set what the autoscaler may do of what it wants; whether it does it now."""

    def begin(self, key: str, job: Sync) -> None:
        """The size of what is scaled is known."""

    def bad_selector(self, key: str, job: Sync) -> str:
        """Why it cannot be said which pods are meant, which is told; empty if it can."""
        if selector_text_of(job):
            return ""
        why = "selector is required"
        self.tell(job.owner, "Warning", "SelectorRequired", why)
        text = "the HPA target's scale is missing a selector"
        job.say(ACTIVE, "InvalidSelector", text, self.now, so=False)
        return why

    def unmeasurable(self, target: Target, namespace: str) -> str:
        """Why a metric that is not of a resource cannot be had."""
        return f"unable to get metric {target.name}: no custom metrics API is served"

    # --- a look -----------------------------------------------------------------------------------

    def sync(self, key: str) -> None:
        """Look at one autoscaler."""
        namespace, _, name = key.partition("/")
        owner: HorizontalPodAutoscaler | None = self.owners.get(namespace, name)
        if owner is None:
            self.state.recent.pop(key, None)
            self.state.selectors.pop(key, None)
            self.queue.done(key)
            return
        job = self.state.syncs[key] = Sync(owner, owner.status)
        target = owner.spec.scale_target_ref
        job.resource = self._resource(target.kind, target.api_version.rpartition("/")[0])
        if not job.resource:
            group = target.api_version.rpartition("/")[0]
            within = f' in group "{group}"' if group else ""
            self._no_scale(key, job, f'no matches for kind "{target.kind}"{within}')
            return
        request = Request("get-scale", job.resource, namespace, target.name)
        self.api.send(request, self.then(self.scale_read, key))

    def _resource(self, kind: str, group: str) -> str:
        """The resource of a kind; today only of the group that is named."""
        release = self.traits.release
        for one in resources_of(release).values():
            groups = {version.rpartition("/")[0] for version in one.versions[release]}
            if one.kind == kind and (group in groups or not self.today):
                return one.plural
        return ""

    def _no_scale(self, key: str, job: Sync, why: str) -> None:
        self.tell(job.owner, "Warning", "FailedGetScale", why)
        text = f"the HPA controller was unable to get the target's current scale: {why}"
        job.say(ABLE, "FailedGetScale", text, self.now, so=False)
        self._write(key, job, f"failed to query scale subresource: {why}")

    def scale_read(self, reply: Reply, key: str) -> None:
        """How many pods there are and should be."""
        job = self.state.syncs[key]
        if not reply.ok:
            self._no_scale(key, job, reply.message)
            return
        job.scale = reply.body
        text = "the HPA controller was able to get the target's current scale"
        job.say(ABLE, "SucceededGetScale", text, self.now)
        job.current = job.scale.spec.replicas if self.today else job.scale.status.replicas
        self.begin(key, job)
        spec, least = job.owner.spec, self.least(job.owner)
        if job.scale.spec.replicas == 0:
            text = "scaling is disabled since the replica count of the target is zero"
            job.say(ACTIVE, "ScalingDisabled", text, self.now, so=False)
            job.count(job.current, ())
            self._write(key, job)
        elif job.current > spec.max_replicas:
            job.count(job.current, ())
            self._scale(key, job, spec.max_replicas, "Current number of replicas above Spec.MaxReplicas")
        elif job.current < least:
            job.count(job.current, ())
            self._scale(key, job, least, "Current number of replicas below Spec.MinReplicas")
        elif why := self.bad_selector(key, job):
            self._failed(key, job, why, ())
        elif any(target.type in MEASURED for target in targets_of(job.owner)):
            selector = job.selector
            request = Request(
                "list",
                POD_METRICS,
                job.owner.metadata.namespace,
                label_selector=selector.match_labels,
                expressions=selector.match_expressions,
            )
            self.api.send(request, self.then(self.measured, key))
        else:
            self.measured(Reply(200, ()), key)

    def least(self, owner: HorizontalPodAutoscaler) -> int:
        """How many pods there are at least."""
        return 1 if owner.spec.min_replicas is None else owner.spec.min_replicas

    def measured(self, reply: Reply, key: str) -> None:
        """What pods use, or why nobody knows."""
        job = self.state.syncs[key]
        told: tuple[PodUsage, ...] = reply.body if reply.ok else ()
        best, title, errors = 0, "", []
        statuses: list[MetricStatus] = []
        targets = targets_of(job.owner)
        for target in targets:
            try:
                found = self._proposal(job, target, told, reply)
            except CannotTellError as error:
                errors.append(self.not_measured(job, target, str(error)))
                if not self.today:
                    break
                statuses.append(MetricStatus())  # So the real one tells it.
                continue
            ratio = found.ratio
            statuses.append(status_of(target, ratio.utilization, ratio.average, today=self.today))
            if found.replicas > best or not title:
                best, title = found.replicas, target.title
        if errors and (not self.today or len(errors) == len(targets) or best < job.current):
            if job.failure[0]:
                job.say(ACTIVE, *job.failure, self.now, so=False)
            self._failed(key, job, self.all_failed(errors, len(targets)), tuple(statuses))
            return
        succeeded = "successfully" if self.today else "succesfully"
        text = f"the HPA was able to {succeeded} calculate a replica count from {title}"
        job.say(ACTIVE, "ValidMetricFound", text, self.now)
        job.count(job.current, tuple(statuses))
        at = told[0].at if told else self.now
        self._normalize(key, job, best, title, at)

    def _proposal(self, job: Sync, target: Target, told: tuple[PodUsage, ...], reply: Reply) -> Proposal:
        """How many pods a metric asks for. Raises CannotTellError."""
        if target.type not in MEASURED:
            raise CannotTellError(self.unmeasurable(target, job.owner.metadata.namespace))
        if target.utilization is None and target.value is None:
            raise CannotTellError(self.no_target)
        if not told:
            why = self.none_returned if reply.ok else f"{self.unread} {reply.message}"
            raise CannotTellError(f"unable to get metrics for resource {target.name}: {why}")
        selector, namespace = job.selector, job.owner.metadata.namespace
        pods = [
            pod
            for pod in self.pods.list()
            if pod.metadata.namespace == namespace and selects(selector, pod.metadata.labels)
        ]
        return propose(self.calculation(job.owner), target, job.current, pods, told, self.now)

    no_target: ClassVar[str]
    unread: ClassVar[str]
    none_returned: ClassVar[str]

    def _failed(self, key: str, job: Sync, why: str, metrics: tuple[MetricStatus, ...]) -> None:
        """No number came out: what is there stays. metrics: what could be had nevertheless."""
        known = job.owner.status.current_metrics
        job.count(job.status.desired_replicas, metrics if self.today else known)
        self.tell(job.owner, "Warning", "FailedComputeMetricsReplicas", why)
        self._write(key, job, f"failed to compute desired number of replicas based on listed metrics: {why}")

    def _normalize(self, key: str, job: Sync, wanted: int, title: str, at: int) -> None:
        reason = f"{title} above target" if wanted > job.current else ""
        if wanted < job.current:
            reason = "All metrics below target"
        if self.limit(key, job, wanted, at):
            self._scale(key, job, job.wanted, reason)
        else:
            self._write(key, job)

    # --- the change -------------------------------------------------------------------------------

    def _scale(self, key: str, job: Sync, wanted: int, reason: str) -> None:
        job.wanted, job.reason = wanted, reason
        verdict = rules.SCALE.holds(name=key, wanted=wanted, current=job.current, reason=reason)
        target = job.owner.spec.scale_target_ref
        self.decide("autoscale", f"{job.resource}/{job.owner.metadata.namespace}/{target.name}", verdict)
        scale = replace(job.scale, spec=replace(job.scale.spec, replicas=wanted))
        request = Request("update-scale", job.resource, job.owner.metadata.namespace, target.name, body=scale)
        self.api.send(request, self.then(self.scaled, key))

    def scaled(self, reply: Reply, key: str) -> None:
        """The target has its new size, or was refused it."""
        job = self.state.syncs[key]
        if not reply.ok:
            text = f"New size: {job.wanted}; reason: {job.reason}; error: {reply.message}"
            self.tell(job.owner, "Warning", "FailedRescale", text)
            text = f"the HPA controller was unable to update the target scale: {reply.message}"
            job.say(ABLE, "FailedUpdateScale", text, self.now, so=False)
            metrics = job.status.current_metrics if self.today else job.owner.status.current_metrics
            job.count(job.owner.status.desired_replicas, metrics)
            self._write(key, job, f"failed to rescale: {reply.message}")
            return
        text = f"the HPA controller was able to update the target scale to {job.wanted}"
        job.say(ABLE, "SucceededRescale", text, self.now)
        self.tell(job.owner, "Normal", "SuccessfulRescale", f"New size: {job.wanted}; reason: {job.reason}")
        self.log(
            f"Successful rescale of {job.owner.metadata.name}, old size: {job.current}, new size: "
            f"{job.wanted}, reason: {job.reason}",
            SOURCE,
        )
        self.remember_change(key, job)
        job.count(job.wanted, job.status.current_metrics, scaled_at=rfc3339(self.now))
        self._write(key, job)

    def remember_change(self, key: str, job: Sync) -> None:
        """What was changed counts for what may be changed next."""

    def _write(self, key: str, job: Sync, error: str = "") -> None:
        if error:
            self.log(f"{key}: {error}", SOURCE, "E")
        if job.status == job.owner.status:
            self._finish(key)
        else:
            owner = replace(job.owner, status=job.status)
            self.api.update_status(owner, self.then(self.status_written, key))

    def status_written(self, reply: Reply, key: str) -> None:
        """The status was written, or somebody was faster."""
        if not reply.ok and reply.status != 404:
            self.tell(self.state.syncs[key].owner, "Warning", "FailedUpdateStatus", reply.message)
        self._finish(key)

    def _finish(self, key: str) -> None:
        del self.state.syncs[key]
        self.queue.done(key)
        self.queue.add_after(key, self.flags.horizontal_pod_autoscaler_sync_period)


def selector_text_of(job: Sync) -> str:
    """The selector that what is scaled shows, as a text."""
    status = job.scale.status
    if isinstance(status.selector, dict):
        return ",".join(f"{key}={value}" for key, value in sorted(status.selector.items()))
    return status.selector or status.target_selector
