"""etcdctl on the master: what is in etcd, by key."""

from collections.abc import Sequence
from typing import Any, Final

from clustersim.command import Command
from clustersim.console.answer import Answer, Said
from clustersim.console.arguments import Flags, parse
from clustersim.console.nodes import etcd_members
from clustersim.console.nodes.host import Host
from clustersim.digits import is_whole
from clustersim.engine.process import HUNG
from clustersim.etcd import NO_SPACE
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


_FLAGS: Final = Flags(
    {
        **{name: name for name in ("endpoints", "cacert", "cert", "key", "limit", "command-timeout")},
        "w": "write-out",
        "write-out": "write-out",
    },
    {name: name for name in ("prefix", "keys-only", "count-only", "print-value-only", "cluster")},
)


def etcdctl(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """etcdctl get KEY [--prefix --keys-only], ls, endpoint health, member list. Raises Said."""
    etcd = host.cluster.world.etcd
    arguments = parse([word for word in words if word != "--"], _FLAGS)
    verbs, form = list(arguments.words), arguments.value("write-out", "simple")
    if verbs == ["version"]:
        return etcd_members.version(host)
    if verbs in (["endpoint", "health"], ["cluster-health"]):
        return etcd_members.health(host)
    if etcd.status.phase == HUNG:
        raise Said("Error: context deadline exceeded")
    if not etcd.running:
        raise Said("Error: dial tcp 127.0.0.1:2379: getsockopt: connection refused")
    if (done := _maintained(host, verbs)) is not None:
        return done
    flags = [f"--{name}" for name in arguments.on]
    match verbs:
        case ["get", key]:
            return _get(host, key, flags)
        case ["ls"] | ["ls", _]:
            key = verbs[1] if len(verbs) > 1 else PREFIX
            return _get(host, key.rstrip("/") + "/", [*flags, "--prefix", "--keys-only"])
        case ["endpoint", "status"]:
            return etcd_members.status(host, form)
        case ["member", "list"]:
            return etcd_members.members(host, form)
        case ["member" | "move-leader", *_]:
            raise Said(
                note=_(
                    "etcd has one member in this model: there is no other to vote with it or to take over. "
                    "Stop it, freeze it, or look at it: endpoint health, endpoint status, member list."
                )
            )
    raise Said(
        note=_(
            "This console knows etcdctl get KEY [--prefix] [--keys-only], endpoint health, endpoint status, "
            "member list, compact, defrag, alarm list and disarm; writing is left to kubectl."
        )
    )


def _maintained(host: Host, verbs: Sequence[str]) -> Answer | None:
    """What is asked or done about the room that it takes; None: it is another command. Raises Said."""
    match verbs:
        case ["alarm", "list"]:
            return Answer(text=etcd_members.alarms(host))
        case ["alarm", "disarm"]:
            told = etcd_members.alarms(host)
            return Answer(text=told, commands=(Command("disarm-etcd", "etcd"),) if told else ())
        case ["compact" | "compaction", revision] if is_whole(revision) and len(revision) < 16:
            return _compact(host, int(revision))
        case ["defrag"]:
            took = ". took 5.1ms" if etcd_members.version_of(host).today else ""
            text = f"Finished defragmenting etcd member[{etcd_members.ENDPOINT}]{took}"
            return Answer(text=text, commands=(Command("defragment-etcd", "etcd"),))
        case ["put", _, *_rest] if host.cluster.world.etcd.is_full:
            raise Said(f"Error: {NO_SPACE}")
    return None


def _compact(host: Host, revision: int) -> Answer:
    store = host.cluster.world.etcd.store
    if revision > store.revision:
        raise Said("Error: etcdserver: mvcc: required revision is a future revision")
    if revision <= max(store.compacted, store.forgotten):
        raise Said("Error: etcdserver: mvcc: required revision has been compacted")
    command = Command("compact-etcd", "etcd", {"revision": revision})
    return Answer(text=f"compacted revision {revision}", commands=(command,))


def _get(host: Host, key: str, flags: Sequence[str]) -> Answer:
    prefix = "--prefix" in flags
    found: list[tuple[str, Any]] = []
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
    texts = [f"{path}\n{to_json(plain_object(obj, host.release.name))}" for path, obj in found]
    return Answer(text="\n".join(texts))
