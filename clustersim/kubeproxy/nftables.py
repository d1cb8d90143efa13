"""A node's rules as text, in the words of `nft list ruleset`.

Source: v1.36.2 pkg/proxy/nftables/proxier.go setupNFTables, syncProxyRules, without a local detector. A
Service costs one element of a map, not a rule that every packet must pass.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

from clustersim.kubeproxy.rules import Backend, PortRules

_KEY: Final = "ip daddr . meta l4proto . th dport"
_BASES: Final = (
    ("filter-prerouting-pre-dnat", "filter", "prerouting", "-110", ("firewall-check",)),
    ("filter-output-pre-dnat", "filter", "output", "-110", ("firewall-check",)),
    ("filter-input", "filter", "input", "-110", ("nodeport-endpoints-check", "service-endpoints-check")),
    ("filter-forward", "filter", "forward", "-110", ("service-endpoints-check", "cluster-ips-check")),
    ("filter-output", "filter", "output", "-90", ("service-endpoints-check", "cluster-ips-check")),
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


def _sets(services: list[PortRules]) -> Iterator[str]:
    live = [rules for rules in services if rules.backends]
    addresses = sorted({rules.cluster_ip: True for rules in services})
    comment = 'comment "Active ClusterIPs"'
    yield from _block("set cluster-ips", ["type ipv4_addr", comment, *_elements(addresses)])
    where = "type ipv4_addr . inet_proto . inet_service : verdict"
    rejected = [_element(rules, "reject-chain") for rules in services if not rules.backends]
    comment = 'comment "vmap to drop or reject packets to services with no endpoints"'
    yield from _block("map no-endpoint-services", [where, comment, *_elements(rejected)])
    comment = 'comment "ClusterIP, ExternalIP and LoadBalancer IP traffic"'
    dispatched = [_element(rules, service_chain(rules)) for rules in live]
    yield from _block("map service-ips", [where, comment, *_elements(dispatched)])
    ports = [
        f'{rules.protocol} . {rules.node_port} comment "{rules.name}" : goto {_outside(rules)}'
        for rules in live
        if rules.node_port
    ]
    for rules in live:
        timeout = f"timeout {_lasting(rules.affinity)}"
        lasting = ["type ipv4_addr", "size 65535", "flags dynamic,timeout", timeout]
        for backend in rules.backends if rules.affinity else ():
            yield from _block(f"set {affinity_set(rules, backend)}", lasting)
    where = "type inet_proto . inet_service : verdict"
    yield from _block("map service-nodeports", [where, 'comment "NodePort traffic"', *_elements(ports)])


def _lasting(seconds: int) -> str:
    """As nft prints a time: 3h, 1m30s."""
    hours, rest = divmod(seconds, 3600)
    parts = ((hours // 24, "d"), (hours % 24, "h"), (rest // 60, "m"), (rest % 60, "s"))
    return "".join(f"{count}{unit}" for count, unit in parts if count)


def _element(rules: PortRules, chain: str) -> str:
    key = f"{rules.cluster_ip} . {rules.protocol} . {rules.port}"
    return f'{key} comment "{rules.name}" : goto {chain}'


def _outside(rules: PortRules) -> str:
    return f"external-{_base(_path(rules))}"


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
    yield from _block("chain masquerading", [f"{marked} masquerade fully-random"])
    yield from _block("chain mark-for-masquerade", ["meta mark set meta mark | 0x00004000"])


def _service_chains(rules: PortRules) -> Iterator[str]:
    ends = [endpoint_chain(rules, backend) for backend in rules.backends]
    choice = ", ".join(f"{index} : goto {end}" for index, end in enumerate(ends))
    pick = f"meta l4proto {rules.protocol} numgen random mod {len(ends)} vmap {{ {choice} }}"
    stays = [
        f"ip saddr @{affinity_set(rules, backend)} goto {end}"
        for backend, end in zip(rules.backends, ends, strict=True)
        if rules.affinity
    ]
    yield from _block(f"chain {service_chain(rules)}", [*stays, pick])
    if rules.node_port:
        yield from _block(
            f"chain {_outside(rules)}", ["jump mark-for-masquerade", f"goto {service_chain(rules)}"]
        )
    for backend, end in zip(rules.backends, ends, strict=True):
        hairpin = f"ip saddr {backend.ip} jump mark-for-masquerade"
        send = f"meta l4proto {rules.protocol} dnat to {backend.ip}:{backend.port}"
        remembers = [f"update @{affinity_set(rules, backend)} {{ ip saddr }}"] if rules.affinity else []
        yield from _block(f"chain {end}", [hairpin, *remembers, send])


def nft_list_ruleset(kernel: dict[str, tuple[PortRules, ...]]) -> list[str]:
    """All rules of a node, line by line."""
    services = [rules for key in sorted(kernel) for rules in kernel[key]]
    lines = ["table ip kube-proxy {", '\tcomment "rules for kube-proxy"', ""]
    lines += _sets(services)
    lines += _top_chains()
    for rules in services:
        if rules.backends:
            lines += _service_chains(rules)
    if not lines[-1]:
        lines.pop()
    return [*lines, "}"]
