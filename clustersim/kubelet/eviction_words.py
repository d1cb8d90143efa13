"""What the eviction manager writes into its kubelet's journal: glog in v1.7 and v1.8, structured logging
today (v1.7.5, v1.8.0, v1.36.2 pkg/kubelet/eviction/eviction_manager.go, helpers.go; today also
container_gc.go and image_gc_manager.go)."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from clustersim.api.core_v1 import Pod
from clustersim.kubelet.pod_manager import pod_key, pod_text


class Line(NamedTuple):
    """A line: the file that writes it, its text, how grave it is."""

    source: str
    text: str
    level: str = "I"


_MANAGER: Final = "eviction_manager.go"
_ONCE: Final = "eviction manager: "
LINES: Final[Mapping[str, Line]] = {
    "starved": Line(_MANAGER, f"{_ONCE}attempting to reclaim {{resource}}", "W"),
    "containers": Line("helpers.go", f"{_ONCE}attempting to delete unused containers"),
    "images": Line("helpers.go", f"{_ONCE}attempting to delete unused images"),
    "enough": Line(_MANAGER, f"{_ONCE}able to reduce {{resource}} pressure without evicting pods."),
    "must": Line(_MANAGER, f"{_ONCE}must evict pod(s) to reclaim {{resource}}"),
    "nobody": Line(
        _MANAGER, f"{_ONCE}eviction thresholds have been met, but no pods are active to evict", "E"
    ),
    "ranked": Line(_MANAGER, f"{_ONCE}pods ranked for eviction: {{pods}}"),
    "evicted": Line(_MANAGER, f"{_ONCE}pod {{pods}} is evicted successfully"),
    "slow": Line(_MANAGER, f"{_ONCE}pod {{pods}} failed to evict timeout waiting to kill pod", "E"),
    "waits": Line(_MANAGER, f"{_ONCE}pods {{pods}} evicted, waiting for pod to be cleaned up"),
    "gone": Line(_MANAGER, f"{_ONCE}pods {{pods}} successfully cleaned up"),
    "late": Line(_MANAGER, f"{_ONCE}timed out waiting for pods {{pods}} to be cleaned up", "W"),
    "nobody-goes": Line(_MANAGER, f"{_ONCE}unable to evict any pods from the node"),
}
"""Of v1.7 and v1.8."""


def _today(text: str, more: str = "", level: str = "I") -> Line:
    return Line(_MANAGER, f'"Eviction manager: {text}"{more}', level)


_RESOURCE: Final = ' resourceName="{resource}"'
_PODS: Final = " pods=[{pods}]"
LINES_OF_TODAY: Final[Mapping[str, Line]] = {
    "starved": _today("attempting to reclaim", _RESOURCE),
    "containers": Line("container_gc.go", '"Attempting to delete unused containers"'),
    "images": Line("image_gc_manager.go", '"Attempting to delete unused images"'),
    "enough": _today("able to reduce resource pressure without evicting pods.", _RESOURCE),
    "must": _today("must evict pod(s) to reclaim", _RESOURCE),
    "nobody": _today("eviction thresholds have been met, but no pods are active to evict", level="E"),
    "ranked": _today("pods ranked for eviction", _PODS),
    "evicted": _today("pod is evicted successfully", " pod={pods}"),
    "slow": _today("pod failed to evict", ' err="timeout waiting to kill pod" pod={pods}', "E"),
    "waits": _today("pods evicted, waiting for pod to be cleaned up", _PODS),
    "gone": _today("pods successfully cleaned up", _PODS),
    "late": _today("timed out waiting for pods to be cleaned up", _PODS),
    "nobody-goes": _today("unable to evict any pods from the node"),
}


def named(pods: Iterable[Pod]) -> str:
    """Pods as kubelets of v1.7 and v1.8 name several (util/format Pods)."""
    return ", ".join(map(pod_text, pods))


def named_today(pods: Iterable[Pod]) -> str:
    """Pods as klog writes them (KObjSlice)."""
    return ",".join(f'"{pod_key(pod)}"' for pod in pods)
