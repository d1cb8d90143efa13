"""Validation of network policies and of the hosts of an Ingress.

Source: v1.36.2 pkg/apis/networking/validation/validation.go; v1.7.5 and v1.8.0 the same and
pkg/apis/extensions/validation/validation.go.
"""

import ipaddress
from typing import Final

from clustersim.api.networking import IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.ips import ip_range
from clustersim.apiserver.validation.meta import check_label_selector

DIRECTIONS: Final = ("Ingress", "Egress")
PROTOCOLS: Final = ("TCP", "UDP", "SCTP")
"""SCTP came later."""


def _wrong_range(errors: FieldErrors, text: str) -> tuple[str, ...]:
    if errors.modern:
        return ip_range(text)
    return ("not a valid CIDR",) if _network(text) is None else ()


def check_network_policy(errors: FieldErrors, policy: NetworkPolicy) -> None:
    """Whom it is for, what it lets in and out, and which of both it is about."""
    spec = policy.spec
    check_label_selector(errors, "spec.podSelector", spec.pod_selector)
    for index, ingress in enumerate(spec.ingress):
        _check_rule(errors, f"spec.ingress[{index}]", ingress.ports, "from", ingress.from_)
    for index, egress in enumerate(spec.egress):
        _check_rule(errors, f"spec.egress[{index}]", egress.ports, "to", egress.to)
    if len(spec.policy_types) > len(DIRECTIONS):
        told = "may not specify more than two policyTypes"
        errors.invalid("spec.policyTypes", list(spec.policy_types), told)
        return
    for index, direction in enumerate(spec.policy_types):
        errors.one_of(f"spec.policyTypes[{index}]", direction, DIRECTIONS)


def _check_rule(
    errors: FieldErrors,
    field: str,
    ports: tuple[NetworkPolicyPort, ...],
    way: str,
    peers: tuple[NetworkPolicyPeer, ...],
) -> None:
    for index, port in enumerate(ports):
        _check_port(errors, f"{field}.ports[{index}]", port)
    for index, peer in enumerate(peers):
        _check_peer(errors, f"{field}.{way}[{index}]", way, peer)


def _check_port(errors: FieldErrors, field: str, port: NetworkPolicyPort) -> None:
    if port.protocol:
        errors.one_of(f"{field}.protocol", port.protocol, PROTOCOLS if errors.modern else PROTOCOLS[:2])
    number, last = port.port, port.end_port
    if isinstance(number, str):
        if last is not None:
            errors.invalid(f"{field}.endPort", last, "may not be specified when `port` is non-numeric")
        errors.each(f"{field}.port", number, names.port_name(number, errors.release))
    elif number is not None:
        errors.each(f"{field}.port", number, names.port_number(number))
        if last is not None:
            if last < number:
                errors.invalid(f"{field}.endPort", number, "must be greater than or equal to `port`")
            errors.each(f"{field}.endPort", last, names.port_number(last))
    elif last is not None:
        errors.invalid(f"{field}.endPort", last, "may not be specified when `port` is not specified")


def _check_peer(errors: FieldErrors, field: str, way: str, peer: NetworkPolicyPeer) -> None:
    check_label_selector(errors, f"{field}.podSelector", peer.pod_selector)
    check_label_selector(errors, f"{field}.namespaceSelector", peer.namespace_selector)
    if peer.ip_block is not None:
        _check_block(errors, f"{field}.ipBlock", peer.ip_block)
    given = [one for one in (peer.pod_selector, peer.namespace_selector, peer.ip_block) if one is not None]
    if not given:
        errors.required(field, "must specify a peer" if errors.modern else f"must specify a {way} type")
    elif len(given) > 1 and not errors.modern:
        errors.forbidden(field, f"may not specify more than 1 {way} type")
    elif len(given) > 1 and peer.ip_block is not None:
        errors.forbidden(field, "may not specify both ipBlock and another peer")


def _check_block(errors: FieldErrors, field: str, block: IPBlock) -> None:
    if not block.cidr:
        errors.required(f"{field}.cidr")
        return
    whole = _network(block.cidr)
    errors.each(f"{field}.cidr", block.cidr, _wrong_range(errors, block.cidr))
    if whole is None:
        return
    for index, text in enumerate(block.except_):
        here, part = f"{field}.except[{index}]", _network(text)
        errors.each(here, text, _wrong_range(errors, text))
        if part is None:
            continue
        if part[0] not in whole[1]:
            why = "must be a strict subset of `cidr`" if errors.modern else "not within CIDR range"
            errors.invalid(here, text, why)
        elif errors.modern and part[1].prefixlen <= whole[1].prefixlen:
            errors.invalid(here, text, "must be a strict subset of `cidr`")


Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _network(text: str) -> tuple[Address, Network] | None:
    """An address and the network that it is in, as Go's ParseCIDR reads them."""
    try:
        found = ipaddress.ip_interface(text)
    except ValueError:
        return None
    return (found.ip, found.network) if "/" in text else None


def check_host(errors: FieldErrors, field: str, host: str) -> None:
    """A host of an Ingress has a name; a star may stand for its first part."""
    try:
        ipaddress.ip_address(host)
        errors.invalid(field, host, "must be a DNS name, not an IP address")
    except ValueError:
        pass
    rule = names.wildcard_subdomain if "*" in host else names.dns_subdomain
    errors.each(field, host, rule(host, errors.release))
