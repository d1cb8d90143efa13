"""What a kubelet answers on its ports besides its health: its pods, and what they and their node take.

Sources: v1.7.5, v1.8.0 pkg/kubelet/server/server.go, pkg/kubelet/server/stats; v1.36 the same. Until v1.8
port 10250 takes anybody (--anonymous-auth, --authorization-mode=AlwaysAllow); today it asks who one is, and
10255 is closed.
"""

from collections.abc import Sequence
from typing import Any, Final

from clustersim.api.timestamp import rfc3339
from clustersim.console.answer import Answer, Said
from clustersim.console.nodes.host import Host
from clustersim.engine.time import SECOND, Micros
from clustersim.i18n import _
from clustersim.kubectl.manifest import plain_object, to_json
from clustersim.kubelet.kubelet import Kubelet
from clustersim.machine import DISK_BYTES
from clustersim.runtime.records import Container
from clustersim.runtime.usage import cpu_spent, disk_available, memory_available, memory_taken, running_on

HOUSEKEEPING: Final[Micros] = 10 * SECOND
"""Between two looks of the kubelet at its containers (--housekeeping-interval)."""
PATHS: Final = ("/healthz", "/pods", "/stats/summary")
"""What can be asked for here."""


def answer(host: Host, kubelet: Kubelet, path: str) -> Answer:
    """What lies at a path other than /healthz, for whoever may ask. Raises Said."""
    match path.rstrip("/"):
        case "/pods":
            return Answer(text=to_json(_pods(kubelet, host.release.name)))
        case "/stats/summary" | "/stats":
            return Answer(text=to_json(_summary(host, kubelet)))
    raise Said(
        "404 page not found",
        note=_("Of the kubelet this console knows {paths}."),
        paths=", ".join(PATHS),
    )


def _pods(kubelet: Kubelet, release: str) -> dict[str, Any]:
    """The pods that it is to run, as it last heard of them."""
    items = [plain_object(pod, release) for pod in kubelet.pod_manager.pods.values()]
    for item in items:
        item.pop("kind", None)
        item.pop("apiVersion", None)
    return {"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": items}


def _cpu(host: Host, containers: Sequence[Container]) -> dict[str, Any]:
    """What they have spent since each began, and how much of that in the last ten seconds."""
    spent, before = (
        sum(cpu_spent(one, moment).used for one in containers)
        for moment in (host.now, host.now - HOUSEKEEPING)
    )
    return {
        "time": rfc3339(host.now),
        "usageNanoCores": (spent - before) * 1_000_000 // HOUSEKEEPING,
        "usageCoreNanoSeconds": spent,
    }


def _summary(host: Host, kubelet: Kubelet) -> dict[str, Any]:
    machine, now = host.machine, rfc3339(host.now)
    capacity, available = machine.memory_mib << 20, max(0, memory_available(machine))
    free = int(disk_available(machine) * DISK_BYTES)
    by_pod: dict[str, list[Container]] = {}
    for one in running_on(machine):
        by_pod.setdefault(one.pod_uid, []).append(one)
    return {
        "node": {
            "nodeName": host.name,
            "startTime": rfc3339(machine.state.since),
            "cpu": _cpu(host, running_on(machine)),
            "memory": {
                "time": now,
                "availableBytes": available,
                "workingSetBytes": capacity - available,
            },
            "fs": {
                "time": now,
                "availableBytes": free,
                "capacityBytes": DISK_BYTES,
                "usedBytes": DISK_BYTES - free,
            },
        },
        "pods": [
            {
                "podRef": {"name": ones[0].pod, "namespace": ones[0].namespace, "uid": uid},
                "startTime": rfc3339(ones[0].created_at),
                "containers": [
                    {
                        "name": one.name,
                        "startTime": rfc3339(one.started_at or one.created_at),
                        "cpu": _cpu(host, [one]),
                        "memory": {"time": now, "workingSetBytes": memory_taken(one)},
                    }
                    for one in ones
                ],
            }
            for uid, ones in by_pod.items()
        ],
    }
