"""A node's rules as text, in the words of `nft list ruleset`.

Source: v1.36.2 pkg/proxy/nftables/proxier.go setupNFTables, syncProxyRules, without a local detector. A
Service costs one element of a map, not a rule that every packet must pass, and its endpoints are in one rule;
only those to which clients stay have chains of their own.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

from clustersim.kubeproxy.iptables import admitted
from clustersim.kubeproxy.rules import Backend, PortRules

_KEY: Final = "ip daddr . meta l4proto . th dport"
_BASES: Final = (
    ("filter-prerouting-pre-dnat", "filter", "prerouting", "-110", ("firewall-check",)),
    ("filter-output-pre-dnat", "filter", "output", "-110", ("firewall-check",)),
    ("filter-input", "filter", "input", "filter", ("nodeport-endpoints-check", "service-endpoints-check")),
    ("filter-forward", "filter", "forward", "filter", ("service-endpoints-check", "cluster-ips-check")),
    ("filter-output", "filter", "output", "filter", ("service-endpoints-check", "cluster-ips-check")),
    ("nat-prerouting", "nat", "prerouting", "dstnat", ("services",)),
    ("nat-output", "nat", "output", "-100", ("services",)),
    ("nat-postrouting", "nat", "postrouting", "srcnat", ("masquerading",)),
)
"""Chains on hooks of the kernel: type, hook, priority, and where a new connection jumps from there."""


def _base(name: str) -> str:
    return f"{base64.b32encode(hashlib.sha256(name.encode()).digest())[:8].decode()}-{name}"


def _path(rules: PortRules) -> str:
    service, _, port = rules.name.partition(":")
    return f"{service}/{rules.protocol}/{port}"


def service_chain(rules: PortRules) -> str:
    """The chain that chooses among the endpoints of a Service's port."""
    return f"service-{_base(_path(rules))}"


def endpoint_chain(rules: PortRules, backend: Backend) -> str:
    """The chain that sends a connection to that endpoint."""
    return f"endpoint-{_base(f'{_path(rules)}__{backend.ip}/{backend.port}')}"


def affinity_set(rules: PortRules, backend: Backend) -> str:
    """The set of those who came to that endpoint and stay with it."""
    return f"affinity-{_base(f'{_path(rules)}__{backend.ip}/{backend.port}')}"


