"""The autoscaler of today: metrics-server measures, and what was wanted lately keeps it from swinging."""

from typing import ClassVar

from msgspec.structs import replace

from clustersim.api.autoscaling import HorizontalPodAutoscaler, HPAScalingRules
from clustersim.api.autoscaling_targets import Target
from clustersim.api.meta import LabelSelector
from clustersim.api.quantity import parse_quantity
from clustersim.api.selectors import parse_label_selector, selects
from clustersim.controllermanager.podautoscaler.controller import (
    ABLE,
    ACTIVE,
    LIMITED,
    HorizontalController,
    selector_text_of,
)
from clustersim.controllermanager.podautoscaler.limits import (
    Change,
    Recent,
    limited_by,
    limited_of_today,
    longest_period,
    stabilized,
    stabilized_by,
)
from clustersim.controllermanager.podautoscaler.replicas import Calculation
from clustersim.controllermanager.podautoscaler.sync import Sync
from clustersim.engine.time import SECOND, Micros


class MetricsServerHorizontalController(HorizontalController):
    """Scales by what metrics-server has measured."""

    today = True
    no_target: ClassVar[str] = (
        "invalid resource metric source: neither an average utilization target nor an average value (usage) "
        "target was set"
    )
    unread: ClassVar[str] = "unable to fetch metrics from resource metrics API:"
    none_returned: ClassVar[str] = "no metrics returned from resource metrics API"

    def calculation(self, owner: HorizontalPodAutoscaler) -> Calculation:
        behavior, usual = owner.spec.behavior, self.flags.horizontal_pod_autoscaler_tolerance
        return Calculation(
            tolerance=(
                _tolerance(behavior.scale_down if behavior else None, usual),
                _tolerance(behavior.scale_up if behavior else None, usual),
            ),
            initialization=self.flags.horizontal_pod_autoscaler_cpu_initialization_period,
            readiness_delay=self.flags.horizontal_pod_autoscaler_initial_readiness_delay,
            today=True,
        )

    def not_measured(self, job: Sync, target: Target, why: str) -> str:
        kind, what = f"FailedGet{target.type}Metric", f"{target.type.lower()} metric value"
        if target.type == "ContainerResource":
            what = f"{target.container} container metric value"
        elif target.type == "Resource":
            what = f"{target.name} resource metric value"
        if target.type in ("Resource", "ContainerResource") and why != self.no_target:
            measure = "utilization" if target.value is None else "usage"
            why = f"failed to get {target.name} {measure}: {why}"
        self.tell(job.owner, "Warning", kind, why)
        if not job.error:
            job.failure = kind, f"the HPA was unable to compute the replica count: {why}"
            job.error = why
        if target.type == "External":
            what = f"{target.name} external metric value"
            named = f"{target.name} external metric" if target.averaged else f"external metric {target.name}"
            why = f"failed to get {named}: {why}"
        elif target.type == "Object" and target.averaged:
            why = f"failed to get {target.name} object metric: {why}"
        return f"failed to get {what}: {why}"

    def all_failed(self, errors: list[str], metrics: int) -> str:
        return f"invalid metrics ({len(errors)} invalid out of {metrics}), first error is: {errors[0]}"

    def unmeasurable(self, target: Target, namespace: str) -> str:
        if target.type == "External":
            metric = f"{namespace}/{target.name}/{printed(target.selector)}"
            return (
                f"unable to get external metric {metric}: unable to fetch metrics from external metrics API: "
                "the server could not find the requested resource "
                f"(get {target.name}.external.metrics.k8s.io)"
            )
        why = (
            "unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) "
            "registered"
        )
        if target.type == "Object":  # So the real one says it.
            return f"unable to get metric {target.name}: {target.kind} on {namespace} {target.of}/{why}"
        return f"unable to get metric {target.name}: {why}"

    def begin(self, key: str, job: Sync) -> None:
        """What there is at the first look counts as wanted (recordInitialRecommendation)."""
        self.state.recent.setdefault(key, Recent(((self.now, job.current),)))

    def bad_selector(self, key: str, job: Sync) -> str:
        if why := super().bad_selector(key, job):
            return why
        namespace = job.owner.metadata.namespace
        known = self.state.selectors
        text = known[key] = selector_text_of(job)
        pods = [
            pod.metadata.labels
            for pod in self.pods.list()
            if pod.metadata.namespace == namespace and selects(job.selector, pod.metadata.labels)
        ]
        others = [
            other
            for other, told in sorted(known.items())
            if other.partition("/")[0] == namespace and _selects_any(told, pods)
        ]
        if len(others) < 2:
            return ""
        named = " ".join(f"{{{other.partition('/')[2]} {namespace}}}" for other in others)
        why = f"pods by selector {text} are controlled by multiple HPAs: [{named}]"
        self.tell(job.owner, "Warning", "AmbiguousSelector", why)
        job.say(ACTIVE, "AmbiguousSelector", why, self.now, so=False)
        return why

    def limit(self, key: str, job: Sync, wanted: int, at: Micros) -> bool:
        """By what was wanted lately, its bounds and its policies (normalizeDesiredReplicas)."""
        now, behavior = self.now, job.owner.spec.behavior
        bounds = (self.least(job.owner), job.owner.spec.max_replicas)
        recent = self.state.recent[key]
        usual = self.flags.horizontal_pod_autoscaler_downscale_stabilization
        windows = (0, usual)
        if behavior is not None:
            windows = (_window(behavior.scale_up, 0), _window(behavior.scale_down, usual))
        if behavior is None:
            found = stabilized(wanted, recent, usual, now)
            limited = limited_of_today(job.current, found.replicas, *bounds)
        else:
            found = stabilized_by(windows, wanted, job.current, recent, now)
            limited = limited_by(behavior, job.current, found.replicas, bounds, recent, now)
        kept = _since(recent.wanted, now - max(windows))
        self.state.recent[key] = replace(recent, wanted=(*kept, (now, wanted)))
        job.say(ABLE, found.reason, found.message, now)
        job.say(LIMITED, limited.reason, limited.message, now, so=limited.limited)
        job.wanted = limited.replicas
        return job.wanted != job.current

    def remember_change(self, key: str, job: Sync) -> None:
        behavior, now = job.owner.spec.behavior, self.now
        if behavior is None:
            return
        recent = self.state.recent.get(key, Recent())
        change = (now, abs(job.wanted - job.current))
        longest = max(longest_period(behavior.scale_up), longest_period(behavior.scale_down))
        if job.wanted > job.current:
            recent = replace(recent, ups=(*_since(recent.ups, now - longest), change))
        else:
            recent = replace(recent, downs=(*_since(recent.downs, now - longest), change))
        self.state.recent[key] = recent


