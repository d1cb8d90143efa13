"""The network as a machine sees it: ping, ip, ifconfig, tc."""

import re
from collections.abc import Sequence
from ipaddress import IPv4Network
from typing import Final

from clustersim.command import Command
from clustersim.console.answer import Answer, Said
from clustersim.console.nodes.host import Host
from clustersim.containerd.daemon import Containerd
from clustersim.digits import is_whole
from clustersim.docker.daemon import Docker
from clustersim.i18n import _
from clustersim.machine import ADDRESS_OF_MASTER

_BRIDGES: Final = {"docker0": Docker.network_prefix, "cni0": Containerd.network_prefix}


_COUNTED: Final = re.compile(r"-c\d+").fullmatch


def ping(host: Host | None, cluster_host: Host, words: Sequence[str]) -> Answer:
    """ping [-c N] HOST. Raises Said."""
    words = [part for word in words for part in (("-c", word[2:]) if _COUNTED(word) else (word,))]
    names = [
        word
        for index, word in enumerate(words)
        if not word.startswith("-") and (index == 0 or words[index - 1] not in ("-c", "-i", "-W", "-w"))
    ]
    counts = [
        words[index + 1]
        for index, word in enumerate(words[:-1])
        if word == "-c" and is_whole(words[index + 1])
    ]
    count = min(int(counts[0]), 10) if counts else 3
    if len(names) != 1:
        raise Said("ping: usage error: Destination address required")
    cluster, name = cluster_host.cluster, names[0]
    address, target = _address(cluster_host, name)
    if address is None:
        raise Said(f"ping: {name}: Name or service not known")
    is_away = cluster.network.is_away
    here = host.name if host is not None else ""
    lost = target is not None and (
        not cluster.machines[target].state.powered or (is_away(target) and target != here)
    )
    lost = lost or (is_away(here) and target != here) or (target is None and address != ADDRESS_OF_MASTER)
    head = f"PING {name} ({address}) 56(84) bytes of data."
    answers = (
        []
        if lost
        else [
            f"64 bytes from {address}: icmp_seq={number} ttl=64 time=0.3 ms" for number in range(1, count + 1)
        ]
    )
    summary = (
        f"{count} packets transmitted, {len(answers)} received, {100 if lost else 0}% packet loss, "
        f"time {(count - 1) * 1000}ms"
    )
    return Answer(
        text="\n".join([head, *answers, "", f"--- {name} ping statistics ---", summary]), ok=not lost
    )


def _address(host: Host, name: str) -> tuple[str | None, str | None]:
    """The address, and whose machine it leads to."""
    if name in ("localhost", "127.0.0.1"):
        return "127.0.0.1", host.name if not host.is_master else None
    for node, machine in host.cluster.machines.items():
        if name in (node, machine.ip):
            return machine.ip, node
        disk = machine.state.disk.get("runtime")
        if disk is not None and any(box.ip == name and box.ready for box in disk.sandboxes.values()):
            return name, node
    if name in ("master", ADDRESS_OF_MASTER):
        return ADDRESS_OF_MASTER, None
    return (
        (name, None)
        if all(is_whole(part) for part in name.split(".")) and name.count(".") == 3
        else (None, None)
    )


