"""What one types on a node: curl, docker, journalctl, systemctl, iptables-save."""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from clustersim.api.timestamp import EPOCH
from clustersim.cluster import Cluster
from clustersim.command import Command
from clustersim.console.answer import Answer, Said
from clustersim.console.arguments import Flags, parse
from clustersim.console.docker import docker
from clustersim.docker.daemon import Docker
from clustersim.engine.process import STOPPED, Process
from clustersim.engine.time import SECOND, Micros
from clustersim.i18n import _
from clustersim.kubelet.healthz import healthz
from clustersim.kubelet.kubelet import Kubelet
from clustersim.kubeproxy.iptables import iptables_save

UNITS: Final = {
    "kubelet": "kubelet: The Kubernetes Node Agent",
    "docker": "Docker Application Container Engine",
    "kube-proxy": "Kubernetes Kube-Proxy Server",
}
"""Services of a node and how systemd describes them."""

ON_NODES: Final = ("curl", "docker", "hostname", "iptables-save", "journalctl", "systemctl", "uptime")
DEFAULT_LINES: Final = 30
MOST_LINES: Final = 400


def on_node(cluster: Cluster, node: str, words: Sequence[str]) -> Answer:
    """A command on that machine. Raises Said."""
    if not cluster.machines[node].state.powered:
        raise Said(
            f"Connection to {node} closed by remote host.", note=_("{node} is powered off."), node=node
        )
    verbs: dict[str, Callable[[Cluster, str, Sequence[str]], Answer]] = {
        "curl": curl, "docker": _docker, "hostname": _hostname, "iptables-save": _iptables,
        "journalctl": _journal, "systemctl": _systemctl, "uptime": _uptime,
    }  # fmt: skip
    if words[0] not in verbs:
        raise Said(
            f"-bash: {words[0]}: command not found",
            note=_("On a node this console knows {verbs}, and exit."),
            verbs=", ".join(ON_NODES),
        )
    return verbs[words[0]](cluster, node, words[1:])


def _hostname(cluster: Cluster, node: str, words: Sequence[str]) -> Answer:
    return Answer(text=node)


def _uptime(cluster: Cluster, node: str, words: Sequence[str]) -> Answer:
    up = (cluster.now - cluster.machines[node].state.since) // SECOND
    return Answer(text=f" {_clock(cluster.now)} up {up // 3600}:{up // 60 % 60:02d}")


def _docker(cluster: Cluster, node: str, words: Sequence[str]) -> Answer:
    found = cluster.process("runtime", node)
    if not isinstance(found, Docker):
        raise Said("bash: docker: command not found")
    return docker(found, words)


def _iptables(cluster: Cluster, node: str, words: Sequence[str]) -> Answer:
    return Answer(text="\n".join(iptables_save(cluster.machines[node].state.kernel_rules)))


# --- curl --------------------------------------------------------------------------------------------------

_URL: Final = re.compile(r"(?:(https?)://)?([A-Za-z0-9.-]+)(?::(\d{1,5}))?(/[^\s?]*)?(\?verbose)?\Z")
_CURL: Final = Flags(
    {"m": "max-time", "max-time": "max-time"}, {"s": "silent", "k": "insecure", "v": "verbose"}
)
_LOCAL: Final = ("127.0.0.1", "localhost")


def curl(cluster: Cluster, place: str, words: Sequence[str]) -> Answer:
    """curl of a kubelet's health, from a node or ("") from the workstation. Raises Said."""
    arguments = parse(words, _CURL)
    match = _URL.match(arguments.words[0]) if len(arguments.words) == 1 else None
    if match is None:
        raise Said(note=_("This console asks for health: curl 127.0.0.1:10248/healthz"))
    scheme, host, port_text, path, verbose = match.groups()
    port = int(port_text or (443 if scheme == "https" else 80))
    asked = _machine(cluster, place, host)
    failed = f"curl: (7) Failed to connect to {host} port {port}: "
    if asked is None and host in _LOCAL:
        raise Said(f"{failed}Connection refused", note=_("Here is no kubelet: it is on the nodes."))
    if asked is None:
        raise Said(f"curl: (6) Could not resolve host: {host}")
    kubelet = cluster.process("kubelet", asked)
    assert isinstance(kubelet, Kubelet)
    if asked != place:
        _reach(cluster, place, asked, failed)
    if port == kubelet.flags.healthz_port and (asked != place or host not in _LOCAL):
        raise Said(
            f"{failed}Connection refused",
            note=_("The kubelet serves port {port} on 127.0.0.1 of its own machine only."),
            port=port,
        )
    if port == kubelet.flags.port and kubelet.listening:
        raise Said(
            note=_("Port {port} wants TLS and a certificate; ask 10248 on the node itself."), port=port
        )
    if (path or "/") not in ("/healthz", "/healthz/"):
        raise Said(note=_("This console asks for health: curl 127.0.0.1:10248/healthz"))
    health = healthz(kubelet, port, verbose=bool(verbose))
    return Answer(text=health.body.replace("127.0.0.1", host), ok=health.status == 200)


