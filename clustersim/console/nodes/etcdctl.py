"""etcdctl on the master: what is in etcd, by key."""

from collections.abc import Sequence
from typing import Final

from clustersim.console.answer import Answer, Said
from clustersim.console.nodes.host import Host
from clustersim.engine.process import HUNG
from clustersim.i18n import _
from clustersim.kubectl.manifest import plain_object, to_json

PREFIX: Final = "/registry"
MOST_KEYS: Final = 500
_FOLDERS: Final = {
    "nodes": "minions",
    "endpoints": "services/endpoints",
    "services": "services/specs",
    "replicationcontrollers": "controllers",
}
"""Where the API server keeps what is not called like its folder (pkg/master storage prefixes)."""


def etcdctl(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """etcdctl get KEY [--prefix --keys-only], ls, endpoint health, member list. Raises Said."""
    etcd = host.cluster.world.etcd
    flags = [word for word in words if word.startswith("-")]
    verbs = [word for word in words if not word.startswith("-") and "=" not in word]
    if etcd.status.phase == HUNG:
        raise Said("Error: context deadline exceeded")
    if not etcd.running:
        raise Said("Error: dial tcp 127.0.0.1:2379: getsockopt: connection refused")
    match verbs:
        case ["get", key]:
            return _get(host, key, flags)
        case ["ls"] | ["ls", _]:
            key = verbs[1] if len(verbs) > 1 else PREFIX
            return _get(host, key.rstrip("/") + "/", [*flags, "--prefix", "--keys-only"])
        case ["endpoint", "health"] | ["cluster-health"]:
            return Answer(text="127.0.0.1:2379 is healthy: successfully committed proposal: took = 1.2ms")
        case ["endpoint", "status"]:
            return Answer(
                text=f"127.0.0.1:2379, 8e9e05c52164694d, 3.0.17, 1.2 MB, true, 2, {etcd.store.revision}"
            )
        case ["member", "list"]:
            return Answer(
                text="8e9e05c52164694d, started, default, http://localhost:2380, http://127.0.0.1:2379"
            )
        case ["version"]:
            return Answer(text="etcdctl version: 3.0.17\nAPI version: 3")
    raise Said(
        note=_(
            "This console knows etcdctl get KEY [--prefix] [--keys-only], endpoint health, "
            "endpoint status, member list; writing is left to kubectl."
        )
    )


def _get(host: Host, key: str, flags: Sequence[str]) -> Answer:
    prefix = "--prefix" in flags
    found: list[tuple[str, object]] = []
    for resource, objects in host.cluster.world.etcd.store.objects.items():
        folder = _FOLDERS.get(resource, resource)
        for name in objects:
            path = f"{PREFIX}/{folder}/{name}"
            if path == key or (prefix and path.startswith(key)):
                found.append((path, objects[name]))
    found.sort(key=lambda pair: pair[0])
    if len(found) > MOST_KEYS and "--keys-only" not in flags:
        raise Said(
            note=_("That is more than {most} keys; take a longer prefix, or --keys-only."), most=MOST_KEYS
        )
    if "--count-only" in flags:
        return Answer(text=str(len(found)))
    if "--keys-only" in flags:
        return Answer(text="\n".join(path for path, _obj in found[: 10 * MOST_KEYS]))
    texts = [f"{path}\n{to_json(plain_object(obj, host.release.name))}" for path, obj in found]  # type: ignore[arg-type]
    return Answer(text="\n".join(texts))
