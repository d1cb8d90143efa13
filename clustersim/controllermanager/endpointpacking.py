"""How endpoints are packed into slices: those that must change anyway are filled up, the fullest before the
others, and what would be deleted becomes what would be created.

Pure functions. Source: v1.36 staging/src/k8s.io/endpointslice/reconciler.go.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from clustersim.api.discovery import DiscoveryEndpointPort, Endpoint, EndpointSlice
from clustersim.api.meta import replace

MOST: Final = 100
"""Endpoints of a slice (--max-endpoints-per-slice)."""

Ports = tuple[DiscoveryEndpointPort, ...]


class Reconciliation(msgspec.Struct, frozen=True):
    """What to write so that slices hold what they should."""

    create: tuple[EndpointSlice, ...] = ()
    update: tuple[EndpointSlice, ...] = ()
    delete: tuple[EndpointSlice, ...] = ()


def reconciled(
    made: EndpointSlice,
    existing: Iterable[EndpointSlice],
    wanted: dict[Ports, list[Endpoint]],
    *,
    most: int = MOST,
    placeholder: bool = False,
    annotated: bool = False,
) -> Reconciliation:
    """What to write: for each combination of ports slices of `most` endpoints.

    made: a slice as new ones are, still empty. placeholder: without endpoints there is one empty slice.
    annotated: slices have the annotations of a new one, too.
    """
    by_ports: dict[Ports, list[EndpointSlice]] = {}
    for found in existing:
        by_ports.setdefault(found.ports, []).append(found)
    create: list[EndpointSlice] = []
    update: list[EndpointSlice] = []
    delete: list[EndpointSlice] = []
    for ports, endpoints in wanted.items():
        part = _packed(made, by_ports.pop(ports, []), ports, endpoints, most, annotated)
        create += part.create
        update += part.update
        delete += part.delete
    rest = [found for slices in by_ports.values() for found in slices]
    if not wanted and placeholder:
        empty = next((found for found in rest if not found.endpoints and not found.ports), None)
        if empty is None:
            create.append(made)
        rest = [found for found in rest if found is not empty]
    return _reusing(create, update, [*delete, *rest])


def _reusing(
    create: list[EndpointSlice], update: list[EndpointSlice], delete: list[EndpointSlice]
) -> Reconciliation:
    """What would be deleted becomes what would be created (finalize)."""
    count = min(len(create), len(delete))
    reused = [
        replace(
            old,
            ports=new.ports,
            endpoints=new.endpoints,
            metadata=replace(old.metadata, labels=new.metadata.labels),
        )
        for new, old in zip(create[:count], delete[:count], strict=True)
    ]
    return Reconciliation(tuple(create[count:]), (*update, *reused), tuple(delete[count:]))


def _packed(
    made: EndpointSlice,
    existing: list[EndpointSlice],
    ports: Ports,
    endpoints: list[Endpoint],
    most: int,
    annotated: bool,
) -> Reconciliation:
    left = {_uid(endpoint): endpoint for endpoint in endpoints}
    labels = made.metadata.labels
    changed: list[EndpointSlice] = []
    unchanged: list[EndpointSlice] = []
    delete: list[EndpointSlice] = []
    for found in existing:
        kept = tuple(_as_it_was(one, left.pop(_uid(one))) for one in found.endpoints if _uid(one) in left)
        notes = made.metadata.annotations if annotated else found.metadata.annotations
        new = replace(
            found, endpoints=kept, metadata=replace(found.metadata, labels=labels, annotations=notes)
        )
        if not kept and found.endpoints:
            delete.append(found)
        else:
            (unchanged if new == found else changed).append(new)
    rest = list(left.values())
    filled: list[EndpointSlice] = []
    for found in sorted(changed, key=lambda one: -len(one.endpoints)):
        room = most - len(found.endpoints)
        added, rest = rest[:room], rest[room:]
        filled.append(replace(found, endpoints=(*found.endpoints, *added)))
    create: list[EndpointSlice] = []
    while rest:
        fits = [found for found in unchanged if len(found.endpoints) + len(rest) <= most]
        if fits and len(rest) < most:
            fullest = max(fits, key=lambda one: len(one.endpoints))
            filled.append(replace(fullest, endpoints=(*fullest.endpoints, *rest)))
            break
        create.append(replace(made, ports=ports, endpoints=tuple(rest[:most])))
        rest = rest[most:]
    return Reconciliation(tuple(create), tuple(filled), tuple(delete))


def _as_it_was(old: Endpoint, new: Endpoint) -> Endpoint:
    """The endpoint with its hints, where nothing else of it changed (EndpointsEqualBeyondHash)."""
    return old if old.hints is not None and replace(old, hints=None) == new else new


def _uid(endpoint: Endpoint) -> str:
    return endpoint.target_ref.uid if endpoint.target_ref is not None else endpoint.addresses[0]
