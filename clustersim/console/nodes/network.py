"""The network as a machine sees it: ping, ip, ss and netstat, iptables-save, nft."""

from collections.abc import Sequence
from ipaddress import IPv4Network
from typing import Final

from clustersim.console.answer import Answer, Said
from clustersim.console.nodes.host import Host
from clustersim.containerd.daemon import Containerd
from clustersim.digits import is_whole
from clustersim.docker.daemon import Docker
from clustersim.engine.process import STOPPED
from clustersim.flags.setting import ALL_INTERFACES
from clustersim.i18n import _
from clustersim.kubeproxy.proxy import KubeProxy
from clustersim.machine import ADDRESS_OF_MASTER

_BRIDGES: Final = {"docker0": Docker.network_prefix, "cni0": Containerd.network_prefix}


def ping(host: Host | None, cluster_host: Host, words: Sequence[str]) -> Answer:
    """ping [-c N] HOST. Raises Said."""
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
    for name in names:
        if name not in found:
            raise Said(f"{name}: error fetching interface information: Device not found")
    return Answer(text="\n\n".join(found[name] for name in (names or found)))


def ss(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """ss -tnlp and netstat -tnlp: who listens, and who is connected to the API server."""
    flags = "".join(words)
    lines = ["State      Recv-Q Send-Q Local Address:Port               Peer Address:Port"]
    listening: list[str] = []
    for unit, process in host.running():
        if not process.listening:
            continue
        for listener in process.listeners():
            where = "*" if listener.bind == ALL_INTERFACES else listener.bind
            local = f"{where}:{listener.port}"
            users = f'users:(("{unit}",pid={host.pid(unit)},fd=3))' if "p" in flags else ""
            listening.append(f"LISTEN     0      128    {local:<31} *:*  {users}".rstrip())
    connected: list[str] = []
    if not host.is_master:
        server = host.cluster.process("apiserver")
        for index, (unit, _process) in enumerate(host.running()):
            if unit in ("kubelet", "kube-proxy") and server.status.phase != STOPPED:
                local = f"{host.ip}:{40000 + index}"
                users = f'users:(("{unit}",pid={host.pid(unit)},fd=5))' if "p" in flags else ""
                connected.append(
                    f"ESTAB      0      0      {local:<31} {ADDRESS_OF_MASTER}:6443  {users}".rstrip()
                )
    shown = listening if "l" in flags else [*listening, *connected] if "a" in flags else connected
    return Answer(text="\n".join([*lines, *shown]))


def iptables(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """iptables-save [-t TABLE]; iptables -t nat -S. Raises Said."""
    if words and "-S" not in words and "-t" not in words and "-L" not in words:
        raise Said(note=_("This console shows the rules as iptables-save writes them."))
    lines = _printed(host, "iptables-save")
    if "-t" in words[:-1]:
        lines = _table(lines, words[words.index("-t") + 1])
    return Answer(text="\n".join(lines))


def _printed(host: Host, command: str) -> list[str]:
    """What a command prints of the rules that kube-proxy has written; they stay when that has ended."""
    if host.is_master:
        return []
    proxy = host.cluster.process("kube-proxy", host.name)
    assert isinstance(proxy, KubeProxy)
    return proxy.printed(command) or []


def _table(lines: Sequence[str], table: str) -> list[str]:
    found: list[str] = []
    for line in lines:
        if line.startswith("*") and found:
            break
        if found or line == f"*{table}":
            found.append(line)
    return found


def nft(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """nft list ruleset: the rules of kube-proxy in its nftables mode. Raises Said."""
    if list(words[:2]) not in (["list", "ruleset"], ["list", "table"], ["list", "tables"]):
        raise Said(note=_("This console knows nft list ruleset."))
    lines = _printed(host, "nft list ruleset")
    if not lines and not host.is_master and host.machine.state.kernel_rules:
        return Answer(text="# rules are those of iptables: see iptables-save")
    return Answer(text="\n".join(lines))