def _machine(cluster: Cluster, place: str, host: str) -> str | None:
    if host in _LOCAL:
        return place or None
    for name, machine in cluster.machines.items():
        if host in (name, machine.ip):
            return name
    return None


def _reach(cluster: Cluster, place: str, asked: str, failed: str) -> None:
    """Raises Said where no packet gets through."""
    if not cluster.machines[asked].state.powered:
        raise Said(f"{failed}No route to host")
    cut = cluster.network.state.cut
    if asked in cut or place in cut:
        raise Said(f"{failed}Connection timed out")


# --- systemd -----------------------------------------------------------------------------------------------


def _unit(cluster: Cluster, node: str, name: str) -> Process:
    name = name.removesuffix(".service")
    if name not in UNITS:
        raise Said(
            f"Failed to get properties: Unit {name}.service not found.",
            note=_("On a node there are the units {units}."),
            units=", ".join(UNITS),
        )
    return cluster.process(name, node)


_SYSTEMCTL: Final = Flags({}, {"no-pager": "no-pager", "l": "full"})


def _systemctl(cluster: Cluster, node: str, words: Sequence[str]) -> Answer:
    arguments = parse(words, _SYSTEMCTL)
    if len(arguments.words) != 2 or arguments.words[0] not in (
        "status",
        "start",
        "stop",
        "restart",
        "is-active",
    ):
        raise Said(note=_("This console knows systemctl start, stop, restart, status and is-active."))
    verb, name = arguments.words
    unit = _unit(cluster, node, name)
    active = unit.status.phase != STOPPED
    if verb == "is-active":
        return Answer(text="active" if active else "inactive", ok=active)
    if verb == "status":
        return Answer(text=status(unit, cluster.now), ok=active)
    steps = []
    if verb in ("stop", "restart") and active:
        steps.append(Command(f"stop-{unit.kind}", node))
    if verb == "restart" or (verb == "start" and not active):
        steps.append(Command(f"start-{unit.kind}", node))
    return Answer(commands=tuple(steps))


def status(unit: Process, now: Micros) -> str:
    """systemctl status: the unit, since when, and the last lines of its journal."""
    since = unit.status.since
    if unit.status.phase != STOPPED:
        active = "active (running)"
    else:
        active = "failed (Result: exit-code)" if unit.status.exited else "inactive (dead)"
    lines = [
        f"● {unit.kind}.service - {UNITS[unit.kind]}",
        f"   Loaded: loaded (/etc/systemd/system/{unit.kind}.service; enabled; vendor preset: disabled)",
        f"   Active: {active} since {_date(since)}; {_ago(now - since)} ago",
    ]
    if unit.status.phase != STOPPED:
        lines.append(f" Main PID: ({unit.kind})")
    return "\n".join([*lines, "", *journal(unit, 10)])


_JOURNAL: Final = Flags(
    {"u": "unit", "unit": "unit", "n": "lines", "lines": "lines"}, {"no-pager": "no-pager", "e": "end"}
)


def _journal(cluster: Cluster, node: str, words: Sequence[str]) -> Answer:
    arguments = parse(words, _JOURNAL)
    name, count = arguments.value("unit"), arguments.value("lines", str(DEFAULT_LINES))
    if not name or arguments.words or not count.isdigit():
        raise Said(note=_("This console knows journalctl -u UNIT [-n LINES]."))
    unit = _unit(cluster, node, name)
    lines = journal(unit, min(int(count), MOST_LINES))
    return Answer(text="\n".join(lines) if lines else "-- No entries --")


def journal(unit: Process, count: int) -> list[str]:
    """The last lines of a process's journal, as journalctl prints them."""
    kept = unit.status.journal[-count:] if count else []
    return [f"{_stamp(t)} {unit.machine} {unit.kind}: {text}" for t, text in kept]


def _stamp(t: Micros) -> str:
    return (EPOCH + timedelta(microseconds=t)).strftime("%b %d %H:%M:%S")


def _clock(t: Micros) -> str:
    return (EPOCH + timedelta(microseconds=t)).strftime("%H:%M:%S")


def _date(t: Micros) -> str:
    return (EPOCH + timedelta(microseconds=t)).strftime("%a %Y-%m-%d %H:%M:%S UTC")


def _ago(span: Micros) -> str:
    seconds = max(0, span) // SECOND
    if seconds < 60:
        return f"{seconds}s"
    return (
        f"{seconds // 60}min {seconds % 60}s"
        if seconds < 3600
        else f"{seconds // 3600}h {seconds // 60 % 60}min"
    )
