"""A node's rules as text, in the words of `iptables-save` of the time: chains in the order of their names,
and the rules of each.

Source: v1.7.5 and v1.8.0 pkg/proxy/iptables/proxier.go syncProxyRules, without --masquerade-all and
--cluster-cidr; pkg/kubelet/kubelet_network.go syncNetworkUtil, which was there first.
"""

from collections.abc import Iterable
from typing import Final

from clustersim.kubeproxy.rules import Backend, PortRules

_PORTALS: Final = '-m comment --comment "kubernetes service portals"'
_NODE_PORTS: Final = (
    '-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule '
    'in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS'
)
FILTER: Final = ("INPUT", "FORWARD", "OUTPUT")
NAT: Final = ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING")
"""Chains that a table has by itself."""
_OWN: Final = ("KUBE-MARK-DROP", "KUBE-MARK-MASQ", "KUBE-NODEPORTS", "KUBE-POSTROUTING")


def table(name: str, built_in: Iterable[str], own: Iterable[str], rules: Iterable[str]) -> Iterable[str]:
    """A table as it is saved. rules: in the order in which they were appended."""
    places = {chain: at for at, chain in enumerate((*built_in, *sorted(set(own))))}
    yield f"*{name}"
    yield from (f":{chain} {'ACCEPT' if chain in built_in else '-'} [0:0]" for chain in places)
    yield from sorted(rules, key=lambda rule: places[rule.split(" ", 2)[1]])
    yield "COMMIT"


_WHO: Final = "--mask 255.255.255.255 --rsource"


def stays(rules: PortRules, backend: Backend, comment: str, chain: str) -> str:
    """In that chain, a client that came to that endpoint not long ago goes there again."""
    to = rules.endpoint_chain(backend)
    recent = f"-m recent --rcheck --seconds {rules.affinity} --reap --name {to} {_WHO}"
    return f"-A {chain}{comment} {recent} -j {to}"


def remembers(rules: PortRules, chain: str) -> str:
    """The match by which an endpoint's chain remembers who came."""
    return f" -m recent --set --name {chain} {_WHO}" if rules.affinity else ""


def _service(rules: PortRules) -> Iterable[str]:
    comment = f'-m comment --comment "{rules.name}"'
    yield from (
        stays(rules, backend, f" {comment}", rules.chain) for backend in rules.backends if rules.affinity
    )
    count = len(rules.backends)
    for index, backend in enumerate(rules.backends):
        chance = f" -m statistic --mode random --probability {rules.kernel_share(index, 5)}"
        chance = chance if index < count - 1 else ""
        yield f"-A {rules.chain} {comment}{chance} -j {rules.endpoint_chain(backend)}"
    for backend in rules.backends:
        chain = rules.endpoint_chain(backend)
        yield f"-A {chain} -s {backend.ip}/32 {comment} -j KUBE-MARK-MASQ"
        yield (
            f"-A {chain} -p {rules.protocol} {comment}{remembers(rules, chain)} -m {rules.protocol} "
            f"-j DNAT --to-destination {backend.address}"
        )


def firewall_chain(rules: PortRules) -> str:
    """The chain of what comes by a load balancer."""
    return rules.chain.replace("KUBE-SVC-", "KUBE-FW-")


def local_chain(rules: PortRules) -> str:
    """The chain of what comes from outside and must not leave the node."""
    return rules.chain.replace("KUBE-SVC-", "KUBE-XLB-")


def _local(rules: PortRules, node: str) -> Iterable[str]:
    chain, here = local_chain(rules), rules.at(node, outside=True)
    if here is None:
        yield f'-A {chain} -m comment --comment "{rules.name} has no local endpoints" -j KUBE-MARK-DROP'
        return
    for index, backend in enumerate(here.backends):
        chance = f" -m statistic --mode random --probability {here.kernel_share(index, 5)}"
        chance = chance if index < len(here.backends) - 1 else ""
        comment = f'-m comment --comment "Balancing rule {index} for {rules.name}"'
        yield f"-A {chain} {comment}{chance} -j {rules.endpoint_chain(backend)}"


def _node_port(rules: PortRules) -> Iterable[str]:
    comment = f'-m comment --comment "{rules.name}"'
    port = f"-p {rules.protocol} {comment} -m {rules.protocol} --dport {rules.node_port}"
    if rules.local_outside:
        yield f"-A KUBE-NODEPORTS {port} -j {local_chain(rules)}"
    else:
        yield f"-A KUBE-NODEPORTS {port} -j KUBE-MARK-MASQ"
        yield f"-A KUBE-NODEPORTS {port} -j {rules.chain}"


def comes_to(rules: PortRules, address: str, comment: str) -> str:
    """The match of a packet to an address and the Service's port, as KUBE-SERVICES has it."""
    told = f'-m comment --comment "{comment}"'
    return f"-d {address}/32 -p {rules.protocol} {told} -m {rules.protocol} --dport {rules.port}"


