"""What etcdctl says of the members of etcd: there is one in this model.

Columns: etcd 3.0 etcdctl/ctlv3/command/printer.go, etcd 3.6 etcdctl/ctlv3/command/printer.go.
"""

import json
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from clustersim.console.answer import Answer, Said
from clustersim.console.nodes.host import Host
from clustersim.engine.process import HUNG
from clustersim.etcd import DEFAULT_QUOTA

ENDPOINT: Final = "127.0.0.1:2379"
MEMBER: Final = "8e9e05c52164694d"
"""The id that a member has which was started without any other."""
PEER: Final = "http://localhost:2380"
TERM: Final = "2"
CLUSTER: Final = 14841639068965178418
"""The id of a cluster of that one member (cdf818194e3a8c32)."""


class Version(NamedTuple):
    """api: that of its protocol."""

    server: str
    api: str
    today: bool


def version_of(host: Host) -> Version:
    """Which etcd a release comes with: v1.36 cmd/kubeadm/app/constants, v1.7, v1.8 cluster/images/etcd."""
    return (
        Version("3.0.17", "3", today=False)
        if host.runtime == "docker"
        else Version("3.6.6", "3.6", today=True)
    )


def version(host: Host) -> Answer:
    """etcdctl version: it asks nobody."""
    own = version_of(host)
    return Answer(text=f"etcdctl version: {own.server}\nAPI version: {own.api}")


def health(host: Host) -> Answer:
    """etcdctl endpoint health. Raises Said where it does not answer."""
    etcd = host.cluster.world.etcd
    if etcd.running and etcd.store.no_space and version_of(host).today:
        raise Said(
            f"{ENDPOINT} is unhealthy: failed to commit proposal: Active Alarm(s): NOSPACE \n"
            "Error: unhealthy cluster"
        )
    if etcd.running:
        return Answer(text=f"{ENDPOINT} is healthy: successfully committed proposal: took = 1.2ms")
    connects = version_of(host).today or etcd.status.phase == HUNG
    why = (
        "commit proposal: context deadline exceeded" if connects else "connect: grpc: timed out when dialing"
    )
    raise Said(f"{ENDPOINT} is unhealthy: failed to {why}\nError: unhealthy cluster")


def status(host: Host, form: str) -> Answer:
    """etcdctl endpoint status: size, who leads, how far the log has come."""
    etcd = host.cluster.world.etcd
    own, revision = version_of(host), str(etcd.store.revision)
    size, used = etcd.store.size, etcd.in_use
    quota = etcd.flags.quota_backend_bytes or DEFAULT_QUOTA
    if form == "json":
        return Answer(text=json.dumps([_told(host)], separators=(",", ":")))
    names = ["ENDPOINT", "ID", "VERSION"]
    row = [ENDPOINT, MEMBER, own.server]
    if own.today:
        names += [
            "STORAGE VERSION",
            "DB SIZE",
            "IN USE",
            "PERCENTAGE NOT IN USE",
            "QUOTA",
            "IS LEADER",
            "IS LEARNER",
        ]
        row += [
            "3.6.0",
            _bytes(size),
            _bytes(used),
            f"{100 - 100 * used // size}%",
            _bytes(quota),
            "true",
            "false",
        ]
        names += ["RAFT TERM", "RAFT INDEX", "RAFT APPLIED INDEX", "ERRORS"]
        names += ["DOWNGRADE TARGET VERSION", "DOWNGRADE ENABLED"]
        row += [TERM, revision, revision, alarms(host), "", "false"]
    else:
        names += ["DB SIZE", "IS LEADER", "RAFT TERM", "RAFT INDEX"]
        row += [_bytes(size), "true", TERM, revision]
    return Answer(text=_printed(names, row, form))


def _told(host: Host) -> dict[str, Any]:
    """The same as JSON."""
    etcd, own, member = host.cluster.world.etcd, version_of(host), int(MEMBER, 16)
    revision, term = etcd.store.revision, int(TERM)
    header = {"cluster_id": CLUSTER, "member_id": member, "revision": revision, "raft_term": term}
    status = {"header": header, "version": own.server, "dbSize": etcd.store.size, "leader": member}
    status |= {"raftIndex": revision, "raftTerm": term}
    if own.today:
        status |= {"raftAppliedIndex": revision, "dbSizeInUse": etcd.in_use}
    return {"Endpoint": ENDPOINT, "Status": status}


def alarms(host: Host) -> str:
    """etcdctl alarm list."""
    return f"memberID:{int(MEMBER, 16)} alarm:NOSPACE " if host.cluster.world.etcd.store.no_space else ""


def _bytes(size: int) -> str:
    """As it tells sizes (go-humanize Bytes)."""
    for power, unit in ((3, "GB"), (2, "MB"), (1, "kB")):
        if size >= 1000**power:
            told = size / 1000**power
            return f"{told:.1f} {unit}" if told < 10 else f"{told:.0f} {unit}"
    return f"{size} B"


def members(host: Host, form: str) -> Answer:
    """etcdctl member list."""
    names = ["ID", "STATUS", "NAME", "PEER ADDRS", "CLIENT ADDRS"]
    row = [MEMBER, "started", "default", PEER, f"http://{ENDPOINT}"]
    if version_of(host).today:
        names, row = [*names, "IS LEARNER"], [*row, "false"]
    return Answer(text=_printed(names, row, form))


def _printed(names: Sequence[str], row: Sequence[str], form: str) -> str:
    """As one line, or as a table with a frame."""
    if form != "table":
        return ", ".join(row)
    widths = [max(len(name), len(cell)) for name, cell in zip(names, row, strict=True)]
    frame = "+".join(["", *("-" * (width + 2) for width in widths), ""])
    head = "|".join(["", *(f" {name:^{width}} " for name, width in zip(names, widths, strict=True)), ""])
    line = "|".join(["", *(f" {cell:<{width}} " for cell, width in zip(row, widths, strict=True)), ""])
    return "\n".join((frame, head, frame, line, frame))
