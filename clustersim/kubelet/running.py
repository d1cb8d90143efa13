"""What runs on a node, pod by pod, as the runtime tells it."""

from typing import TypeVar

import msgspec

from clustersim.runtime.records import RUNNING, Container, Listing, Sandbox

T = TypeVar("T")


class RunningPod(msgspec.Struct, frozen=True, gc=False):
    """A pod of which something runs, as docker tells it."""

    uid: str
    name: str
    namespace: str
    containers: tuple[Container, ...]
    sandboxes: tuple[Sandbox, ...]


def running_uids(listing: Listing) -> set[str]:
    """The pods of which something runs; not for going through, as sets have no order."""
    found = {container.pod_uid for container in listing.containers if container.state == RUNNING}
    found.update([sandbox.pod_uid for sandbox in listing.sandboxes if sandbox.ready])
    return found


def added(before: Listing, now: Listing) -> Listing:
    """What of a list was not so in the one before; all of it where something went."""
    gone = len(now.containers) < len(before.containers) or len(now.sandboxes) < len(before.sandboxes)
    if gone:
        return now
    return Listing(_added(before.containers, now.containers), _added(before.sandboxes, now.sandboxes))


def _added(before: tuple[T, ...], now: tuple[T, ...]) -> tuple[T, ...]:
    other = [new for old, new in zip(before, now, strict=False) if old is not new]
    return (*other, *now[len(before) :])


def running_pods(listing: Listing) -> dict[str, RunningPod]:
    """Pods of which something runs, by uid."""
    containers: dict[str, list[Container]] = {}
    sandboxes: dict[str, list[Sandbox]] = {}
    labels: dict[str, tuple[str, str]] = {}
    for container in listing.containers:
        if container.state == RUNNING:
            containers.setdefault(container.pod_uid, []).append(container)
            labels[container.pod_uid] = (container.pod, container.namespace)
    for sandbox in listing.sandboxes:
        if sandbox.ready:
            sandboxes.setdefault(sandbox.pod_uid, []).append(sandbox)
            labels[sandbox.pod_uid] = (sandbox.pod, sandbox.namespace)
    return {
        uid: RunningPod(uid, name, namespace, tuple(containers.get(uid, ())), tuple(sandboxes.get(uid, ())))
        for uid, (name, namespace) in labels.items()
    }
