"""`kubectl describe networkpolicy` (v1.36 k8s.io/kubectl pkg/describe describeNetworkPolicy)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from clustersim.engine.time import Micros
from clustersim.kubectl.describe.parts import NONE, TODAY, head, pairs
from clustersim.kubectl.describe.parts import annotations as annotation_lines
from clustersim.kubectl.texts import selector_text

_INDENT: Final = "    "


def network_policy_lines(policy: Any, release: str, now: Micros) -> Iterable[str]:
    """A NetworkPolicy."""
    spec, metadata = policy.spec, policy.metadata
    if release not in TODAY:
        yield from head(policy, release)
        yield f"PodSelector:\t{selector_text(spec.pod_selector)}"
        return
    made = datetime.fromisoformat(metadata.creation_timestamp)
    yield f"Name:\t{metadata.name}"
    yield f"Namespace:\t{metadata.namespace}"
    yield f"Created on:\t{made:%Y-%m-%d %H:%M:%S +0000 UTC}"
    yield from pairs("Labels", metadata.labels)
    yield from annotation_lines(metadata.annotations, release)
    chosen = selector_text(spec.pod_selector)
    every = f"{NONE} (Allowing the specific traffic to all pods in this namespace)"
    yield "Spec:"
    yield f"  PodSelector:     {every if chosen == NONE else chosen}"
    types = spec.policy_types
    yield from _ways("Ingress", "From", "source", types, [(one.ports, one.from_) for one in spec.ingress])
    yield from _ways("Egress", "To", "destination", types, [(one.ports, one.to) for one in spec.egress])
    yield f"  Policy Types: {', '.join(spec.policy_types) or NONE}"


def _ways(
    kind: str, way: str, end: str, types: Sequence[str], rules: Sequence[tuple[Sequence[Any], Sequence[Any]]]
) -> Iterable[str]:
    """What may come in, or go out, rule by rule."""
    word = kind.lower()
    if kind not in types:
        yield f"  Not affecting {word} traffic"
        return
    yield f"  Allowing {word} traffic:"
    if not rules:
        yield f"{_INDENT}{NONE} (Selected pods are isolated for {word} connectivity)"
    for index, (ports, peers) in enumerate(rules):
        if index:
            yield f"{_INDENT}----------"
        if not ports:
            yield f"{_INDENT}To Port: <any> (traffic allowed to all ports)"
        for port in ports:
            last = "" if port.end_port is None else f"-{port.end_port}"
            yield f"{_INDENT}To Port{' Range' if last else ''}: {port.port}{last}/{port.protocol}"
        if not peers:
            yield f"{_INDENT}{way}: <any> (traffic not restricted by {end})"
        for peer in peers:
            yield f"{_INDENT}{way}:"
            yield from (f"{_INDENT}  {line}" for line in _peer(peer))


def _peer(peer: Any) -> Iterable[str]:
    if peer.namespace_selector is not None:
        yield f"NamespaceSelector: {selector_text(peer.namespace_selector)}"
    if peer.pod_selector is not None:
        yield f"PodSelector: {selector_text(peer.pod_selector)}"
    elif peer.namespace_selector is None and peer.ip_block is not None:
        yield "IPBlock:"
        yield f"  CIDR: {peer.ip_block.cidr}"
        yield f"  Except: {', '.join(peer.ip_block.except_)}"
