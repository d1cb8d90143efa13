"""The way of a request that starts on a machine: to a Service, a pod, a node or the control plane."""

import re
from collections.abc import Callable
from functools import partial
from typing import Final

import msgspec

from clustersim.console.answer import Answer, Said
from clustersim.console.nodes import process_ports
from clustersim.console.nodes.asked import Asked
from clustersim.console.nodes.destinations import (
    host_port,
    node_port_rules,
    outside_rules,
    pod_at,
    service_rules,
)
from clustersim.console.nodes.dialling import Dialled, dialled_from
from clustersim.console.nodes.host import Host
from clustersim.console.nodes.ingress import ROUTES, passed_on
from clustersim.console.nodes.served_files import served_file
from clustersim.console.nodes.service_addresses import why_nothing
from clustersim.engine.random import RandomStream
from clustersim.i18n import Message, _
from clustersim.kubeproxy.rules import Backend, PortRules
from clustersim.machine import ADDRESS_OF_MASTER, Machine
from clustersim.programs import Asker, says
from clustersim.runtime.listening import listening
from clustersim.runtime.records import Container
from clustersim.runtime.usage import running_on

_LOCAL: Final = ("127.0.0.1", "localhost")
_WORKSTATION: Final = "10.0.0.5"
"""The workstation's own address, on the network of the machines."""
_NETWORK: Final = "10.0.0."
"""How addresses of that network begin."""


Listens = Callable[[Asked], Answer | None]
"""What answers at a port of the workstation, if anybody listens there."""


def get(host: Host | None, cluster_host: Host, asked: Asked, listens: Listens | None = None) -> Answer:
    """What answers there. Raises Said."""
    cluster = cluster_host.cluster
    if asked.host in _LOCAL:
        return _local(host, asked) if host is not None else _workstation(asked, listens)
    rules = service_rules(host, asked) if host is not None and not host.is_master else None
    if host is not None and rules is not None:
        return _through(host, rules.at(host.name, outside=False), asked)
    if host is not None and (led := _led_in(host, asked)) is not None:
        return led
    if asked.host in (ADDRESS_OF_MASTER, "master") and asked.host not in cluster.machines:
        _reach(host, cluster_host, None, asked)
        local = host is not None and host.is_master
        return process_ports.of_master(cluster_host, asked, asked.port, local=local)
    for name, machine in cluster.machines.items():
        if asked.host in (name, machine.ip):
            return _node(host, Host(cluster, name)._replace(nth=0 if host is None else host.nth), asked)
    if host is not None and not host.is_master:
        backend = pod_at(host, asked)
        if backend is not None:
            return _answered(host, backend, asked)
    if host is None and (announced := _announced(cluster_host, asked)) is not None:
        return announced
    if re.fullmatch(r"[\d.]+", asked.host):
        if host is None:
            raise Said(
                f"{asked.failed}No route to host",
                note=_("Addresses of Services and pods are known on the nodes only: ssh to one first."),
            )
        raise Said(f"{asked.failed}Connection timed out", **why_nothing(host, asked.host, asked.port))
    note = _("The cluster has no DNS add-on: ask the address that kubectl get svc shows.")
    raise Said(
        f"curl: (6) Could not resolve host: {asked.host}",
        note=note if "." in asked.host or host is not None else None,
    )


def _announced(cluster_host: Host, asked: Asked) -> Answer | None:
    """By the address of a Service that a speaker of MetalLB tells on the network of the machines, where the
    workstation is, too; None if none does (speaker/layer2_controller.go ShouldAnnounce). Raises Said."""
    cluster = cluster_host.cluster
    if not asked.host.startswith(_NETWORK) or not cluster.objects("l2advertisements.metallb.io"):
        return None
    for name, machine in cluster.machines.items():
        node = Host(cluster, name)
        rules = outside_rules(node, asked.host, asked)
        speaks = any("metallb/speaker" in one.image for one in running_on(machine))
        away = not machine.state.powered or cluster.network.is_away(name)
        if rules is None or not speaks or away or asked.host not in rules.balancers:
            continue
        here = rules.at(name, outside=True)
        if here is not None and here.backends:
            return _through(node, here, asked)
    return None


def _workstation(asked: Asked, listens: Listens | None) -> Answer:
    answer = listens(asked) if listens is not None else None
    if answer is None:
        raise Said(f"{asked.failed}Connection refused", note=_("Here is no kubelet: it is on the nodes."))
    return answer


def _node(host: Host | None, target: Host, asked: Asked) -> Answer:
    """A port of a node, from itself or from elsewhere."""
    local = host is not None and host.name == target.name
    if not local:
        _reach(host, target, target, asked)
    if (backend := host_port(target.machine, asked)) is not None:
        return _answered(target, backend, asked)
    rules = outside_rules(target, target.machine.ip, asked) or node_port_rules(target, asked.port)
    if rules is None:
        return process_ports.of_node(target, asked, local=local)
    if rules.local_outside:  # what keeps to its node keeps its source, too
        target = target._replace(source=_WORKSTATION if host is None else host.source or host.ip)
    own = local and target.release.name == "v1.36"  # what a node sends itself may go anywhere today
    return _through(target, rules if own else rules.at(target.name, outside=True), asked)


def _led_in(host: Host, asked: Asked) -> Answer | None:
    """By an address that a Service has outside: today each node leads to it what it sends itself, too, of old
    only what comes from elsewhere. None if nothing leads anywhere. Raises Said."""
    if host.is_master or host.release.name != "v1.36":
        return None
    rules = outside_rules(host, asked.host, asked)
    if rules is None:
        return None
    if asked.host in rules.balancers and not rules.admits(host.machine.ip):
        raise Said(
            f"{asked.failed}Connection timed out",
            note=_("{service} lets its balancer take requests from {sources} only: it is dropped."),
            service=rules.name.partition(":")[0],
            sources=", ".join(rules.sources),
        )
    return _through(host, rules, asked)


