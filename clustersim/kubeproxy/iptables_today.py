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
    live = [rules for rules in services if rules.backends]
    kept = [rules for rules in live if _is_kept(rules, node)]
    open_ports = [rules for rules in live if rules.node_port]
    own = ["KUBE-MARK-MASQ", "KUBE-NODEPORTS", "KUBE-POSTROUTING", "KUBE-PROXY-CANARY", "KUBE-SERVICES"]
    own += [rules.chain for rules in live] + [external_chain(rules) for rules in open_ports]
    own += [local_chain(rules) for rules in kept]
    own += [rules.endpoint_chain(backend) for rules in live for backend in rules.backends]
    yield "*nat"
    yield from (f":{chain} ACCEPT [0:0]" for chain in ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"))
    yield from (f":{chain} - [0:0]" for chain in sorted(own))
    yield f"-A PREROUTING {_PORTALS}"
    yield f"-A OUTPUT {_PORTALS}"
    yield '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING'
    yield "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000"
    for rules in open_ports:
        yield from _node_port(rules, rules.at(node, outside=True))
    yield "-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN"
    yield "-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0"
    yield (
        '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" '
        "-j MASQUERADE --random-fully"
    )
    for rules in live:
        if rules.local_inside and rules not in kept:
            continue
        yield (
            f"-A KUBE-SERVICES -d {rules.cluster_ip}/32 -p {rules.protocol} "
            f'-m comment --comment "{rules.name} cluster IP" -m {rules.protocol} --dport {rules.port} '
            f"-j {local_chain(rules) if rules.local_inside else rules.chain}"
        )
    yield _LAST
    for rules in live:
        yield from _service(rules)
    for rules in kept:
        yield from _local(rules, node)
    yield "COMMIT"


def _dropped(rules: PortRules, node: str) -> Iterable[str]:
    """What finds no endpoint on its node, and may not leave that."""
    told = f'-m comment --comment "{rules.name} has no local endpoints"'
    if rules.node_port and rules.local_outside and rules.at(node, outside=True) is None:
        yield (
            f"-A KUBE-EXTERNAL-SERVICES -p {rules.protocol} {told} -m addrtype --dst-type LOCAL "
            f"-m {rules.protocol} --dport {rules.node_port} -j DROP"
        )
    if rules.local_inside and rules.at(node, outside=False) is None:
        yield (
            f"-A KUBE-SERVICES -d {rules.cluster_ip}/32 -p {rules.protocol} {told} -m {rules.protocol} "
            f"--dport {rules.port} -j DROP"
        )


def _filter(services: list[PortRules], node: str) -> Iterable[str]:
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
        yield from _dropped(rules, node)
        if not rules.backends:
            yield (
                f"-A KUBE-SERVICES -d {rules.cluster_ip}/32 -p {rules.protocol} "
                f'-m comment --comment "{rules.name} has no endpoints" -m {rules.protocol} '
                f"--dport {rules.port} -j REJECT --reject-with icmp-port-unreachable"
            )
    yield "COMMIT"


def iptables_save(kernel: dict[str, tuple[PortRules, ...]], node: str = "") -> list[str]:
    """All rules of a node, line by line; the table filter comes first today."""
    services = [rules for key in sorted(kernel) for rules in kernel[key]]
    return [*_filter(services, node), *_nat(services, node)]
