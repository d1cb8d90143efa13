"""For whom an endpoint is meant: hints in slices that keep traffic in a zone or on a node.

A Service asks for them in `trafficDistribution`, where every endpoint is for its own zone (and node); or by
the annotation `topology-mode: Auto`, where zones get endpoints as they have CPU, and none at all if that
cannot be done evenly.
Source: v1.36 staging/src/k8s.io/endpointslice/reconciler.go, trafficdist/trafficdist.go,
topologycache/{topologycache,sliceinfo,utils,event}.go.
"""

from collections.abc import Iterable, Mapping
from math import ceil
from typing import Final, NamedTuple

from clustersim.api.core_v1 import Node, Service
from clustersim.api.discovery import Endpoint, EndpointHints, EndpointSlice, ForNode, ForZone
from clustersim.api.meta import replace
from clustersim.api.quantity import millicores
from clustersim.api.topology import ZONE
from clustersim.node_ready import is_ready_node

TOPOLOGY_MODE: Final = "service.kubernetes.io/topology-mode"
TOPOLOGY_HINTS: Final = "service.kubernetes.io/topology-aware-hints"
"""The annotation's older name, which comes first where both are there."""

DISTRIBUTIONS: Final = ("PreferClose", "PreferSameZone", "PreferSameNode")
OVERLOAD: Final = 0.2
"""By so much an endpoint may have more to do than it would without zones."""

_NOT_FOR_CAPACITY: Final = ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master")

NO_NODES: Final = "Insufficient Node information: allocatable CPU or zone not specified on one or more nodes"
TOO_FEW: Final = "Insufficient number of endpoints"
TOO_UNEVEN: Final = (
    "Unable to allocate minimum required endpoints to each zone without exceeding overload threshold"
)
NO_ZONE: Final = "One or more endpoints do not have a zone specified"
NONE_ALLOCATED: Final = "No hints allocated for zones"


class Share(NamedTuple):
    """How many endpoints a zone must have, may have, and should have."""

    least: int
    most: int
    wanted: float


class Hinted(NamedTuple):
    """Slices with their hints, and how many endpoints each zone has; or why there are no hints."""

    slices: tuple[EndpointSlice, ...]
    zones: dict[str, int] = {}
    refused: str = ""


def follows_topology(service: Service) -> bool:
    """The annotation asks for hints (hintsEnabled)."""
    annotations = service.metadata.annotations
    asked = annotations.get(TOPOLOGY_HINTS, annotations.get(TOPOLOGY_MODE, ""))
    return asked in ("Auto", "auto")


def distributed(slices: Iterable[EndpointSlice], distribution: str) -> tuple[EndpointSlice, ...]:
    """The slices with the hints of a Service's trafficDistribution; without one, without hints. Endpoints
    that are not ready keep what they have."""
    if distribution not in DISTRIBUTIONS:
        return without_hints(slices)
    nodes = distribution == "PreferSameNode"
    return tuple(
        _with(
            one,
            tuple(
                _own(endpoint, nodes=nodes) if _ready(endpoint) else endpoint for endpoint in one.endpoints
            ),
        )
        for one in slices
    )


def without_hints(slices: Iterable[EndpointSlice]) -> tuple[EndpointSlice, ...]:
    """The slices for everybody."""
    return tuple(_with(one, tuple(_hint(endpoint, None) for endpoint in one.endpoints)) for one in slices)


def _own(endpoint: Endpoint, *, nodes: bool) -> Endpoint:
    zones = (ForZone(name=endpoint.zone),) if endpoint.zone else ()
    on = (ForNode(name=endpoint.node_name),) if nodes and endpoint.node_name else ()
    return _hint(endpoint, EndpointHints(for_zones=zones, for_nodes=on) if zones or on else None)


def _hint(endpoint: Endpoint, hints: EndpointHints | None) -> Endpoint:
    return endpoint if endpoint.hints == hints else replace(endpoint, hints=hints)


def _with(one: EndpointSlice, endpoints: tuple[Endpoint, ...]) -> EndpointSlice:
    return one if endpoints == one.endpoints else replace(one, endpoints=endpoints)


def _ready(endpoint: Endpoint) -> bool:
    return bool(endpoint.conditions.ready)


# --- as zones have CPU ----------------------------------------------------------------------------------


def cpu_shares(nodes: Iterable[Node]) -> dict[str, float]:
    """Which part of the CPU of all ready workers each zone has; nothing where a node says too little, or
    there are fewer than two zones (SetNodes)."""
    by_zone: dict[str, int] = {}
    for node in nodes:
        labels = node.metadata.labels
        if any(key in labels for key in _NOT_FOR_CAPACITY) or not is_ready_node(node):
            continue
        zone, cpu = labels.get(ZONE, ""), millicores(node.status.allocatable.get("cpu", "0"))
        if not zone or not cpu:
            return {}
        by_zone[zone] = by_zone.get(zone, 0) + cpu
    total = sum(by_zone.values())
    if len(by_zone) < 2:
        return {}
    return {zone: cpu / total for zone, cpu in by_zone.items()}


