"""A node's rules as text, in the words of `iptables-save` of today.

Source: v1.36.2 pkg/proxy/iptables/proxier.go syncProxyRules, without a local detector, and
pkg/kubelet/kubelet_network_linux.go.
"""

from collections.abc import Iterable
from typing import Final

from clustersim.kubeproxy.iptables import FILTER, NAT, remembers, stays, table
from clustersim.kubeproxy.rules import PortRules

_PORTALS: Final = '-m comment --comment "kubernetes service portals" -j KUBE-SERVICES'
_NEW: Final = "-m conntrack --ctstate NEW"
_FIREWALL: Final = '-m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL'
_EXTERNAL: Final = (
    '-m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES'
)
_LAST: Final = (
    '-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule '
    'in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS'
)


def external_chain(rules: PortRules) -> str:
    """The chain that traffic from outside goes through."""
    return rules.chain.replace("KUBE-SVC-", "KUBE-EXT-")


def _service(rules: PortRules) -> Iterable[str]:
    comment = f'-m comment --comment "{rules.name}"'
    for backend in rules.backends if rules.affinity else ():
        yield stays(rules, backend, f'-m comment --comment "{rules.name} -> {backend.address}"')
    for index, backend in enumerate(rules.backends):
        chance = f" -m statistic --mode random --probability {rules.kernel_share(index)}"
        chance = chance if index < len(rules.backends) - 1 else ""
        to = f'-m comment --comment "{rules.name} -> {backend.address}"'
        yield f"-A {rules.chain} {to}{chance} -j {rules.endpoint_chain(backend)}"
    for backend in rules.backends:
        chain = rules.endpoint_chain(backend)
        yield f"-A {chain} -s {backend.ip}/32 {comment} -j KUBE-MARK-MASQ"
        yield (
            f"-A {chain} -p {rules.protocol} {comment}{remembers(rules, chain)} -m {rules.protocol} "
            f"-j DNAT --to-destination {backend.address}"
        )


def _node_port(rules: PortRules, here: PortRules | None) -> Iterable[str]:
    chain = external_chain(rules)
    comment = f'-m comment --comment "{rules.name}"'
    protocol = rules.protocol
    yield f"-A KUBE-NODEPORTS -p {protocol} {comment} -m {protocol} --dport {rules.node_port} -j {chain}"
    if not rules.local_outside:
        masquerade = f'-m comment --comment "masquerade traffic for {rules.name} external destinations"'
        yield f"-A {chain} {masquerade} -j KUBE-MARK-MASQ"
        yield f"-A {chain} -j {rules.chain}"
        return
    of_node = "-m addrtype --src-type LOCAL"
    for what, target in (("masquerade", "KUBE-MARK-MASQ"), ("route", rules.chain)):
        told = f'-m comment --comment "{what} LOCAL traffic for {rules.name} external destinations"'
        yield f"-A {chain} {told} {of_node} -j {target}"
    if here is not None:
        yield f"-A {chain} -j {local_chain(rules)}"


def local_chain(rules: PortRules) -> str:
    """The chain of what must not leave the node."""
    return rules.chain.replace("KUBE-SVC-", "KUBE-SVL-")


def _local(rules: PortRules, node: str) -> Iterable[str]:
    here = rules.at(node, outside=rules.local_outside)
    for index, backend in enumerate(here.backends if here is not None else ()):
        assert here is not None
        chance = f" -m statistic --mode random --probability {here.kernel_share(index)}"
        chance = chance if index < len(here.backends) - 1 else ""
        to = f'-m comment --comment "{rules.name} -> {backend.address}"'
        yield f"-A {local_chain(rules)} {to}{chance} -j {rules.endpoint_chain(backend)}"


def _is_kept(rules: PortRules, node: str) -> bool:
    """Some of what comes must not leave the node, and need not."""
    return any(
        local and rules.at(node, outside=outside) is not None
        for local, outside in ((rules.local_outside, True), (rules.local_inside, False))
    )


def _nat(services: list[PortRules], node: str) -> Iterable[str]:
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
    for rules in services:
        if not rules.backends:
            continue
        if not rules.local_inside or _is_kept(rules, node):
            yield (
                f"-A KUBE-SERVICES -d {rules.cluster_ip}/32 -p {rules.protocol} "
                f'-m comment --comment "{rules.name} cluster IP" -m {rules.protocol} --dport {rules.port} '
                f"-j {local_chain(rules) if rules.local_inside else rules.chain}"
            )
        if rules.node_port:
            yield from _node_port(rules, rules.at(node, outside=True))
        yield from _service(rules)
        if _is_kept(rules, node):
            yield from _local(rules, node)
    yield _LAST


def _chains(services: list[PortRules], node: str) -> Iterable[str]:
    """A Service without endpoints has none."""
    for rules in services:
        if not rules.backends:
            continue
        yield rules.chain
        if rules.node_port:
            yield external_chain(rules)
        if _is_kept(rules, node):
            yield local_chain(rules)
        yield from map(rules.endpoint_chain, rules.backends)


def _turned_away(rules: PortRules, node: str) -> Iterable[str]:
    """What finds no endpoint is refused; what finds none on its node, and may not leave that, is dropped."""
    told = f'-m comment --comment "{rules.name} has no{" local" if rules.backends else ""} endpoints"'
    target = "DROP" if rules.backends else "REJECT --reject-with icmp-port-unreachable"
    if not rules.backends or (rules.local_inside and rules.at(node, outside=False) is None):
        yield (
            f"-A KUBE-SERVICES -d {rules.cluster_ip}/32 -p {rules.protocol} {told} -m {rules.protocol} "
            f"--dport {rules.port} -j {target}"
        )
    if not rules.node_port:
        return
    if not rules.backends or (rules.local_outside and rules.at(node, outside=True) is None):
        yield (
            f"-A KUBE-EXTERNAL-SERVICES -p {rules.protocol} {told} -m addrtype --dst-type LOCAL "
            f"-m {rules.protocol} --dport {rules.node_port} -j {target}"
        )


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


def iptables_save(kernel: dict[str, tuple[PortRules, ...]], node: str = "") -> list[str]:
    """All rules of a node, line by line, table by table as iptables of today saves them."""
    services = [rules for key in sorted(kernel) for rules in kernel[key]]
    return [
        *table("mangle", _MANGLE, (*_CANARIES, "KUBE-IPTABLES-HINT"), ()),
        *table("filter", FILTER, _OF_FILTER, _filter(services, node)),
        *table("nat", NAT, (*_OF_NAT, *_chains(services, node)), _nat(services, node)),
    ]
