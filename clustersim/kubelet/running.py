"""What runs on a node, pod by pod, as the runtime tells it."""

import msgspec

from clustersim.runtime.records import RUNNING, Container, Listing, Sandbox


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
