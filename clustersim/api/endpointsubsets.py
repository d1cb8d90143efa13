"""How the addresses of Endpoints are packed into subsets: ports that the very same addresses offer share one.

The order of ports, and of subsets, is that of their hashes as Go prints them.
Source: v1.7.5, v1.8.0 pkg/api/endpoints/util.go (of the API server, which packs whatever is written anew);
v1.36 pkg/api/v1/endpoints/util.go (of the controller alone).
"""

import hashlib
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

import msgspec

from clustersim.api.core_v1 import EndpointAddress, EndpointPort, EndpointSubset

_OFFSET: Final = 0x6C62272E07BB014262B821756295C58D
_PRIME: Final = 0x1000000000000000000013B


def md5(text: bytes) -> bytes:
    """Its MD5."""
    return hashlib.md5(text, usedforsecurity=False).digest()


def fnv1a_128(text: bytes) -> bytes:
    """FNV-1a of 128 bits."""
    found = _OFFSET
    for byte in text:
        found = (found ^ byte) * _PRIME & (1 << 128) - 1
    return found.to_bytes(16)


class Packing(msgspec.Struct, frozen=True):
    """How a release packs. package: where Go has the types. protocols: ports have an appProtocol. portless:
    addresses without ports stay, too."""

    package: str
    digest: Callable[[bytes], bytes]
    protocols: bool
    portless: bool


V1_7: Final = Packing("api", md5, protocols=False, portless=False)
V1_36: Final = Packing("v1", fnv1a_128, protocols=True, portless=True)


def repacked(subsets: Iterable[EndpointSubset], way: Packing) -> tuple[EndpointSubset, ...]:
    """The same addresses and ports in as few subsets as they need. One that is said to be ready and not ready
    is not."""
    known: dict[tuple[str, str], EndpointAddress] = {}
    offered: dict[EndpointPort | None, dict[tuple[str, str], bool]] = {}
    for subset in subsets:
        sides = ((True, subset.addresses), (False, subset.not_ready_addresses))
        for port in subset.ports or ((None,) if way.portless else ()):
            hosts = offered.setdefault(port, {})
            for ready, addresses in sides:
                for address in addresses:
                    key = address.ip, address.target_ref.uid if address.target_ref else ""
                    known.setdefault(key, address)
                    hosts[key] = hosts.get(key, True) and ready
    shared: dict[tuple[tuple[tuple[str, str], bool], ...], list[EndpointPort]] = {}
    for port, hosts in offered.items():
        shared.setdefault(tuple(sorted(hosts.items())), []).extend([] if port is None else [port])
    packed = [
        EndpointSubset(
            addresses=tuple(known[key] for key, ready in hosts if ready),
            not_ready_addresses=tuple(known[key] for key, ready in hosts if not ready),
            ports=tuple(sorted(ports, key=lambda port: _port_hash(port, way)))
            if len(ports) > 1
            else tuple(ports),
        )
        for hosts, ports in shared.items()
        if hosts
    ]
    if len(packed) > 1:
        packed.sort(key=lambda subset: way.digest(_printed(subset, way).encode()))
    return tuple(packed)


@lru_cache(maxsize=4096)
def _port_hash(port: EndpointPort, way: Packing) -> bytes:
    return way.digest(f"({way.package}.EndpointPort){_port(port, way)}".encode())


def _printed(subset: EndpointSubset, way: Packing) -> str:
    addresses, package = f"[]{way.package}.EndpointAddress", way.package
    return (
        f"({package}.EndpointSubset){{"
        f"Addresses:({addresses}){_items(_address(one, package) for one in subset.addresses)} "
        f"NotReadyAddresses:({addresses})"
        f"{_items(_address(one, package) for one in subset.not_ready_addresses)} "
        f"Ports:([]{package}.EndpointPort){_items(_port(one, way) for one in subset.ports)}}}"
    )


def _items(items: Iterable[str]) -> str:
    return f"[{found}]" if (found := " ".join(items)) else "<nil>"


def _port(port: EndpointPort, way: Packing) -> str:
    kind = f"{way.package}.Protocol"
    shown = f"Name:(string){port.name} Port:(int32){port.port} Protocol:({kind}){port.protocol}"
    if way.protocols:
        shown += f" AppProtocol:(*string){port.app_protocol or '<nil>'}"
    return f"{{{shown}}}"


def _address(address: EndpointAddress, package: str) -> str:
    target = address.target_ref
    shown = "<nil>"
    if target is not None:
        shown = (
            f"{{Kind:(string){target.kind} Namespace:(string){target.namespace} Name:(string){target.name} "
            f"UID:(types.UID){target.uid} APIVersion:(string){target.api_version} "
            f"ResourceVersion:(string){target.resource_version} FieldPath:(string){target.field_path}}}"
        )
    return (
        f"{{IP:(string){address.ip} Hostname:(string){address.hostname} "
        f"NodeName:(*string){address.node_name or '<nil>'} TargetRef:(*{package}.ObjectReference){shown}}}"
    )
