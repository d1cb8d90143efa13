"""The controller of MetalLB: it makes the Secrets that its pods need, has the API server know its webhooks,
and gives Services of type LoadBalancer addresses of its IPAddressPools.

Source: MetalLB controller/service.go, internal/allocator, internal/k8s/{k8s,webhook}.go; cert-controller
v0.15.0 pkg/rotator.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, ip_network, summarize_address_range
from typing import Any, Final

from msgspec.structs import replace

from clustersim.api.core_v1 import LoadBalancerIngress, LoadBalancerStatus, Secret
from clustersim.api.kept import listing, mapping, text
from clustersim.api.meta import ObjectMeta, OwnerReference
from clustersim.api.request import Request
from clustersim.programs.clients.certificates import VALIDATING, converted_by, rotated, with_authority
from clustersim.programs.clients.client import Acts, ApiClient, Look, Means, Objects, Reconciler, Seen
from clustersim.programs.clients.events import Tells, event

_NAME: Final = "metallb-controller"
_POOLS: Final = "ipaddresspools.metallb.io"
_DEFINITIONS: Final = "customresourcedefinitions"
_CONVERTED: Final = "bgppeers.metallb.io"
_WEBHOOKS: Final = "metallb-webhook-configuration"
_FROM: Final = "metallb.io/ip-allocated-from-pool"
_POOL: Final = "metallb.io/address-pool"
_WANTED: Final = "metallb.io/loadBalancerIPs"
_SHARED: Final = "metallb.io/allow-shared-ip"
_OLD: Final = "metallb.universe.tf/"
MOST_TRIED: Final = 4096
"""Addresses of a pool that are looked at for a free one."""
MOST_RANGES: Final = 64
"""Of a pool."""
MOST_COMPARED: Final = 4096
"""Ranges of other pools with which those of a new one are compared."""

Range = tuple[int, int]
"""The first and the last address."""


class Pool:
    """Addresses that may be given."""

    def __init__(self, obj: Any) -> None:
        spec = mapping(obj.content.get("spec"))
        self.name: str = obj.metadata.name
        self.auto = spec.get("autoAssign") is not False
        self._avoids = spec.get("avoidBuggyIPs") is True
        written = listing(spec.get("addresses"))[:MOST_RANGES]
        self.ranges = [found for one in written if (found := _range(text(one)))]
        self.rules = mapping(spec.get("serviceAllocation"))

    @property
    def priority(self) -> int:
        """Of a pool that is for some Services alone; 0 comes last."""
        found = self.rules.get("priority")
        return found if type(found) is int and found > 0 else 1 << 31

    def holds(self, ip: str) -> bool:
        """The address is one of its."""
        try:
            number = int(IPv4Address(ip))
        except ValueError:
            return False
        return any(first <= number <= last for first, last in self.ranges)

    def addresses(self) -> Iterator[str]:
        """Those that it would try, in their order."""
        left = MOST_TRIED
        for first, last in self.ranges:
            for number in range(first, min(last, first + left) + 1):
                if not (self._avoids and number & 255 in (0, 255)):
                    yield str(IPv4Address(number))
            left -= min(left, last - first + 1)

    def suits(self, service: Any, namespaces: Mapping[str, Mapping[str, str]]) -> bool:
        """It may be used for that Service (allocator.go isPoolCompatibleWithService)."""
        rules = self.rules
        named = [text(one) for one in listing(rules.get("namespaces"))]
        chosen = [mapping(one) for one in listing(rules.get("namespaceSelectors"))]
        own = service.metadata.namespace
        if (named or chosen) and own not in named:
            labels = namespaces.get(own, {})
            if not any(_selects(one, labels) for one in chosen):
                return False
        wanted = [mapping(one) for one in listing(rules.get("serviceSelectors"))]
        return not wanted or any(_selects(one, service.metadata.labels) for one in wanted)


def _selects(plain: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    return all(labels.get(str(key)) == value for key, value in mapping(plain.get("matchLabels")).items())


def _range(words: str) -> Range | None:
    """Of 10.0.0.0/24, or 10.0.0.10-10.0.0.20; None of others, such as those of IPv6."""
    first, dash, last = (part.strip() for part in words.partition("-"))
    try:
        if dash:
            low, high = int(IPv4Address(first)), int(IPv4Address(last))
            return (low, high) if low <= high else None
        network = ip_network(first, strict=False)
    except ValueError:
        return None
    if network.version != 4:
        return None
    return int(network.network_address), int(network.broadcast_address)


def _overlap(own: Sequence[Range], others: Sequence[Range]) -> tuple[IPv4Network, IPv4Network] | None:
    """The first network of a pool, and the one of others with which it shares addresses."""
    for first, last in own:
        for low, high in others[:MOST_COMPARED]:
            if low <= last and first <= high:
                return next(
                    (one, other)
                    for one in _networks(first, last)
                    for other in _networks(low, high)
                    if one.overlaps(other)
                )
    return None


def _networks(first: int, last: int) -> Iterator[IPv4Network]:
    return summarize_address_range(IPv4Address(first), IPv4Address(last))


class Controller(Reconciler):
    """controller."""

    manager = "controller"

    def looks(self, client: ApiClient) -> Sequence[Look]:
        own, deployment = client.namespace, client.option("METALLB_DEPLOYMENT")
        secrets = [client.option("webhook-secret", "metallb-webhook-cert"), *self._memberlist(client)]
        return (
            *(Look("secrets", own, name) for name in secrets),
            *((Look("deployments", own, deployment),) if deployment and len(secrets) > 1 else ()),
            Look(VALIDATING, "", _WEBHOOKS),
            Look(_DEFINITIONS, "", _CONVERTED),
            Look(_POOLS, own),
            Look("namespaces"),
            Look("services"),
        )

    def objects_to(self, client: ApiClient, hook: str, obj: Any, objects: Objects) -> str:
        """Pools are in its namespace, and share no address (webhookv1beta1/ipaddresspool_webhook.go,
        internal/config/config.go)."""
        if getattr(obj, "resource", "") != _POOLS:
            return ""
        if obj.metadata.namespace != client.namespace:
            return f"resource must be created in {client.namespace} namespace"
        name, others = obj.metadata.name, objects(_POOLS)
        known = sorted(
            (one for one in others if one.metadata.name != name), key=lambda one: str(one.metadata.name)
        )
        found = _overlap(Pool(obj).ranges, [each for one in known for each in Pool(one).ranges])
        if found is None:
            return ""
        return f'CIDR "{found[0]}" in pool "{name}" overlaps with already defined CIDR "{found[1]}"'

    def _memberlist(self, client: ApiClient) -> tuple[str, ...]:
        name = client.option("ml-secret-name") or client.option("METALLB_ML_SECRET_NAME")
        return (name,) if name else ()

    def acts(self, client: ApiClient, seen: Seen, means: Means) -> Acts:
        requests = [*self._secrets(client, seen, means), *self._webhooks(client, seen)]
        return Acts([*requests, *self._balancers(client, seen, means)])

    def _secrets(self, client: ApiClient, seen: Seen, means: Means) -> Iterator[Request]:
        own = client.namespace
        for name in self._memberlist(client):
            deployment = seen.get(Look("deployments", own, client.option("METALLB_DEPLOYMENT")))
            if seen[Look("secrets", own, name)] is None and deployment is not None:
                key = base64.b64encode(means.random.digits(2)[:16].encode()).decode()
                data = {"secretkey": base64.b64encode(key.encode()).decode()}
                owner = OwnerReference(
                    api_version="apps/v1",
                    kind="Deployment",
                    name=deployment.metadata.name,
                    uid=deployment.metadata.uid,
                )
                metadata = ObjectMeta(name=name, namespace=own, owner_references=(owner,))
                yield Request("create", "secrets", own, name, Secret(metadata=metadata, data=data))
        name = client.option("webhook-secret", "metallb-webhook-cert")
        found = seen[Look("secrets", own, name)]
        if found is not None and (made := rotated(found, means.random)) is not found:
            yield Request("update", "secrets", own, name, made)

    def _webhooks(self, client: ApiClient, seen: Seen) -> Iterator[Request]:
        name = client.option("webhook-secret", "metallb-webhook-cert")
        secret = seen[Look("secrets", client.namespace, name)]
        authority = "" if secret is None else secret.data.get("ca.crt", "")
        if not authority:
            return
        config = seen[Look(VALIDATING, "", _WEBHOOKS)]
        if config is not None and (changed := with_authority(config, authority)) != config:
            yield Request("update", VALIDATING, "", _WEBHOOKS, changed)
        definition = seen[Look(_DEFINITIONS, "", _CONVERTED)]
        if definition is not None and (known := converted_by(definition, authority)) != definition:
            yield Request("update", _DEFINITIONS, "", _CONVERTED, known)

    # --- addresses ----------------------------------------------------------------------------------------

    def _balancers(self, client: ApiClient, seen: Seen, means: Means) -> Iterator[Request]:
        pools = [Pool(one) for one in seen.get(Look(_POOLS, client.namespace)) or ()]
        pools.sort(key=lambda pool: (pool.priority, pool.name))
        namespaces = {one.metadata.name: one.metadata.labels for one in seen[Look("namespaces")]}
        services = [one for one in seen[Look("services")] if not one.spec.load_balancer_class]
        taken: dict[str, list[Any]] = {}
        for one in services:
            for ip in _ips(one):
                taken.setdefault(ip, []).append(one)
        for service in services:
            yield from self._converge(service, pools, namespaces, taken, means)

    def _converge(
        self,
        service: Any,
        pools: Sequence[Pool],
        namespaces: Mapping[str, Mapping[str, str]],
        taken: dict[str, list[Any]],
        means: Means,
    ) -> Iterator[Request]:
        """As controller/service.go convergeBalancer has it."""
        metadata, now = service.metadata, _ips(service)
        if service.spec.type != "LoadBalancer" or not pools or service.spec.cluster_ip in ("", "None"):
            if now and _FROM in metadata.annotations:
                yield _written(service, (), "")
            return
        wanted = _asked(metadata.annotations, _WANTED) or service.spec.load_balancer_ip
        named = _asked(metadata.annotations, _POOL)
        pool = next((one for one in pools if now and one.holds(now[0])), None)
        fits = pool is not None and pool.suits(service, namespaces)
        if fits and pool is not None and (not named or pool.name == named) and wanted in ("", now[0]):
            if metadata.annotations.get(_FROM) != pool.name:
                yield _written(service, now, pool.name)
            return
        for ip in now:
            taken[ip].remove(service)
        found, why = _found(service, pools, namespaces, taken, wanted, named)
        key = f"{metadata.namespace}/{metadata.name}"
        if found is None:
            if now:
                yield _written(service, (), "")
            failed = f'Failed to allocate IP for "{key}": {why}'
            yield event(service, "Service", Tells("Warning", "AllocationFailed", failed), _NAME, means)
            return
        ip, chosen = found
        taken.setdefault(ip, []).append(service)
        told = Tells("Normal", "IPAllocated", f'Assigned IP ["{ip}"]')
        yield event(service, "Service", told, _NAME, means)
        yield _written(service, (ip,), chosen.name)


def _ips(service: Any) -> tuple[str, ...]:
    return tuple(one.ip for one in service.status.load_balancer.ingress if one.ip)


def _asked(annotations: Mapping[str, str], name: str) -> str:
    """An annotation, by its name of today or of before."""
    return annotations.get(name) or annotations.get(_OLD + name.rpartition("/")[2], "")


def _found(
    service: Any,
    pools: Sequence[Pool],
    namespaces: Mapping[str, Mapping[str, str]],
    taken: Mapping[str, Sequence[Any]],
    wanted: str,
    named: str,
) -> tuple[tuple[str, Pool] | None, str]:
    """An address and its pool, or why there is none (internal/allocator/allocator.go)."""
    if wanted:
        pool = next((one for one in pools if one.holds(wanted)), None)
        if pool is None:
            return None, f'["{wanted}"] is not allowed in config'
        if not pool.suits(service, namespaces):
            return None, f"pool {pool.name} not compatible for ip assignment"
        if (others := taken.get(wanted)) and not _may_share(service, others):
            return (
                None,
                f"can't change sharing key for {_key(service)!r}, address also in use by {_key(others[0])}",
            )
        if named and pool.name != named:
            why = f'requested loadBalancer IP(s) ["{wanted}"] is not compatible with requested address pool'
            return None, f"{why} {named}"
        return (wanted, pool), ""
    if named:
        chosen = [one for one in pools if one.name == named]
        if not chosen:
            return None, f'unknown pool "{named}"'
        why = f"no available IPs in pool {named}"
    else:
        chosen = [one for one in pools if one.auto and one.suits(service, namespaces)]
        why = "no available IPs"
    for pool in chosen:
        for ip in pool.addresses():
            others = taken.get(ip) or ()
            if not others or _may_share(service, others):
                return (ip, pool), ""
    return None, why


def _key(service: Any) -> str:
    return f"{service.metadata.namespace}/{service.metadata.name}"


def _may_share(service: Any, others: Sequence[Any]) -> bool:
    """Services of one key share an address where their ports differ."""
    key = _asked(service.metadata.annotations, _SHARED)
    own = {(port.protocol, port.port) for port in service.spec.ports}
    return bool(key) and all(
        _asked(one.metadata.annotations, _SHARED) == key
        and not own & {(port.protocol, port.port) for port in one.spec.ports}
        for one in others
    )


def _written(service: Any, ips: Sequence[str], pool: str) -> Request:
    metadata = service.metadata
    annotations = {name: value for name, value in metadata.annotations.items() if name != _FROM}
    told = LoadBalancerStatus(ingress=tuple(LoadBalancerIngress(ip=ip) for ip in ips))
    changed = replace(
        service,
        metadata=replace(metadata, annotations={**annotations, _FROM: pool} if pool else annotations),
        status=replace(service.status, load_balancer=told),
    )
    return Request("update-status", "services", metadata.namespace, metadata.name, changed, api_version="v1")
