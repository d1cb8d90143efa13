"""A node's rules as text, in the words of `iptables-save` of today.

Source: v1.36.2 pkg/proxy/iptables/proxier.go syncProxyRules, without a local detector.
"""

from collections.abc import Iterable
from typing import Final

from clustersim.kubeproxy.iptables import remembers, stays
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


def _node_port(rules: PortRules) -> Iterable[str]:
    chain = external_chain(rules)
    comment = f'-m comment --comment "{rules.name}"'
    protocol = rules.protocol
    yield f"-A KUBE-NODEPORTS -p {protocol} {comment} -m {protocol} --dport {rules.node_port} -j {chain}"
    masquerade = f'-m comment --comment "masquerade traffic for {rules.name} external destinations"'
    yield f"-A {chain} {masquerade} -j KUBE-MARK-MASQ"
    yield f"-A {chain} -j {rules.chain}"


def _nat(services: list[PortRules]) -> Iterable[str]:
    live = [rules for rules in services if rules.backends]
    open_ports = [rules for rules in live if rules.node_port]
    own = ["KUBE-MARK-MASQ", "KUBE-NODEPORTS", "KUBE-POSTROUTING", "KUBE-PROXY-CANARY", "KUBE-SERVICES"]
    own += [rules.chain for rules in live] + [external_chain(rules) for rules in open_ports]
    own += [rules.endpoint_chain(backend) for rules in live for backend in rules.backends]
    yield "*nat"
    yield from (f":{chain} ACCEPT [0:0]" for chain in ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"))
    yield from (f":{chain} - [0:0]" for chain in sorted(own))
    yield f"-A PREROUTING {_PORTALS}"
    yield f"-A OUTPUT {_PORTALS}"
    yield '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING'
    yield "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000"
    for rules in open_ports:
        yield from _node_port(rules)
    yield "-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN"
    yield "-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0"
    yield (
        '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" '
        "-j MASQUERADE --random-fully"
    )
    for rules in live:
        yield (
            f"-A KUBE-SERVICES -d {rules.cluster_ip}/32 -p {rules.protocol} "
            f'-m comment --comment "{rules.name} cluster IP" -m {rules.protocol} --dport {rules.port} '
            f"-j {rules.chain}"
        )
    yield _LAST
    for rules in live:
        yield from _service(rules)
    yield "COMMIT"


def _filter(services: list[PortRules]) -> Iterable[str]:
    own = ("EXTERNAL-SERVICES", "FORWARD", "NODEPORTS", "PROXY-CANARY", "PROXY-FIREWALL", "SERVICES")
    yield "*filter"
    yield from (f":{chain} ACCEPT [0:0]" for chain in ("INPUT", "FORWARD", "OUTPUT"))
    yield from (f":KUBE-{chain} - [0:0]" for chain in own)
    yield f"-A INPUT {_NEW} {_FIREWALL}"
    yield '-A INPUT -m comment --comment "kubernetes health check service ports" -j KUBE-NODEPORTS'
    yield f"-A INPUT {_NEW} {_EXTERNAL}"
    yield f"-A FORWARD {_NEW} {_FIREWALL}"
    yield '-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD'
    yield f"-A FORWARD {_NEW} {_PORTALS}"
    yield f"-A FORWARD {_NEW} {_EXTERNAL}"
    yield f"-A OUTPUT {_NEW} {_FIREWALL}"
    yield f"-A OUTPUT {_NEW} {_PORTALS}"
    forward = '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding'
    yield "-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP"
    yield f'{forward} rules" -m mark --mark 0x4000/0x4000 -j ACCEPT'
    yield f'{forward} conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'
    for rules in services:
        if not rules.backends:
            yield (
                f"-A KUBE-SERVICES -d {rules.cluster_ip}/32 -p {rules.protocol} "
                f'-m comment --comment "{rules.name} has no endpoints" -m {rules.protocol} '
                f"--dport {rules.port} -j REJECT --reject-with icmp-port-unreachable"
            )
    yield "COMMIT"


def iptables_save(kernel: dict[str, tuple[PortRules, ...]]) -> list[str]:
    """All rules of a node, line by line; the table filter comes first today."""
    services = [rules for key in sorted(kernel) for rules in kernel[key]]
    return [*_filter(services), *_nat(services)]