def _block(head: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"\t{head} {{"
    yield from (f"\t\t{line}" for line in lines)
    yield "\t}"
    yield ""


def _elements(found: list[str]) -> list[str]:
    if not found:
        return []
    inner = ",\n\t\t\t     ".join(found)
    return [f"elements = {{ {inner} }}"]


_VERDICT: Final = "type ipv4_addr . inet_proto . inet_service : verdict"
_PORT_VERDICT: Final = "type inet_proto . inet_service : verdict"


def _sets(services: list[PortRules], node: str) -> Iterator[str]:
    live = [rules for rules in services if rules.backends]
    addresses = sorted({rules.cluster_ip for rules in services})
    yield from _block("set cluster-ips", _told("type ipv4_addr", "Active ClusterIPs", addresses))
    own = sorted(
        f"{one.ip} . {one.ip} . {rules.protocol} . {one.port}"
        for rules in live
        for one in rules.reached_from(node)
        if one.node == node
    )
    kind = "type ipv4_addr . ipv4_addr . inet_proto . inet_service"
    yield from _block("set hairpin-connections", _told(kind, "service hairpin connections", own))
    away = "vmap to drop or reject packets to service"
    turned = [one for rules in services for one in _turned_away(rules, node)]
    yield from _block("map no-endpoint-services", _told(_VERDICT, f"{away}s with no endpoints", turned))
    turned = [
        f"{_port(rules)} {verdict}"
        for rules in services
        if rules.node_port and (verdict := _turned(rules, node, outside=True))
    ]
    told = _told(_PORT_VERDICT, f"{away} nodeports with no endpoints", turned)
    yield from _block("map no-endpoint-nodeports", told)
    guarded = [
        f"{_key(rules, address)} : goto {_firewall(rules)}"
        for rules in services
        for address in rules.balancers
        if rules.sources
    ]
    told = _told(_VERDICT, "destinations that are subject to LoadBalancerSourceRanges", guarded)
    yield from _block("map firewall-ips", told)
    reached = [one for rules in live for one in _reached(rules, node)]
    told = _told(_VERDICT, "ClusterIP, ExternalIP and LoadBalancer IP traffic", reached)
    yield from _block("map service-ips", told)
    ports = [f"{_port(rules)} : goto {_outside(rules)}" for rules in live if rules.node_port]
    yield from _block("map service-nodeports", _told(_PORT_VERDICT, "NodePort traffic", ports))
    for rules in live:
        timeout = f"timeout {_lasting(rules.affinity)}"
        lasting = ["type ipv4_addr", "size 65535", "flags dynamic,timeout", timeout]
        for backend in _remembered(rules, node):
            yield from _block(f"set {affinity_set(rules, backend)}", lasting)


def _told(kind: str, comment: str, elements: list[str]) -> list[str]:
    return [kind, f'comment "{comment}"', *_elements(elements)]


def _key(rules: PortRules, address: str) -> str:
    return f"{address} . {rules.protocol} . {rules.port}"


def _port(rules: PortRules) -> str:
    return f"{rules.protocol} . {rules.node_port}"


def _reached(rules: PortRules, node: str) -> Iterator[str]:
    if rules.at(node, outside=False) is not None:
        yield f"{_key(rules, rules.cluster_ip)} : goto {_inside(rules)}"
    for address in (*rules.external_ips, *rules.balancers):
        yield f"{_key(rules, address)} : goto {_outside(rules)}"


def _turned(rules: PortRules, node: str, *, outside: bool) -> str:
    """What finds no endpoint is refused; what finds none on its node, and may not leave that, is dropped.
    Empty if it finds one."""
    if rules.at(node, outside=outside) is not None and rules.backends:
        return ""
    return f'comment "{rules.name}" : {"drop" if rules.backends else "goto reject-chain"}'


def _turned_away(rules: PortRules, node: str) -> Iterator[str]:
    if verdict := _turned(rules, node, outside=False):
        yield f"{_key(rules, rules.cluster_ip)} {verdict}"
    if verdict := _turned(rules, node, outside=True):
        for address in (*rules.external_ips, *rules.balancers):
            yield f"{_key(rules, address)} {verdict}"


def _remembered(rules: PortRules, node: str) -> tuple[Backend, ...]:
    """Endpoints to which clients stay, and something leads on this node."""
    if not rules.affinity:
        return ()
    return rules.reached_from(node)


def _lasting(seconds: int) -> str:
    """As nft prints a time: 3h, 1m30s."""
    hours, rest = divmod(seconds, 3600)
    parts = ((hours // 24, "d"), (hours % 24, "h"), (rest // 60, "m"), (rest % 60, "s"))
    return "".join(f"{count}{unit}" for count, unit in parts if count)


def _inside(rules: PortRules) -> str:
    """Where what comes from within goes."""
    return local_chain(rules) if rules.local_inside else service_chain(rules)


def _outside(rules: PortRules) -> str:
    return f"external-{_base(_path(rules))}"


def _firewall(rules: PortRules) -> str:
    return f"firewall-{_base(_path(rules))}"


def local_chain(rules: PortRules) -> str:
    """The chain of what must not leave the node."""
    return f"local-{_base(_path(rules))}"


def _top_chains() -> Iterator[str]:
    for name, kind, hook, priority, jumps in _BASES:
        head = f"type {kind} hook {hook} priority {priority}; policy accept;"
        fresh = "ct state new " if kind == "filter" else ""
        yield from _block(f"chain {name}", [head, *(f"{fresh}jump {jump}" for jump in jumps)])
    yield from _block("chain firewall-check", [f"{_KEY} vmap @firewall-ips"])
    yield from _block("chain service-endpoints-check", [f"{_KEY} vmap @no-endpoint-services"])
    local = "ip daddr != 127.0.0.0/8 meta l4proto . th dport"
    yield from _block("chain nodeport-endpoints-check", [f"{local} vmap @no-endpoint-nodeports"])
    invalid = 'ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"'
    yield from _block("chain cluster-ips-check", [invalid])
    helper = 'comment "helper for @no-endpoint-services / @no-endpoint-nodeports"'
    yield from _block("chain reject-chain", [helper, "reject"])
    ways = [f"{_KEY} vmap @service-ips", f"fib daddr type local {local} vmap @service-nodeports"]
    yield from _block("chain services", ways)
    marked = "meta mark & 0x00004000 != 0x00000000 meta mark set meta mark ^ 0x00004000"
    hairpin = "ip saddr . ip daddr . meta l4proto . th dport @hairpin-connections"
    masquerades = [f"{marked} masquerade fully-random", f"ct status dnat {hairpin} masquerade fully-random"]
    yield from _block("chain masquerading", masquerades)


def _choice(rules: PortRules, backends: tuple[Backend, ...]) -> list[str]:
    """How a new connection gets one of these endpoints."""
    if not rules.affinity:
        ends = ", ".join(f"{index} : {one.ip} . {one.port}" for index, one in enumerate(backends))
        to = f"dnat ip addr . port to numgen random mod {len(backends)} map {{ {ends} }}"
        return [f"meta l4proto {rules.protocol} {to}"]
    stays = [f"ip saddr @{affinity_set(rules, one)} goto {endpoint_chain(rules, one)}" for one in backends]
    ends = ", ".join(f"{index} : goto {endpoint_chain(rules, one)}" for index, one in enumerate(backends))
    return [*stays, f"numgen random mod {len(backends)} vmap {{ {ends} }}"]


_MARKS: Final = "meta mark set meta mark | 0x00004000"


def _external(rules: PortRules, here: PortRules | None) -> Iterator[str]:
    if not rules.local_outside:
        yield f'{_MARKS} comment "masquerade"'
        yield f"goto {service_chain(rules)}"
        return
    yield f'fib saddr type local {_MARKS} comment "masquerade local traffic"'
    yield f'fib saddr type local goto {service_chain(rules)} comment "short-circuit local traffic"'
    if here is not None:
        yield f"goto {local_chain(rules)}"


def _service_chains(rules: PortRules, node: str) -> Iterator[str]:
    if rules.spreads:
        yield from _block(f"chain {service_chain(rules)}", _choice(rules, rules.backends))
    if rules.keeps and (here := rules.on(node)):
        yield from _block(f"chain {local_chain(rules)}", _choice(rules, here))
    if rules.is_open:
        yield from _block(f"chain {_outside(rules)}", _external(rules, rules.at(node, outside=True)))
    for backend in _remembered(rules, node):
        remembers = f"update @{affinity_set(rules, backend)} {{ ip saddr }}"
        send = f"meta l4proto {rules.protocol} dnat to {backend.address}"
        yield from _block(f"chain {endpoint_chain(rules, backend)}", [remembers, send])


def _guard(rules: PortRules, node_address: str) -> Iterator[str]:
    """The chain that keeps out whom balancers do not let in."""
    sources = [one.removesuffix("/32") for one in admitted(rules, node_address, rules.balancers)]
    yield from _block(f"chain {_firewall(rules)}", [f"ip saddr != {{ {', '.join(sources)} }} drop"])


def nft_list_ruleset(
    kernel: dict[str, tuple[PortRules, ...]], node: str = "", node_address: str = ""
) -> list[str]:
    """All rules of a node with that address, line by line."""
    services = [rules for key in sorted(kernel) for rules in kernel[key]]
    lines = ["table ip kube-proxy {", '\tcomment "rules for kube-proxy"', ""]
    lines += _sets(services, node)
    lines += _top_chains()
    for rules in services:
        if rules.balancers and rules.sources:
            lines += _guard(rules, node_address)
        if rules.backends:
            lines += _service_chains(rules, node)
    if not lines[-1]:
        lines.pop()
    return [*lines, "}"]