def overloaded(zones: Mapping[str, int], shares: Mapping[str, float]) -> bool:
    """A zone has too few endpoints for its CPU by now (serviceOverloaded)."""
    if not zones:
        return False
    total = sum(zones.values())
    return not shares or any(
        zones.get(zone, 0) < ceil(total * share / (1 + OVERLOAD)) for zone, share in shares.items()
    )


def allotted(
    changing: tuple[EndpointSlice, ...], staying: tuple[EndpointSlice, ...], shares: Mapping[str, float]
) -> Hinted:
    """Hints by the zones' CPU. changing: slices that are written anyway; staying: the others, of which those
    are changed whose hints do not do (AddHints). Without hints it is said why."""
    every = (*changing, *staying)
    count = sum(_ready(endpoint) for one in every for endpoint in one.endpoints)
    found = _allocations(count, shares)
    if isinstance(found, str):
        return Hinted(without_hints(every), refused=found)
    zones: dict[str, int] = {}
    kept: list[EndpointSlice] = []
    redone = list(changing)
    for one in staying:
        here = _hints_of(one, zones, found)
        if here is None:
            redone.append(one)
            continue
        kept.append(one)
        for zone, number in here.items():
            zones[zone] = zones.get(zone, 0) + number
    ready = [endpoint for one in redone for endpoint in one.endpoints if _ready(endpoint)]
    if any(not endpoint.zone for endpoint in ready):
        return Hinted(without_hints(every), refused=NO_ZONE)
    for endpoint in ready:
        zones[endpoint.zone] = zones.get(endpoint.zone, 0) + 1
    giving, receiving = _exchange(found, zones)
    redone = [_redistributed(one, giving, receiving, zones) for one in redone]
    if not zones:
        return Hinted(without_hints(every), refused=NONE_ALLOCATED)
    return Hinted((*redone, *kept), zones)


def _allocations(count: int, shares: Mapping[str, float]) -> dict[str, Share] | str:
    if not shares:
        return NO_NODES
    told = f"({count} endpoints, {len(shares)} zones)"
    if len(shares) > count:
        return f"{TOO_FEW} {told}"
    least = {zone: ceil(share * count / (1 + OVERLOAD)) for zone, share in shares.items()}
    spare = count - sum(least.values())
    if spare < 0:
        return f"{TOO_UNEVEN} {told}"
    return {
        zone: Share(least[zone], least[zone] + spare, max(share * count, least[zone]))
        for zone, share in shares.items()
    }


def _hints_of(
    one: EndpointSlice, zones: Mapping[str, int], allocations: Mapping[str, Share]
) -> dict[str, int] | None:
    """Endpoints of the slice by the zones they are for; None if it must be changed (getHintsByZone)."""
    found: dict[str, int] = {}
    for endpoint in one.endpoints:
        if not _ready(endpoint):
            continue
        if endpoint.hints is None or not endpoint.hints.for_zones:
            return None
        for zone in endpoint.hints.for_zones:
            if zone.name not in allocations:
                return None
            found[zone.name] = found.get(zone.name, 0) + 1
    most = all(number + zones.get(zone, 0) <= allocations[zone].most for zone, number in found.items())
    return found if most else None


def _exchange(
    allocations: Mapping[str, Share], zones: Mapping[str, int]
) -> tuple[dict[str, int], dict[str, int]]:
    """How many endpoints each zone gives, and gets (getGivingAndReceivingZones). Among equals the first by
    name comes first; in the real one it is chance."""
    surplus = {zone: zones.get(zone, 0) - allocations[zone].wanted for zone in sorted(allocations)}
    lack = {zone: -number for zone, number in surplus.items() if number < 0}
    surplus = {zone: number for zone, number in surplus.items() if number > 0}
    giving: dict[str, int] = {}
    receiving: dict[str, int] = {}
    while surplus and lack:
        giver, taker = max(surplus, key=surplus.__getitem__), max(lack, key=lack.__getitem__)
        give, take = surplus[giver], lack[taker]
        if (give < 1 and take < 1) or give < 0.5 or take < 0.5:
            break
        giving[giver] = giving.get(giver, 0) + 1
        receiving[taker] = receiving.get(taker, 0) + 1
        surplus[giver] -= 1
        lack[taker] -= 1
    return giving, receiving


def _redistributed(
    one: EndpointSlice, giving: dict[str, int], receiving: dict[str, int], zones: dict[str, int]
) -> EndpointSlice:
    endpoints = []
    for endpoint in one.endpoints:
        if not _ready(endpoint):
            endpoints.append(endpoint)
            continue
        zone = endpoint.zone
        taker = next((name for name, number in receiving.items() if number), "")
        if giving.get(zone) and taker:
            giving[zone] -= 1
            receiving[taker] -= 1
            zones[zone] -= 1
            zones[taker] = zones.get(taker, 0) + 1
            zone = taker
        endpoints.append(_hint(endpoint, EndpointHints(for_zones=(ForZone(name=zone),))))
    return _with(one, tuple(endpoints))
