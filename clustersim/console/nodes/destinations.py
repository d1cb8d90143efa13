"""Where an address and a port lead, seen from a machine: to a Service, to a container by its host port, to a
pod."""

from collections.abc import Iterator

from clustersim.console.nodes.asked import Asked
from clustersim.console.nodes.host import Host
from clustersim.kubeproxy.rules import Backend, PortRules
from clustersim.machine import Machine
from clustersim.runtime.listening import listening
from clustersim.runtime.records import RuntimeDisk
from clustersim.runtime.usage import running_on


def service_rules(host: Host, asked: Asked) -> PortRules | None:
    """The rules of the Service with that cluster IP, as this node's kernel has them."""
    here = (asked.host, asked.port, asked.protocol)
    return next((r for r in _rules(host) if (r.cluster_ip, r.port, r.protocol) == here), None)


def outside_rules(host: Host, address: str, asked: Asked) -> PortRules | None:
    """The rules of the Service that has that address outside, its own or that of its balancer, as this node's
    kernel has them."""
    here = (asked.port, asked.protocol)
    for rules in _rules(host):
        if (rules.port, rules.protocol) == here and address in (*rules.external_ips, *rules.balancers):
            return rules
    return None


def node_port_rules(target: Host, port: int) -> PortRules | None:
    """The rules of the Service with that node port."""
    return next((rules for rules in _rules(target) if rules.node_port == port != 0), None)


def _rules(host: Host) -> Iterator[PortRules]:
    for ports in host.machine.state.kernel_rules.values():
        yield from ports


def host_port(machine: Machine, asked: Asked) -> Backend | None:
    """The container to which that port of its machine is handed on, or that is in its network and listens
    there; None: to none."""
    disk: RuntimeDisk | None = machine.state.disk.get("runtime")
    if disk is None:
        return None
    for one in running_on(machine):
        box = disk.sandboxes.get(one.sandbox_id)
        if box is None or not box.ready:
            continue
        for told in one.spec.ports:
            wanted = (told.host_port, told.protocol.lower()) == (asked.port, asked.protocol)
            if wanted and told.host_ip in ("", "0.0.0.0", asked.host):  # noqa: S104 (of a pod's own)
                return Backend(box.ip, told.container_port, machine.name, box.pod)
    for one in listening(machine, machine.ip, asked.port) if asked.protocol != "udp" else ():
        return Backend(machine.ip, asked.port, machine.name, one.pod)
    return None


def pod_at(host: Host, asked: Asked) -> Backend | None:
    """The pod that has that address."""
    for name, machine in host.cluster.machines.items():
        disk: RuntimeDisk | None = machine.state.disk.get("runtime")
        for box in disk.sandboxes.values() if disk is not None else ():
            if box.ip == asked.host and box.ready:
                return Backend(box.ip, asked.port, name, box.pod)
    return None
