"""ss and netstat: who listens on a machine, and which TCP connections lead to the API server.

Source: iproute2 misc/ss.c (print_ms_timer), net-tools netstat.c; recorded with the network cuts of v1.7.5 and
v1.8.0.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from clustersim.console.answer import Answer
from clustersim.console.nodes.host import Host
from clustersim.engine.process import RUNNING, STOPPED, Process
from clustersim.engine.time import MILLISECOND, SECOND, Micros
from clustersim.flags.setting import ALL_INTERFACES
from clustersim.machine import ADDRESS_OF_MASTER
from clustersim.network.sockets import Connection, Timer, connections_of

_PORT: Final = 6443
_SIZE_UP: Final = {False: 208, True: 126}
_SIZE_DOWN: Final = 1110
"""Bytes of a piece that waits, as recorded: a heartbeat by HTTP/1.1, by HTTP/2; what a watch tells."""
_MOST: Final = 500
"""Connections that are listed."""
_STATES: Final = {"ESTAB": "ESTABLISHED", "SYN-SENT": "SYN_SENT", "LISTEN": "LISTEN"}


class _Row(NamedTuple):
    state: str
    receives: int
    sends: int
    local: str
    peer: str
    unit: str
    pid: int
    fd: int
    timer: Timer | None = None


def ss(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """ss -tnlpo."""
    flags = "".join(word for word in words if word.startswith("-"))
    lines = ["State      Recv-Q Send-Q Local Address:Port               Peer Address:Port"]
    for row in _shown(host, flags):
        users = f'users:(("{row.unit}",pid={row.pid},fd={row.fd}))' if "p" in flags else ""
        timer = _ss_timer(row.timer) if "o" in flags and row.timer is not None else ""
        ends = f"{row.local:<31} {row.peer:<18} {users} {timer}"
        lines.append(f"{row.state:<10} {row.receives:<6} {row.sends:<6} {ends}".rstrip())
    return Answer(text="\n".join(lines))


def netstat(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """netstat -tnlpo."""
    flags = "".join(word for word in words if word.startswith("-"))
    which = "only servers" if "l" in flags else "servers and established" if "a" in flags else "w/o servers"
    head = "Proto Recv-Q Send-Q Local Address           Foreign Address         State      "
    head += " PID/Program name   " if "p" in flags else ""
    lines = [f"Active Internet connections ({which})", head + (" Timer" if "o" in flags else "")]
    for row in _shown(host, flags):
        local, peer = (end.replace("*:", "0.0.0.0:", 1) for end in (row.local, row.peer))
        program = f" {f'{row.pid}/{row.unit}':<19}" if "p" in flags else ""
        timer = f" {_netstat_timer(row.timer)}" if "o" in flags else ""
        ends = f"{local:<23} {peer:<23} {_STATES[row.state]:<11}"
        lines.append(f"tcp   {row.receives:>6} {row.sends:>6} {ends}{program}{timer}".rstrip())
    return Answer(text="\n".join(lines))


def _shown(host: Host, flags: str) -> list[_Row]:
    if "l" in flags:
        return list(_listening(host))
    connected = list(_at_server(host) if host.is_master else _at_client(host))[:_MOST]
    return [*_listening(host), *connected] if "a" in flags else connected


def _listening(host: Host) -> Iterator[_Row]:
    for unit, process in host.running():
        if not process.listening:
            continue
        for listener in process.listeners():
            where = "*" if listener.bind == ALL_INTERFACES else listener.bind
            yield _Row("LISTEN", 0, 128, f"{where}:{listener.port}", "*:*", unit, host.pid(unit), 3)


def _at_client(host: Host) -> Iterator[_Row]:
    size = _SIZE_UP[host.cluster.network.multiplexed]
    for unit, process in host.running():
        for fd, one in enumerate(_connections(host, process), 5):
            local, peer = f"{host.ip}:{one.port}", f"{ADDRESS_OF_MASTER}:{_PORT}"
            yield _Row(one.state, 0, one.up * size, local, peer, unit, host.pid(unit), fd, one.of_client)


def _at_server(host: Host) -> Iterator[_Row]:
    pid = host.pid("kube-apiserver")
    fd = 5
    for name, machine in host.cluster.machines.items():
        for _unit, process in Host(host.cluster, name).running():
            for one in _connections(host, process):
                if one.state != "ESTAB":
                    continue
                local, peer = f"{ADDRESS_OF_MASTER}:{_PORT}", f"{machine.ip}:{one.port}"
                sends = one.down * _SIZE_DOWN
                yield _Row(one.state, 0, sends, local, peer, "kube-apiserver", pid, fd, one.of_server)
                fd += 1


def _connections(host: Host, client: Process) -> list[Connection]:
    """Those of a kubelet or a kube-proxy to an API server that runs."""
    server = host.cluster.world.apiserver
    if client.kind not in ("kubelet", "kube-proxy") or client.status.phase == STOPPED:
        return []
    if server.status.phase != RUNNING:
        return []
    return connections_of(host.cluster.network, client, server.streams.of(client.name))


def _ss_timer(timer: Timer) -> str:
    return f"timer:({timer.kind},{_ss_time(timer.left)},{timer.times})"


def _ss_time(left: Micros) -> str:
    """As print_ms_timer writes it: below ten seconds "4.632ms"."""
    seconds, milliseconds = left // SECOND, left % SECOND // MILLISECOND
    minutes, seconds = divmod(seconds, 60)
    told = f"{minutes}min" if minutes else ""
    if not minutes and seconds <= 9 and milliseconds:
        return f"{seconds}.{milliseconds:03d}ms" if seconds else f"{milliseconds}ms"
    return told + (f"{seconds}sec" if seconds or not minutes else "")


def _netstat_timer(timer: Timer | None) -> str:
    if timer is None:
        return "off (0.00/0/0)"
    left = f"{timer.left / SECOND:.2f}"
    return f"{timer.kind} ({left}/{timer.times}/0)" if timer.kind == "on" else f"keepalive ({left}/0/0)"
