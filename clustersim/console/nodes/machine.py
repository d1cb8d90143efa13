"""One command on a machine: who answers it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from clustersim.console.answer import Answer, Said
from clustersim.console.nodes import (
    crictl,
    ctr,
    curl,
    docker,
    etcdctl,
    firewall,
    lookup,
    network,
    processes,
    reading_files,
    sockets,
    swap,
    system,
    systemd,
    unit_files,
)
from clustersim.console.nodes.host import MASTER_NAME, Host
from clustersim.console.nodes.machine_files import MachineFiles
from clustersim.console.nodes.names import ELSEWHERE, known_on, nearest
from clustersim.console.shell import file_commands
from clustersim.i18n import _

if TYPE_CHECKING:
    from clustersim.cluster import Cluster

Verb = Callable[[Host, Sequence[str], str], Answer]

_VERBS: Final[dict[str, Verb]] = {
    "crictl": crictl.crictl,
    "ctr": ctr.ctr,
    "curl": lambda host, words, _stdin: curl.curl(host, host, words),
    "date": system.date,
    "dd": system.dd,
    "df": system.df,
    "dmesg": system.dmesg,
    "docker": docker.docker,
    "etcdctl": etcdctl.etcdctl,
    "fallocate": system.fallocate,
    "free": system.free,
    "halt": system.poweroff,
    "hostname": system.hostname,
    "ifconfig": network.ifconfig,
    "ip": network.ip,
    "iptables": firewall.iptables,
    "iptables-save": firewall.iptables_save,
    "journalctl": systemd.journalctl,
    "kill": processes.kill,
    "killall": processes.pkill,
    "netstat": sockets.netstat,
    "nft": firewall.nft,
    "nproc": system.nproc,
    "nslookup": lookup.nslookup,
    "pgrep": processes.pgrep,
    "pidof": processes.pidof,
    "ping": lambda host, words, _stdin: network.ping(host, host, words),
    "pkill": processes.pkill,
    "poweroff": system.poweroff,
    "ps": processes.ps,
    "reboot": system.reboot,
    "shutdown": system.shutdown,
    "ss": sockets.ss,
    "stress": system.stress,
    "stress-ng": system.stress,
    "swapoff": swap.swapoff,
    "swapon": swap.swapon,
    "tc": network.tc,
    "top": processes.top,
    "uname": system.uname,
    "uptime": system.uptime,
}


def host_named(cluster: "Cluster", name: str) -> Host | None:
    """The machine called so: a node, or the master."""
    if name in cluster.machines or name == MASTER_NAME:
        return Host(cluster, name)
    return None


def on_host(host: Host, words: Sequence[str], stdin: str, files: MachineFiles) -> Answer:
    """A command there. files: of that machine. Raises Said."""
    if not host.machine.state.powered:
        raise Said(
            f"Connection to {host.name} closed by remote host.",
            note=_("{node} is powered off."),
            node=host.name,
        )
    verb = words[0]
    if verb in reading_files.READERS:
        return reading_files.read(host, files, words, stdin)
    if verb == "cat":
        return reading_files.cat(files, words[1:], stdin)
    if verb in file_commands.VERBS:
        answer = file_commands.VERBS[verb](files, words[1:], stdin)
        return replace(answer, commands=tuple(files.commands), note=files.note)
    if verb == "systemctl":
        return unit_files.systemctl(host, files, words[1:], stdin)
    if verb == "service":
        return systemd.service(host, words[1:], lambda told: unit_files.systemctl(host, files, told, stdin))
    known = known_on(host)
    if verb not in known or verb not in _VERBS:
        raise Said(f"-bash: {verb}: command not found", **_hint(host, verb, known))
    return _VERBS[verb](host, list(words[1:]), stdin)


def _hint(host: Host, verb: str, known: tuple[str, ...]) -> dict[str, str]:
    """What comes nearest to a command that is not here."""
    if verb in ELSEWHERE:
        runtime = "docker" if host.runtime == "docker" else "crictl"
        if verb == "etcdctl":
            return {"note": _("etcd is on the master: ssh master.")}
        if not host.is_master and verb in ("docker", "crictl", "ctr"):
            return {
                "note": _("Containers are run by {runtime} here: {command} ps."),
                "runtime": host.runtime,
                "command": runtime,
            }
        if host.is_master:
            return {"note": _("{verb} is on the nodes: ssh to one first."), "verb": verb}
    if verb == "kubectl":
        return {"note": _("kubectl is on the workstation: exit first.")}
    close = nearest(verb, known)
    if close:
        return {"note": _("Did you mean {nearest}?"), "nearest": close}
    return {"note": _("Here this console knows {verbs}."), "verbs": ", ".join(known)}
