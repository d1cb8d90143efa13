"""A node's rules as text, in the words of `iptables-save` of today.

Source: v1.36.2 pkg/proxy/iptables/proxier.go syncProxyRules, without a local detector, and
pkg/kubelet/kubelet_network_linux.go.
"""

from collections.abc import Iterable
from typing import Final

from clustersim.api.meta import replace
from clustersim.kubeproxy.iptables import (
    FILTER,
    NAT,
    admitted,
    comes_to,
    firewall_chain,
    remembers,
    stays,
    table,
)
from clustersim.kubeproxy.rules import Backend, PortRules

_PORTALS: Final = '-m comment --comment "kubernetes service portals" -j KUBE-SERVICES'
_NEW: Final = "-m conntrack --ctstate NEW"
_FIREWALL: Final = '-m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL'
_EXTERNAL: Final = (
    '-m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES'
)
_LARGE: Final = 1000
_LAST: Final = (
    '-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule '
    'in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS'
)


def external_chain(rules: PortRules) -> str:
    """The chain that traffic from outside goes through."""
    return rules.chain.replace("KUBE-SVC-", "KUBE-EXT-")


def local_chain(rules: PortRules) -> str:
    """The chain of what must not leave the node."""
    return rules.chain.replace("KUBE-SVC-", "KUBE-SVL-")


def _is_large(services: list[PortRules]) -> bool:
    """There are so many endpoints that what leads to them is told without comments."""
    return sum(len({*rules.backends, *rules.left_out, *rules.ending}) for rules in services) > _LARGE


def _told(text: str, *, large: bool) -> str:
    return "" if large else f' -m comment --comment "{text}"'


def _choice(rules: PortRules, chain: str, backends: tuple[Backend, ...], *, large: bool) -> Iterable[str]:
    """How a chain chooses among these endpoints."""
    told = [_told(f"{rules.name} -> {backend.address}", large=large) for backend in backends]
    for backend, comment in zip(backends, told, strict=True) if rules.affinity else ():
        yield stays(rules, backend, comment, chain)
    of_these = replace(rules, backends=backends)
    for index, (backend, comment) in enumerate(zip(backends, told, strict=True)):
        chance = f" -m statistic --mode random --probability {of_these.kernel_share(index)}"
        chance = chance if index < len(backends) - 1 else ""
        yield f"-A {chain}{comment}{chance} -j {rules.endpoint_chain(backend)}"


def _endpoint(rules: PortRules, backend: Backend, *, large: bool) -> Iterable[str]:
    chain, comment = rules.endpoint_chain(backend), _told(rules.name, large=large)
    yield f"-A {chain} -s {backend.ip}/32{comment} -j KUBE-MARK-MASQ"
    yield (
        f"-A {chain} -p {rules.protocol}{comment}{remembers(rules, chain)} -m {rules.protocol} "
        f"-j DNAT --to-destination {backend.address}"
    )


def _captured(rules: PortRules) -> Iterable[str]:
    """What leads into the chain of traffic from outside."""
    chain = external_chain(rules)
    for address in rules.external_ips:
        yield f"-A KUBE-SERVICES {comes_to(rules, address, f'{rules.name} external IP')} -j {chain}"
    by_balancer = firewall_chain(rules) if rules.sources else chain
    for address in rules.balancers:
        match = comes_to(rules, address, f"{rules.name} loadbalancer IP")
        yield f"-A KUBE-SERVICES {match} -j {by_balancer}"
    if rules.node_port:
        protocol, comment = rules.protocol, f'-m comment --comment "{rules.name}"'
        yield f"-A KUBE-NODEPORTS -p {protocol} {comment} -m {protocol} --dport {rules.node_port} -j {chain}"


def _outside(rules: PortRules, node: str) -> Iterable[str]:
    """The chain of traffic from outside."""
    chain = external_chain(rules)
    if not rules.local_outside:
        masquerade = f'-m comment --comment "masquerade traffic for {rules.name} external destinations"'
        yield f"-A {chain} {masquerade} -j KUBE-MARK-MASQ"
        yield f"-A {chain} -j {rules.chain}"
        return
    of_node = "-m addrtype --src-type LOCAL"
    for what, target in (("masquerade", "KUBE-MARK-MASQ"), ("route", rules.chain)):
        told = f'-m comment --comment "{what} LOCAL traffic for {rules.name} external destinations"'
        yield f"-A {chain} {told} {of_node} -j {target}"
    if rules.on(node):
        yield f"-A {chain} -j {local_chain(rules)}"


def _is_guarded(rules: PortRules) -> bool:
    """Balancers let in only some."""
    return bool(rules.balancers and rules.sources)


def _firewall(rules: PortRules, node_address: str) -> Iterable[str]:
    chain, told = firewall_chain(rules), f'-m comment --comment "{rules.name} loadbalancer IP"'
    for source in admitted(rules, node_address, rules.balancers):
        yield f"-A {chain} -s {source} {told} -j {external_chain(rules)}"
    other = f"other traffic to {rules.name} will be dropped by KUBE-PROXY-FIREWALL"
    yield f'-A {chain} -m comment --comment "{other}"'


