"""A node's rules as text, in the words of `iptables-save` of the time.

Source: v1.7.5 pkg/proxy/iptables/proxier.go syncProxyRules, without --masquerade-all and --cluster-cidr.
"""

from collections.abc import Iterable
from typing import Final

from clustersim.kubeproxy.rules import Backend, PortRules

_PORTALS: Final = '-m comment --comment "kubernetes service portals"'
_NODE_PORTS: Final = (
    '-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule '
    'in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS'
)
_BUILT_IN: Final = ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING")
_OWN: Final = ("KUBE-MARK-DROP", "KUBE-MARK-MASQ", "KUBE-NODEPORTS", "KUBE-POSTROUTING")


def _to(rules: PortRules) -> str:
    return f"-d {rules.cluster_ip}/32 -p {rules.protocol}"


_WHO: Final = "--mask 255.255.255.255 --rsource"


def stays(rules: PortRules, backend: Backend, comment: str) -> str:
    """A client that came to that endpoint not long ago goes there again."""
    chain = rules.endpoint_chain(backend)
    recent = f"-m recent --rcheck --seconds {rules.affinity} --reap --name {chain} {_WHO}"
    return f"-A {rules.chain} {comment} {recent} -j {chain}"


def remembers(rules: PortRules, chain: str) -> str:
    """The match by which an endpoint's chain remembers who came."""
    return f" -m recent --set --name {chain} {_WHO}" if rules.affinity else ""


def _service(rules: PortRules) -> Iterable[str]:
    comment = f'-m comment --comment "{rules.name}"'
    yield from (stays(rules, backend, comment) for backend in rules.backends if rules.affinity)
    count = len(rules.backends)
    for index, backend in enumerate(rules.backends):
        chance = f" -m statistic --mode random --probability {rules.probability(index)}"
        chance = chance if index < count - 1 else ""
        yield f"-A {rules.chain} {comment}{chance} -j {rules.endpoint_chain(backend)}"
    for backend in rules.backends:
        chain = rules.endpoint_chain(backend)
        yield f"-A {chain} -s {backend.ip}/32 {comment} -j KUBE-MARK-MASQ"
        yield (
            f"-A {chain} -p {rules.protocol} {comment}{remembers(rules, chain)} -m {rules.protocol} "
            f"-j DNAT --to-destination {backend.address}"
        )


def local_chain(rules: PortRules) -> str:
    """The chain of what comes from outside and must not leave the node."""
    return rules.chain.replace("KUBE-SVC-", "KUBE-XLB-")


def _local(rules: PortRules, node: str) -> Iterable[str]:
    chain, here = local_chain(rules), rules.at(node, outside=True)
    if here is None:
        yield f'-A {chain} -m comment --comment "{rules.name} has no local endpoints" -j KUBE-MARK-DROP'
        return
    for index, backend in enumerate(here.backends):
        chance = f" -m statistic --mode random --probability {here.probability(index)}"
        chance = chance if index < len(here.backends) - 1 else ""
        comment = f'-m comment --comment "Balancing rule {index} for {rules.name}"'
        yield f"-A {chain} {comment}{chance} -j {rules.endpoint_chain(backend)}"


def _nat(services: list[PortRules], node: str) -> Iterable[str]:
    live = [rules for rules in services if rules.backends]
    kept = [rules for rules in live if rules.local_outside]
    chains = [rules.chain for rules in live] + [local_chain(rules) for rules in kept]
    chains += [rules.endpoint_chain(backend) for rules in live for backend in rules.backends]
    yield "*nat"
    yield from (f":{chain} ACCEPT [0:0]" for chain in _BUILT_IN)
    yield from (f":{chain} - [0:0]" for chain in sorted([*_OWN, "KUBE-SERVICES", *chains]))
    yield f"-A PREROUTING {_PORTALS} -j KUBE-SERVICES"
    yield f"-A OUTPUT {_PORTALS} -j KUBE-SERVICES"
    yield '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING'
    yield "-A KUBE-MARK-DROP -j MARK --set-xmark 0x8000/0x8000"
    yield "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000"
    for rules in live:
        if rules.node_port:
            comment = f'-m comment --comment "{rules.name}"'
            port = f"-p {rules.protocol} {comment} -m {rules.protocol} --dport {rules.node_port}"
            if rules.local_outside:
                yield f"-A KUBE-NODEPORTS {port} -j {local_chain(rules)}"
                continue
            yield f"-A KUBE-NODEPORTS {port} -j KUBE-MARK-MASQ"
            yield f"-A KUBE-NODEPORTS {port} -j {rules.chain}"
    yield (
        '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" '
        "-m mark --mark 0x4000/0x4000 -j MASQUERADE"
    )
    for rules in live:
        yield (
            f'-A KUBE-SERVICES {_to(rules)} -m comment --comment "{rules.name} cluster IP" '
            f"-m {rules.protocol} --dport {rules.port} -j {rules.chain}"
        )
    yield _NODE_PORTS
    for rules in live:
        yield from _service(rules)
    for rules in kept:
        yield from _local(rules, node)
    yield "COMMIT"


def _filter(services: list[PortRules]) -> Iterable[str]:
    yield "*filter"
    yield from (f":{chain} ACCEPT [0:0]" for chain in ("INPUT", "FORWARD", "OUTPUT"))
    yield ":KUBE-SERVICES - [0:0]"
    yield f"-A OUTPUT {_PORTALS} -j KUBE-SERVICES"
    for rules in services:
        if not rules.backends:
            yield (
                f'-A KUBE-SERVICES {_to(rules)} -m comment --comment "{rules.name} has no endpoints" '
                f"-m {rules.protocol} --dport {rules.port} -j REJECT --reject-with icmp-port-unreachable"
            )
    yield "COMMIT"


def iptables_save(kernel: dict[str, tuple[PortRules, ...]], node: str = "") -> list[str]:
    """All rules of a node, line by line."""
    services = [rules for key in sorted(kernel) for rules in kernel[key]]
    return [*_nat(services, node), *_filter(services)]