def ip(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """ip addr, ip route, ip link. Raises Said."""
    verb = next((word for word in words if not word.startswith("-")), "addr")
    node = host.cluster.object("nodes", host.name)
    cidr = node.spec.pod_cidr if node is not None else ""
    bridge = "docker0" if host.runtime == "docker" else "cni0"
    if verb in ("a", "addr", "address"):
        lines = [
            "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN",
            "    inet 127.0.0.1/8 scope host lo",
            "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc pfifo_fast state UP",
            f"    inet {host.ip}/16 brd 10.0.255.255 scope global eth0",
        ]
        if not host.is_master:
            lines.append(f"3: {bridge}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP")
        return Answer(text="\n".join(lines))
    if verb in ("r", "route"):
        lines = [f"10.0.0.0/16 dev eth0 proto kernel scope link src {host.ip}"]
        if not host.is_master and cidr:
            lines.append(f"{cidr} dev {bridge} proto kernel scope link")
        return Answer(text="\n".join(lines))
    if verb in ("l", "link"):
        rest = [word for word in words if word not in (verb, "dev")]
        if rest[:1] == ["set"]:
            return _switched(host, rest[1:2], rest[2:])
        return Answer(
            text="1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536\n2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> "
            "mtu 1500"
        )
    raise Said(
        f'Object "{verb}" is unknown, try "ip help".',
        note=_("This console knows ip addr, ip route and ip link."),
    )


def ifconfig(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """ifconfig [NAME], as net-tools prints it. Raises Said."""
    bridge = "docker0" if host.runtime == "docker" else "cni0"
    found = {
        "eth0": f"""eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500
        inet {host.ip}  netmask 255.255.0.0  broadcast 10.0.255.255""",
        "lo": """lo: flags=73<UP,LOOPBACK,RUNNING>  mtu 65536
        inet 127.0.0.1  netmask 255.0.0.0""",
    }
    if not host.is_master:
        node = host.cluster.object("nodes", host.name)
        cidr = host.machine.state.pod_cidr or (node.spec.pod_cidr if node is not None else "")
        own = IPv4Network(cidr or f"{_BRIDGES[bridge]}.{host.machine.number % 256}.0/24")
        inet = f"inet {own[1]}  netmask {own.netmask}  broadcast {own.broadcast_address}"
        found = {
            bridge: f"{bridge}: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500\n        {inet}",
            **found,
        }
    names = [word for word in words if not word.startswith("-")]
    if names[1:] in (["up"], ["down"]):
        return _switched(host, names[:1], names[1:])
    for name in names:
        if name not in found:
            raise Said(f"{name}: error fetching interface information: Device not found")
    return Answer(text="\n\n".join(found[name] for name in (names or found)))


def _switched(host: Host, device: Sequence[str], state: Sequence[str]) -> Answer:
    """The card of a machine goes up or down: ip link set eth0 down, ifconfig eth0 up. Raises Said."""
    if list(device) != ["eth0"]:
        raise Said(f'Cannot find device "{" ".join(device)}"')
    if list(state) not in (["up"], ["down"]):
        raise Said(note=_("This console knows ip link set eth0 down, and up."))
    if host.is_master:
        raise Said(note=_("The machine of the control plane stays connected; cut off the nodes instead."))
    disturbed = host.cluster.network.is_disturbed(host.name)
    if disturbed is (state[0] == "down"):
        return Answer()
    return Answer(commands=(Command("heal-network" if disturbed else "cut-network", host.name),))


_DELAY: Final = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)(ms|s|sec|msec)?")


def tc(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """tc qdisc add dev eth0 root netem delay 200ms; tc qdisc del dev eth0 root; tc qdisc show."""
    match list(words):
        case ["qdisc", "add" | "change" | "replace", "dev", "eth0", "root", "netem", "delay", delay, *_rest]:
            found = _DELAY.fullmatch(delay)
            if found is None:
                raise Said(f'Illegal "latency"\nWhat is "{delay}"?')
            milliseconds = round(float(found[1]) * (1000 if (found[2] or "ms").startswith("s") else 1))
        case ["qdisc", "del" | "delete", "dev", "eth0", "root", *_rest]:
            milliseconds = 0
        case ["qdisc"] | ["qdisc", "show" | "ls", *_]:
            delayed = host.cluster.network.state.delay.get(host.name, 0)
            kind = f"netem 8001: root refcnt 2 limit 1000 delay {delayed / 1000:.1f}ms" if delayed else ""
            return Answer(text=f"qdisc {kind or 'pfifo_fast 0: root refcnt 2 bands 3'}")
        case _:
            raise Said(note=_("This console knows tc qdisc add dev eth0 root netem delay 200ms, and del."))
    if host.is_master:
        raise Said(note=_("The machine of the control plane stays connected; cut off the nodes instead."))
    return Answer(commands=(Command("slow-network", host.name, {"delay_ms": milliseconds}),))