def _local(host: Host, asked: Asked) -> Answer:
    if host.is_master:
        return process_ports.of_master(host, asked, asked.port, local=True)
    if (backend := host_port(host.machine, asked)) is not None:
        return _answered(host, backend, asked)
    if (rules := node_port_rules(host, asked.port)) is not None:
        return _through(host, rules, asked)
    return process_ports.of_node(host, asked, local=True)


def _reach(host: Host | None, cluster_host: Host, target: Host | None, asked: Asked) -> None:
    """Raises Said where no packet gets through."""
    network = cluster_host.cluster.network
    if target is not None and not target.machine.state.powered:
        raise Said(f"{asked.failed}No route to host")
    kubelet = cluster_host.cluster.flags.kubelet
    if target is None:
        lost = host is not None and host.name in network.state.cut
    elif asked.port in (kubelet.port, kubelet.read_only_port):
        lost = network.is_kubelet_away(target.name)
    else:
        lost = network.is_away(target.name)
    if lost or (host is not None and network.is_away(host.name)):
        raise Said(f"{asked.failed}Connection timed out")


# --- by the rules of a node ---------------------------------------------------------------------------


def _through(entry: Host, rules: PortRules | None, asked: Asked) -> Answer:
    """By the rules of a node: one endpoint, by chance; without rules it is dropped."""
    if rules is None:
        raise Said(
            f"{asked.failed}Connection timed out",
            note=_("The Service keeps such traffic on its node, where no endpoint is: it is dropped."),
        )
    engine = entry.cluster.world.engine
    moment = "" if rules.affinity else f"{entry.now}/{entry.nth or ''}"
    stream = RandomStream(engine.seed, f"console/curl/{moment}{entry.name}/{asked.host}", {})
    backend = rules.choose(stream)
    if backend is None:
        raise Said(
            f"{asked.failed}Connection refused",
            note=_("The Service has no ready endpoints: the node's rules reject it."),
        )
    if not backend.node:  # of an EndpointSlice that somebody wrote by hand
        backend = pod_at(entry, asked._replace(host=backend.ip, port=backend.port)) or backend
    return _answered(entry, backend, asked, chosen=True)


def _answered(entry: Host, backend: Backend, asked: Asked, *, chosen: bool = False) -> Answer:
    """What the program behind an endpoint says; and which pod it is, if rules have chosen it."""
    if backend.ip == ADDRESS_OF_MASTER:
        _reach(entry, entry, None, asked)
        return process_ports.of_master(entry, asked, backend.port, local=False)
    target = _machine_of(entry, backend, asked)
    container = _taker(target, backend, asked)
    client = None if container.program is None else container.program.client
    if client is not None and client.program == ROUTES and backend.port in (80, 443):
        where = Host(entry.cluster, target.name)._replace(source=backend.ip)
        give = partial(_passed_to, where)
        return passed_on(entry.cluster, client, asked, backend.port, give)
    address = f"{asked.path}{asked.query}"
    if dialled := dialled_from(container, address):
        return _dial(Host(entry.cluster, target.name), dialled)
    file = served_file(entry.cluster, container)
    asker = Asker(entry.source or entry.ip, asked.named or asked.host)
    page = says(container.spec, backend.port, "GET", address, backend.pod, file, asker)
    unknown = page.text == f"{backend.pod}\n"
    note = None
    if chosen and backend.pod not in page.text:
        note = Message(_("{pod} on {node} has answered."), {"pod": backend.pod, "node": target.name})
    if unknown:
        note = Message(_("Programs of this model answer with the name of their pod."))
    return Answer(text=page.text.removesuffix("\n"), ok=page.status < 400, note=note)


def _passed_to(entry: Host, backend: Backend, asked: Asked) -> Answer:
    """What a pod answers that is asked in another's place, and that it was it."""
    return _answered(entry, backend, asked, chosen=True)


def _machine_of(entry: Host, backend: Backend, asked: Asked) -> Machine:
    """The machine an endpoint is on. Raises Said where no packet gets there."""
    target, is_away = entry.cluster.machines.get(backend.node), entry.cluster.network.is_away
    cut = backend.node != entry.name and (is_away(backend.node) or is_away(entry.name))
    if target is None or not target.state.powered or cut:
        raise Said(
            f"{asked.failed}Connection timed out",
            note=_("The rules lead to {pod} on {node}, from where nobody answers."),
            pod=backend.pod,
            node=backend.node,
        )
    return target


def _taker(target: Machine, backend: Backend, asked: Asked) -> Container:
    """The container that takes the connection and answers. Raises Said where none does."""
    takers = listening(target, backend.ip, backend.port)
    if not takers:
        raise Said(
            f"{asked.failed}Connection refused",
            note=_("The rules lead to {pod} on {node}; no program listens there."),
            pod=backend.pod,
            node=backend.node,
        )
    for container in takers:
        if container.serving:
            return container
    raise Said(
        "curl: (28) Operation timed out with 0 bytes received",
        note=_("The program of {pod} does not answer."),
        pod=backend.pod,
    )


def _dial(host: Host, wanted: Dialled) -> Answer:
    """What netexec says of the requests that it was asked to make."""
    asked = Asked("http", wanted.host, wanted.port, f"/{wanted.request.lstrip('/')}", verbose=False)
    said: dict[str, list[str]] = {}
    for turn in range(wanted.tries):
        try:
            said.setdefault("responses", []).append(get(host._replace(nth=turn + 1), host, asked).text)
        except Said as failed:
            said.setdefault("errors", []).append(failed.text)
    return Answer(text=msgspec.json.encode(said).decode())