def _external_ips(rules: PortRules) -> Iterable[str]:
    """What does not begin on the node itself, or on its bridge, is led to the Service; and what the node has
    as an address of its own."""
    for address in rules.external_ips:
        match = f"-A KUBE-SERVICES {comes_to(rules, address, f'{rules.name} external IP')}"
        yield f"{match} -j KUBE-MARK-MASQ"
        elsewhere = "-m physdev ! --physdev-is-in -m addrtype ! --src-type LOCAL"
        yield f"{match} {elsewhere} -j {rules.chain}"
        yield f"{match} -m addrtype --dst-type LOCAL -j {rules.chain}"


def admitted(rules: PortRules, node_address: str, balancers: Iterable[str]) -> Iterable[str]:
    """From where one may come: the ranges, and the addresses of the balancers if the node's is among these,
    since it comes to itself with such an address."""
    yield from rules.sources
    if node_address and rules.admits(node_address):
        yield from (f"{address}/32" for address in balancers)


def _balancers(rules: PortRules, node_address: str) -> Iterable[str]:
    chain, told = firewall_chain(rules), f'-m comment --comment "{rules.name} loadbalancer IP"'
    target = local_chain(rules) if rules.local_outside else rules.chain
    for address in rules.balancers:
        yield f"-A KUBE-SERVICES {comes_to(rules, address, f'{rules.name} loadbalancer IP')} -j {chain}"
        if not rules.local_outside:
            yield f"-A {chain} {told} -j KUBE-MARK-MASQ"
        if not rules.sources:
            yield f"-A {chain} {told} -j {target}"
        else:
            for source in admitted(rules, node_address, (address,)):
                yield f"-A {chain} -s {source} {told} -j {target}"
        yield f"-A {chain} {told} -j KUBE-MARK-DROP"


def _nat(services: list[PortRules], node: str, node_address: str) -> Iterable[str]:
    """A Service without endpoints has its chain, too, with nothing in it."""
    yield f"-A PREROUTING {_PORTALS} -j KUBE-SERVICES"
    yield f"-A OUTPUT {_PORTALS} -j KUBE-SERVICES"
    yield '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING'
    yield "-A KUBE-MARK-DROP -j MARK --set-xmark 0x8000/0x8000"
    yield "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000"
    yield (
        '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" '
        "-m mark --mark 0x4000/0x4000 -j MASQUERADE"
    )
    for rules in services:
        inside = comes_to(rules, rules.cluster_ip, f"{rules.name} cluster IP")
        yield f"-A KUBE-SERVICES {inside} -j {rules.chain}"
        yield from _external_ips(rules)
        yield from _balancers(rules, node_address)
        if rules.node_port:
            yield from _node_port(rules)
        yield from _service(rules)
        if rules.local_outside and rules.backends:
            yield from _local(rules, node)
    yield _NODE_PORTS


def _chains(services: list[PortRules]) -> Iterable[str]:
    for rules in services:
        yield rules.chain
        if rules.local_outside:
            yield local_chain(rules)
        if rules.balancers:
            yield firewall_chain(rules)
        yield from map(rules.endpoint_chain, rules.backends)


def _filter(services: list[PortRules]) -> Iterable[str]:
    for chain in ("INPUT", "OUTPUT"):
        yield f"-A {chain} {_PORTALS} -j KUBE-SERVICES"
        yield f"-A {chain} -j KUBE-FIREWALL"
    yield (
        '-A KUBE-FIREWALL -m comment --comment "kubernetes firewall for dropping marked packets" '
        "-m mark --mark 0x8000/0x8000 -j DROP"
    )
    for rules in services:
        if rules.backends:
            continue
        why = f"{rules.name} has no endpoints"
        refuses = "-j REJECT --reject-with icmp-port-unreachable"
        for address in rules.external_ips:
            yield f"-A KUBE-SERVICES {comes_to(rules, address, why)} {refuses}"
        if rules.node_port:
            yield (
                f'-A KUBE-SERVICES -p {rules.protocol} -m comment --comment "{why}" '
                f"-m addrtype --dst-type LOCAL -m {rules.protocol} --dport {rules.node_port} {refuses}"
            )
        yield f"-A KUBE-SERVICES {comes_to(rules, rules.cluster_ip, why)} {refuses}"


def iptables_save(
    kernel: dict[str, tuple[PortRules, ...]], node: str = "", node_address: str = ""
) -> list[str]:
    """All rules of a node with that address, line by line."""
    services = [rules for key in sorted(kernel) for rules in kernel[key]]
    own = (*_OWN, "KUBE-SERVICES", *_chains(services))
    nat = table("nat", NAT, own, _nat(services, node, node_address))
    return [*nat, *table("filter", FILTER, ("KUBE-FIREWALL", "KUBE-SERVICES"), _filter(services))]
