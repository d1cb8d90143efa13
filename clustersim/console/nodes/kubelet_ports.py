"""What a kubelet answers on its ports besides its health: its pods, and what they and their node take.

Sources: v1.7.5, v1.8.0 pkg/kubelet/server/server.go, pkg/kubelet/server/stats; v1.36 the same. Until v1.8
port 10250 takes anybody (--anonymous-auth, --authorization-mode=AlwaysAllow); today it asks who one is, and
10255 is closed.
"""

import json
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from clustersim.api.timestamp import rfc3339
from clustersim.console.answer import Answer, Said
from clustersim.console.nodes.host import Host
from clustersim.engine.time import SECOND, Micros
from clustersim.flags.kubelet_configuration import configuration
from clustersim.i18n import _
from clustersim.kubectl.manifest import plain_object
from clustersim.kubelet.healthz import healthz
from clustersim.kubelet.kubelet import Kubelet
from clustersim.machine import DISK_BYTES
from clustersim.runtime.records import Container
from clustersim.runtime.storage import written_by
from clustersim.runtime.usage import cpu_spent, disk_available, memory_available, memory_taken, running_on

HOUSEKEEPING: Final[Micros] = 10 * SECOND
"""Between two looks of the kubelet at its containers (--housekeeping-interval)."""
PATHS: Final = ("/healthz", "/pods", "/stats/summary", "/configz")
"""What can be asked for here."""
MISSING: Final = "404 page not found"


class Told(NamedTuple):
    """status: of HTTP."""

    status: int
    body: str


def answer(host: Host, kubelet: Kubelet, path: str) -> Answer:
    """What lies at a path other than /healthz, for whoever may ask. Raises Said."""
    match path.rstrip("/"):
        case "/pods":
            return Answer(text=_compact(_pods(kubelet, host.release.name)))
        case "/stats/summary" | "/stats":
            return Answer(text=json.dumps(_summary(host, kubelet), indent=1))
        case "/configz" if host.release.runtime == "containerd":
            return Answer(text=_compact({"kubeletconfig": configuration(kubelet.flags)}))
    raise Said(
        MISSING,
        note=_("Of the kubelet this console knows {paths}."),
        paths=", ".join(PATHS),
    )


def told_to_apiserver(host: Host, kubelet: Kubelet, path: str) -> Told:
    """The same and its health, for the API server, which may ask for everything. Raises Said."""
    if path == "/healthz":
        found = healthz(kubelet, kubelet.flags.port)
        return Told(found.status, found.body)
    return Told(200, answer(host, kubelet, path).text)


def _compact(found: dict[str, Any]) -> str:
    return json.dumps(found, separators=(",", ":"), ensure_ascii=False)


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
    written = {uid: written_by(machine, uid) for uid in by_pod}

    def disk(used: int) -> dict[str, Any]:
        return {"time": now, "availableBytes": free, "capacityBytes": DISK_BYTES, "usedBytes": used}

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
            "fs": disk(DISK_BYTES - free),
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
                        "rootfs": disk(written[uid].layers.get(one.name, 0)),
                    }
                    for one in ones
                ],
                "volume": [{**disk(size), "name": name} for name, size in written[uid].volumes.items()],
                "ephemeral-storage": disk(written[uid].total(written[uid].volumes)),
            }
            for uid, ones in by_pod.items()
        ],
    }