def _nat(services: list[PortRules], node: str, node_address: str) -> Iterable[str]:
    yield f"-A PREROUTING {_PORTALS}"
    yield f"-A OUTPUT {_PORTALS}"
    yield '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING'
    yield "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000"
    yield "-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN"
    yield "-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0"
    yield (
        '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" '
        "-j MASQUERADE --random-fully"
    )
    large = _is_large(services)
    for rules in services:
        if not rules.backends:
            continue
        here = rules.on(node)
        if here or not rules.local_inside:
            inside = comes_to(rules, rules.cluster_ip, f"{rules.name} cluster IP")
            target = local_chain(rules) if rules.local_inside else rules.chain
            yield f"-A KUBE-SERVICES {inside} -j {target}"
        yield from _captured(rules)
        if rules.is_open:
            yield from _outside(rules, node)
        if _is_guarded(rules):
            yield from _firewall(rules, node_address)
        if rules.spreads:
            yield from _choice(rules, rules.chain, rules.backends, large=large)
        if rules.keeps:
            yield from _choice(rules, local_chain(rules), here, large=large)
        for backend in rules.reached_from(node):
            yield from _endpoint(rules, backend, large=large)
    yield _LAST


def _chains(services: list[PortRules], node: str) -> Iterable[str]:
    """A Service without endpoints has none."""
    for rules in services:
        if not rules.backends:
            continue
        if rules.spreads:
            yield rules.chain
        if rules.is_open:
            yield external_chain(rules)
        if _is_guarded(rules):
            yield firewall_chain(rules)
        if rules.keeps and rules.on(node):
            yield local_chain(rules)
        yield from map(rules.endpoint_chain, rules.reached_from(node))


def _turned_away(rules: PortRules, node: str) -> Iterable[str]:
    """What finds no endpoint is refused; what finds none on its node, and may not leave that, is dropped; and
    so is whom balancers do not let in."""
    why = f"{rules.name} has no{' local' if rules.backends else ''} endpoints"
    target = "DROP" if rules.backends else "REJECT --reject-with icmp-port-unreachable"
    if rules.at(node, outside=False) is None or not rules.backends:
        yield f"-A KUBE-SERVICES {comes_to(rules, rules.cluster_ip, why)} -j {target}"
    if rules.at(node, outside=True) is None or not rules.backends:
        for address in (*rules.external_ips, *rules.balancers):
            yield f"-A KUBE-EXTERNAL-SERVICES {comes_to(rules, address, why)} -j {target}"
        if rules.node_port:
            yield (
                f'-A KUBE-EXTERNAL-SERVICES -p {rules.protocol} -m comment --comment "{why}" '
                f"-m addrtype --dst-type LOCAL -m {rules.protocol} --dport {rules.node_port} -j {target}"
            )
    if _is_guarded(rules) and rules.backends:
        why = f"{rules.name} traffic not accepted by {firewall_chain(rules)}"
        for address in rules.balancers:
            yield f"-A KUBE-PROXY-FIREWALL {comes_to(rules, address, why)} -j DROP"
    if rules.health_port:
        told = f'-m comment --comment "{rules.name} health check node port"'
        yield f"-A KUBE-NODEPORTS -p tcp {told} -m tcp --dport {rules.health_port} -j ACCEPT"


def _filter(services: list[PortRules], node: str) -> Iterable[str]:
    yield f"-A INPUT {_NEW} {_FIREWALL}"
    yield '-A INPUT -m comment --comment "kubernetes health check service ports" -j KUBE-NODEPORTS'
    yield f"-A INPUT {_NEW} {_EXTERNAL}"
    yield "-A INPUT -j KUBE-FIREWALL"
    yield f"-A FORWARD {_NEW} {_FIREWALL}"
    yield '-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD'
    yield f"-A FORWARD {_NEW} {_PORTALS}"
    yield f"-A FORWARD {_NEW} {_EXTERNAL}"
    yield f"-A OUTPUT {_NEW} {_FIREWALL}"
    yield f"-A OUTPUT {_NEW} {_PORTALS}"
    yield "-A OUTPUT -j KUBE-FIREWALL"
    yield (
        "-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment "
        '--comment "block incoming localnet connections" '
        "-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP"
    )
    forward = '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding'
    yield "-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP"
    yield f'{forward} rules" -m mark --mark 0x4000/0x4000 -j ACCEPT'
    yield f'{forward} conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'
    for rules in services:
        yield from _turned_away(rules, node)


_CANARIES: Final = ("KUBE-KUBELET-CANARY", "KUBE-PROXY-CANARY")
_OF_FILTER: Final = (
    *_CANARIES, "KUBE-EXTERNAL-SERVICES", "KUBE-FIREWALL", "KUBE-FORWARD", "KUBE-NODEPORTS",
    "KUBE-PROXY-FIREWALL", "KUBE-SERVICES",
)  # fmt: skip
_OF_NAT: Final = (*_CANARIES, "KUBE-MARK-MASQ", "KUBE-NODEPORTS", "KUBE-POSTROUTING", "KUBE-SERVICES")
_MANGLE: Final = ("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING")


def iptables_save(
    kernel: dict[str, tuple[PortRules, ...]], node: str = "", node_address: str = ""
) -> list[str]:
    """All rules of a node with that address, line by line, table by table as iptables of today saves them."""
    services = [rules for key in sorted(kernel) for rules in kernel[key]]
    return [
        *table("mangle", _MANGLE, (*_CANARIES, "KUBE-IPTABLES-HINT"), ()),
        *table("filter", FILTER, _OF_FILTER, _filter(services, node)),
        *table("nat", NAT, (*_OF_NAT, *_chains(services, node)), _nat(services, node, node_address)),
    ]
