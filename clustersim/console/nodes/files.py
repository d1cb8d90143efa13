"""Files of a machine that matter here, and that it writes itself."""

from collections.abc import Callable
from functools import partial
from typing import Final

from clustersim.api.quantity import millicores
from clustersim.console.nodes.host import Host
from clustersim.console.nodes.system import memory_used
from clustersim.console.nodes.systemd import stamp, unit_file
from clustersim.engine.time import SECOND
from clustersim.flags import docker_configuration, kubelet_configuration
from clustersim.flags.configuration import DAEMON_JSON, KUBELET_CONFIG
from clustersim.machine import ADDRESS_OF_MASTER


def _os_release(host: Host) -> str:
    node = host.cluster.object("nodes", host.name)
    name = node.status.node_info.os_image if node is not None else "Linux"
    return f'PRETTY_NAME="{name}"\nNAME="{name}"'


def _hosts(host: Host) -> str:
    rows = ["127.0.0.1   localhost", f"{host.ip}   {host.name}"]
    return "\n".join(
        [
            *rows,
            *(
                f"{machine.ip}   {name}"
                for name, machine in host.cluster.machines.items()
                if name != host.name
            ),
        ]
    )


def _meminfo(host: Host) -> str:
    total = host.machine.memory_mib * 1024
    return f"MemTotal:       {total:>9} kB\nMemFree:        {total - memory_used(host) * 1024:>9} kB"


def _filesystems(host: Host) -> str:
    """What docker asks before it takes a storage driver."""
    kernel = host.machine.state.kernel
    major, minor = (int(part) for part in kernel.split(".")[:2])
    overlay = (major, minor) >= (3, 18) or kernel.startswith("3.10.0-")
    names = [
        "nodev\tproc",
        "nodev\tsysfs",
        "nodev\ttmpfs",
        "\text4",
        "\txfs",
        *(["nodev\toverlay"] if overlay else []),
    ]
    return "\n".join(names)


def _cpuinfo(host: Host) -> str:
    count = max(1, min(256, millicores(host.machine.cpu) // 1000))
    return "\n\n".join(f"processor\t: {number}\nmodel name\t: virtual CPU" for number in range(count))


def _daemon_json(host: Host) -> str:
    flags = host.cluster.world.flags_of(host.cluster.scenario.node(host.name))
    return docker_configuration.written(flags.docker, host.release.flags.docker)


def _kubelet_config(host: Host) -> str:
    flags = host.cluster.world.flags_of(host.cluster.scenario.node(host.name))
    return kubelet_configuration.written(flags.kubelet, host.release.flags.kubelet)


_FILES: Final[dict[str, Callable[[Host], str]]] = {
    "/etc/hostname": lambda host: host.name,
    "/etc/hosts": _hosts,
    "/etc/os-release": _os_release,
    "/proc/cpuinfo": _cpuinfo,
    "/proc/filesystems": _filesystems,
    "/proc/meminfo": _meminfo,
    "/proc/sys/net/ipv4/tcp_retries2": lambda host: "15",
    "/proc/swaps": lambda host: "\n".join(host.machine.swaps),
    "/proc/uptime": lambda host: f"{(host.now - host.machine.state.since) / SECOND:.2f} 0.00",
    "/proc/version": lambda host: f"Linux version {host.machine.state.kernel}",
}
_CONFIGURATIONS: Final = {
    "docker": (DAEMON_JSON, _daemon_json),
    "containerd": (KUBELET_CONFIG, _kubelet_config),
}
"""The file of settings on nodes of each runtime; kubelets of the years of docker have flags only."""


def _kubelet_conf(host: Host) -> str:
    """How the kubelet finds the API server (kubeadm phases/kubeconfig)."""
    port = host.cluster.world.apiserver.flags.secure_port
    user = f"system:node:{host.name}"
    return "\n".join(
        (
            "apiVersion: v1",
            "clusters:",
            "- cluster:",
            "    certificate-authority: /etc/kubernetes/pki/ca.crt",
            f"    server: https://{ADDRESS_OF_MASTER}:{port}",
            "  name: kubernetes",
            "contexts:",
            "- context:",
            "    cluster: kubernetes",
            f"    user: {user}",
            f"  name: {user}@kubernetes",
            f"current-context: {user}@kubernetes",
            "kind: Config",
            "preferences: {}",
            "users:",
            f"- name: {user}",
            "  user:",
            "    client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem",
            "    client-key: /var/lib/kubelet/pki/kubelet-client-current.pem",
        )
    )


def files_of(host: Host) -> dict[str, Callable[[Host], str]]:
    """The files that can be read here."""
    found = dict(_FILES)
    if not host.is_master:
        found["/etc/kubernetes/kubelet.conf"] = _kubelet_conf
        path, write = _CONFIGURATIONS[host.runtime]
        found[path] = write
    for unit in host.units():
        found[f"/etc/systemd/system/{unit}.service"] = partial(unit_file, unit=unit)
        found[f"/var/log/{unit}.log"] = partial(_log, unit=unit)
    return found


def _log(host: Host, unit: str) -> str:
    journal = host.process(unit).journal[-100:]
    return "\n".join(f"{stamp(host.machine.wall(line.t))} {line.text}" for line in journal)


def text_of(host: Host, path: str) -> str | None:
    """What is in a file that the machine writes; None: there is none."""
    found = files_of(host).get(path)
    return None if found is None else found(host)