def _since(changes: tuple[Change, ...], moment: Micros) -> tuple[Change, ...]:
    return tuple(change for change in changes if change[0] >= moment)


def _selects_any(selector: str, pods: list[dict[str, str]]) -> bool:
    chosen = parse_label_selector(selector)
    return any(selects(chosen, labels) for labels in pods)


def printed(selector: LabelSelector | None) -> str:
    """A selector as Go prints it."""
    if selector is None:
        return "nil"
    labels = "".join(f"{key}: {value}," for key, value in sorted(selector.match_labels.items()))
    terms = "".join(
        f"LabelSelectorRequirement{{Key:{one.key},Operator:{one.operator},Values:[{' '.join(one.values)}],}},"
        for one in selector.match_expressions
    )
    return (
        f"&LabelSelector{{MatchLabels:map[string]string{{{labels}}},"
        f"MatchExpressions:[]LabelSelectorRequirement{{{terms}}},}}"
    )


def _window(rules: HPAScalingRules | None, usual: Micros) -> Micros:
    told = rules.stabilization_window_seconds if rules is not None else None
    return usual if told is None else told * SECOND


def _tolerance(rules: HPAScalingRules | None, usual: float) -> float:
    told = rules.tolerance if rules is not None else ""
    return parse_quantity(told).nanos / 1e9 if told else usual
