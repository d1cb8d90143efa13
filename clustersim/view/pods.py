"""Pods as items."""

from clustersim.api.conditions import is_true
from clustersim.api.core_v1 import Pod
from clustersim.api.owners import workload_of
from clustersim.kubectl.columns import lines_of
from clustersim.kubectl.pods import PRINTERS
from clustersim.kubectl.tables import table_of
from clustersim.scenario_schema import KINDS
from clustersim.view.since import since
from clustersim.view.structs import PodItem


def workload_key(kind: str, namespace: str, name: str) -> str:
    """ "rc/default/tomcat": how the page names a workload."""
    return f"{KINDS.get(kind, kind.lower())}/{namespace}/{name}"


def owner_key(pod: Pod) -> str | None:
    """The key of the pod's workload: its Deployment where it has one; None for a bare pod."""
    workload = workload_of(pod)
    return None if workload is None else workload_key(workload[0], pod.metadata.namespace, workload[1])


def is_ready(pod: Pod) -> bool:
    """Its Ready condition is True."""
    return is_true(pod.status, "Ready")


def is_active(pod: Pod) -> bool:
    """Its controller counts it (pkg/controller IsPodActive)."""
    return pod.status.phase not in ("Succeeded", "Failed") and not pod.metadata.deletion_timestamp


def app_of(pod: Pod) -> str:
    """What people call its application."""
    owner = owner_key(pod)
    return pod.metadata.labels.get("app") or (owner.rpartition("/")[2] if owner else pod.metadata.name)


def pod_header(release: str) -> str:
    """What kubectl prints over pods with -o wide."""
    return lines_of([table_of("pods", release).header(wide=True)], release)[0]


class PodItems:
    """Pods as the page shows them: the same item as long as nothing of a pod changes."""

    def __init__(self, release: str) -> None:
        self._release = release
        self._known: dict[str, tuple[Pod, PodItem]] = {}

    def of(self, pod: Pod) -> PodItem:
        """The item of a pod."""
        known = self._known.get(pod.metadata.uid)
        if known is None or known[0] is not pod:
            known = (pod, pod_item(pod, self._release))
            self._known[pod.metadata.uid] = known
        return known[1]

    def forget(self, uid: str) -> None:
        """The pod is gone."""
        self._known.pop(uid, None)

    def clear(self) -> None:
        """Any of them may be gone."""
        self._known.clear()


def pod_item(pod: Pod, release: str) -> PodItem:
    """A pod as the page shows it."""
    printer, metadata = PRINTERS[release], pod.metadata
    row, cells = printer.row(pod), printer.arranged(pod, since(release))
    header = table_of("pods", release).header(wide=True)
    return PodItem(
        uid=metadata.uid,
        name=metadata.name,
        namespace=metadata.namespace,
        owner=owner_key(pod),
        app=app_of(pod),
        phase=pod.status.phase,
        status=row.status,
        ready_text=row.ready,
        pod_ready=is_ready(pod),
        deleting=bool(metadata.deletion_timestamp),
        reason=pod.status.reason,
        restarts=row.restarts,
        ip=pod.status.pod_ip,
        printed=lines_of([header, tuple(map(str, cells))], release)[1],
    )
