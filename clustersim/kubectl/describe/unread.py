"""`kubectl describe` of kinds that nothing of this model acts on. Source: v1.36.2 k8s.io/kubectl
pkg/describe/describe.go."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from clustersim.api.kept import listing, mapping, text
from clustersim.kubectl.ages import moment
from clustersim.kubectl.describe.parts import head
from clustersim.kubectl.texts import labels_text

_MOST_POOLS: Final = 10


def attributes_class_lines(found: Any, release: str) -> Iterable[str]:
    """A VolumeAttributesClass."""
    yield f"Name:\t{found.metadata.name}"
    yield f"Annotations:\t{labels_text(found.metadata.annotations)}"
    yield f"DriverName:\t{found.driver_name}"
    yield f"Parameters:\t{labels_text(found.parameters)}"


def csi_node_lines(found: Any, release: str) -> Iterable[str]:
    """A CSINode: the drivers of a machine."""
    yield from head(found, release, namespaced=False)
    yield f"CreationTimestamp:\t{moment(found.metadata.creation_timestamp)}"
    yield "Spec:"
    drivers = mapping(found.spec).get("drivers")
    if drivers is None:
        return
    yield "  Drivers:"
    for driver in map(mapping, listing(drivers)):
        yield f"    {driver.get('name', '')}:"
        yield f"      Node ID:\t{driver.get('nodeID', '')}"
        if (count := mapping(driver.get("allocatable")).get("count")) is not None:
            yield "      Allocatables:"
            yield f"        Count:\t{count}"
        if (keys := driver.get("topologyKeys")) is not None:
            yield f"      Topology Keys:\t[{' '.join(map(text, listing(keys)))}]"


def service_cidr_lines(found: Any, release: str) -> Iterable[str]:
    """A ServiceCIDR."""
    yield from head(found, release, namespaced=False)
    yield f"CIDRs:\t{', '.join(map(text, listing(mapping(found.spec).get('cidrs'))))}"
    conditions = [mapping(one) for one in listing(mapping(found.status).get("conditions"))]
    if conditions:
        yield "Status:"
        yield "Conditions:"
        yield "  Type\tStatus\tLastTransitionTime\tReason\tMessage"
        yield "  ----\t------\t------------------\t------\t-------"
    for one in conditions:
        since = moment(text(one.get("lastTransitionTime")))
        told = (text(one.get("type")), text(one.get("status")), since, text(one.get("reason")))
        yield "  " + "\t".join((*told, text(one.get("message"))))


def address_lines(found: Any, release: str) -> Iterable[str]:
    """An IPAddress."""
    yield from head(found, release, namespaced=False)
    if mapping(found.spec).get("parentRef") is not None:
        parent = mapping(found.spec["parentRef"])
        yield "Parent Reference:"
        for field in ("group", "resource", "namespace", "name"):
            yield f"  {field.title()}:\t{text(parent.get(field))}"


def slices_of_node(slices: Sequence[Any]) -> Iterable[str]:
    """The devices that drivers have on a node, pool by pool."""
    pools: Counter[tuple[str, str]] = Counter()
    devices: Counter[tuple[str, str]] = Counter()
    for one in slices:
        spec = mapping(one.spec)
        pool = text(spec.get("driver")), text(mapping(spec.get("pool")).get("name"))
        pools[pool] += 1
        devices[pool] += len(listing(spec.get("devices")))
    if not pools:
        return
    yield "Node-Local ResourceSlices:"
    yield "  Driver\tPool\tSlices\tDevices"
    yield "  ------\t----\t------\t-------"
    for pool in sorted(pools, key="/".join)[:_MOST_POOLS]:
        yield f"  {pool[0]}\t{pool[1]}\t{pools[pool]}\t{devices[pool]}"
    if len(pools) > _MOST_POOLS:
        yield f"  ...and {len(pools) - _MOST_POOLS} more pools"
