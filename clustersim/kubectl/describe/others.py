"""`kubectl describe` of services, configuration, storage and policies. Sources: v1.7.5 and v1.8.0
describe.go; v1.36 k8s.io/kubectl pkg/describe."""

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from clustersim.api.quantity import Quantity, parse_quantity
from clustersim.kubectl.describe.parts import NONE, TODAY, head, moment
from clustersim.kubectl.services import text_behind
from clustersim.kubectl.texts import addresses, labels_text, selector_text

Store = Mapping[str, Mapping[str, Any]]


def service_lines(service: Any, store: Store, release: str) -> Iterable[str]:
    """A Service and what is behind it."""
    spec = service.spec
    today = release in TODAY
    yield from head(service, release)
    yield f"Selector:\t{labels_text(spec.selector)}"
    yield f"Type:\t{spec.type}"
    if today:
        if spec.ip_family_policy:
            yield f"IP Family Policy:\t{spec.ip_family_policy}"
        yield f"IP Families:\t{','.join(spec.ip_families) or NONE}"
    yield f"IP:\t{spec.cluster_ip}"
    if today:
        yield f"IPs:\t{','.join(spec.cluster_ips) or NONE}"
    if spec.external_ips:
        yield f"External IPs:\t{','.join(spec.external_ips)}"
    if spec.external_name:
        yield f"External Name:\t{spec.external_name}"
    if spec.load_balancer_ip and release != "v1.7":
        yield f"{'Desired LoadBalancer IP' if today else 'IP'}:\t{spec.load_balancer_ip}"
    balancer = _ingress(service) if today else addresses(service.status.load_balancer)
    if balancer:
        yield f"LoadBalancer Ingress:\t{balancer}"
    yield from _service_ports(service, store, release)
    yield f"Session Affinity:\t{spec.session_affinity}"
    if release != "v1.7":
        yield from _policies(spec, today=today)


def _policies(spec: Any, *, today: bool) -> Iterable[str]:
    if spec.external_traffic_policy:
        yield f"External Traffic Policy:\t{spec.external_traffic_policy}"
    if today and spec.internal_traffic_policy:
        yield f"Internal Traffic Policy:\t{spec.internal_traffic_policy}"
    if spec.health_check_node_port:
        yield f"HealthCheck NodePort:\t{spec.health_check_node_port}"
    if spec.load_balancer_source_ranges:
        yield f"LoadBalancer Source Ranges:\t{','.join(spec.load_balancer_source_ranges)}"
    if today and spec.traffic_distribution:
        yield f"Traffic Distribution:\t{spec.traffic_distribution}"


def _ingress(service: Any) -> str:
    """Where a load balancer takes requests in, and how it passes them on."""
    found = getattr(service.status.load_balancer, "ingress", ()) or ()
    modes = (f" ({one.ip_mode})" if getattr(one, "ip_mode", None) else "" for one in found)
    return ", ".join(f"{one.ip or one.hostname}{mode}" for one, mode in zip(found, modes, strict=True))


def _service_ports(service: Any, store: Store, release: str) -> Iterable[str]:
    name, namespace = service.metadata.name, service.metadata.namespace
    for port in service.spec.ports:
        yield f"Port:\t{port.name or '<unset>'}\t{port.port}/{port.protocol}"
        if release != "v1.7":
            yield f"TargetPort:\t{_target(port.target_port, release)}/{port.protocol}"
        if release in TODAY and port.app_protocol:
            yield f"AppProtocol:\t{port.app_protocol}"
        if port.node_port:
            yield f"NodePort:\t{port.name or '<unset>'}\t{port.node_port}/{port.protocol}"
        of_port = text_behind(name, namespace, store, [port.name], today=release in TODAY)
        yield f"Endpoints:\t{of_port}"


def _target(port: int | str, release: str) -> str:
    """The port of the pods; kubectl v1.8 prints a name where Go's format wants a number."""
    return f"%!d(string={port})" if release == "v1.8" and isinstance(port, str) else str(port)


def endpoints_lines(endpoints: Any, release: str) -> Iterable[str]:
    """Endpoints, subset by subset."""
    yield from head(endpoints, release)
    yield "Subsets:"
    for subset in endpoints.subsets:
        yield f"  Addresses:\t{','.join(one.ip for one in subset.addresses) or NONE}"
        yield f"  NotReadyAddresses:\t{','.join(one.ip for one in subset.not_ready_addresses) or NONE}"
        if subset.ports:
            yield "  Ports:"
            yield "    Name\tPort\tProtocol"
            yield "    ----\t----\t--------"
            yield from (f"    {one.name or '<unset>'}\t{one.port}\t{one.protocol}" for one in subset.ports)
        yield ""


def endpoint_slice_lines(found: Any, release: str) -> Iterable[str]:
    """An EndpointSlice."""
    yield from head(found, release)
    yield f"AddressType:\t{found.address_type}"
    if found.ports:
        yield "Ports:"
        yield "  Name\tPort\tProtocol"
        yield "  ----\t----\t--------"
        yield from (f"  {one.name or '<unset>'}\t{one.port}\t{one.protocol}" for one in found.ports)
    else:
        yield "Ports: <unset>"
    yield "Endpoints:" if found.endpoints else f"Endpoints: {NONE}"
    for endpoint in found.endpoints:
        yield f"  - Addresses:\t{', '.join(endpoint.addresses)}"
        ready = endpoint.conditions.ready if endpoint.conditions is not None else None
        yield "    Conditions:"
        yield f"      Ready:\t{'<unset>' if ready is None else str(ready).lower()}"
        yield f"    Hostname:\t{getattr(endpoint, 'hostname', '') or '<unset>'}"
        if endpoint.target_ref is not None:
            yield f"    TargetRef:\t{endpoint.target_ref.kind}/{endpoint.target_ref.name}"
        yield f"    NodeName:\t{endpoint.node_name or '<unset>'}"
        yield f"    Zone:\t{getattr(endpoint, 'zone', '') or '<unset>'}"


def namespace_lines(namespace: Any, store: Store, release: str) -> Iterable[str]:
    """A Namespace, with its quotas and limits."""
    yield from head(namespace, release, namespaced=False)
    yield f"Status:\t{namespace.status.phase}"
    if release in TODAY and namespace.status.conditions:
        yield "Conditions:"
        yield "  Type\tStatus\tLastTransitionTime\tReason\tMessage"
        yield "  ----\t------\t------------------\t------\t-------"
        for one in namespace.status.conditions:
            since = moment(one.last_transition_time)
            yield f"  {one.type}\t{one.status}\t{since}\t{one.reason}\t{one.message}"
    own = [_of(store, kind, namespace.metadata.name) for kind in ("resourcequotas", "limitranges")]
    yield ""
    if own[0]:
        yield "Resource Quotas"
        for quota in own[0]:
            indent = "  " if release in TODAY else " "
            yield f"{indent}Name:\t{quota.metadata.name}"
            scopes = sorted(quota.spec.scopes)
            if scopes:
                yield f"{indent}Scopes:\t{', '.join(scopes)}"
                yield from (f"  * {_SCOPES[scope]}" for scope in scopes if scope in _SCOPES)
            yield f"{indent}Resource\tUsed\tHard"
            yield f"{indent}--------\t---\t---"
            yield from (f"{indent}{line}" for line in _quota_rows(quota))
    else:
        yield "No resource quota."
    yield ""
    if own[1]:
        yield "Resource Limits"
        yield from (f" {line}" for line in _LIMIT_HEADS)
        yield from (f" {line}" for found in own[1] for line in _limit_rows(found))
    else:
        yield "No resource limits." if release not in TODAY else "No LimitRange resource."


def _of(store: Store, resource: str, namespace: str) -> list[Any]:
    found = store.get(resource, {})
    return [found[key] for key in sorted(found) if key.startswith(f"{namespace}/")]


def quota_lines(quota: Any, release: str) -> Iterable[str]:
    """A ResourceQuota."""
    yield f"Name:\t{quota.metadata.name}"
    yield f"Namespace:\t{quota.metadata.namespace}"
    if scopes := sorted(quota.spec.scopes):
        yield f"Scopes:\t{', '.join(scopes)}"
        yield from (f" * {_SCOPES[scope]}" for scope in scopes if scope in _SCOPES)
    yield "Resource\tUsed\tHard"
    yield "--------\t----\t----"
    yield from _quota_rows(quota, alike=release in TODAY)


_SCOPES: Final = {
    "BestEffort": "Matches all pods that do not have resource requirements set. These pods have a best "
    "effort quality of service.",
    "NotBestEffort": "Matches all pods that have at least one resource requirement set. These pods have a "
    "burstable or guaranteed quality of service.",
    "NotTerminating": "Matches all pods that do not have an active deadline. These pods usually include long "
    "running pods whose container command is not expected to terminate.",
    "Terminating": "Matches all pods that have an active deadline. These pods have a limited lifespan on a "
    "node before being actively terminated by the system.",
}
"""helpTextForResourceQuotaScope."""


def _quota_rows(quota: Any, *, alike: bool = False) -> Iterable[str]:
    """alike: what is used is told in the units of the limit."""
    hard, used = quota.status.hard or quota.spec.hard, quota.status.used
    for name in sorted(hard):
        amount = used.get(name, "0")
        yield f"{name}\t{_as(hard[name], amount) if alike else amount}\t{hard[name]}"


def _as(hard: str, used: str) -> str:
    """What is used, in units of the kind that the limit is written in."""
    style, amount = parse_quantity(hard).style, parse_quantity(used)
    return used if amount.style == style else Quantity(amount.scaled(0) * 10**9, style).text()


def limit_range_lines(found: Any, release: str) -> Iterable[str]:
    """A LimitRange."""
    yield f"Name:\t{found.metadata.name}"
    yield f"Namespace:\t{found.metadata.namespace}"
    yield from _LIMIT_HEADS
    yield from _limit_rows(found)


_LIMIT_HEADS: Final = (
    "Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio",
    "----\t--------\t---\t---\t---------------\t-------------\t-----------------------",
)


def _limit_rows(found: Any) -> Iterable[str]:
    for item in found.spec.limits:
        columns = (item.min, item.max, item.default_request, item.default, item.max_limit_request_ratio)
        names = sorted(dict.fromkeys(name for column in columns for name in column))
        for name in names:
            yield f"{item.type}\t{name}\t" + "\t".join(str(column.get(name, "-")) for column in columns)


def config_map_lines(found: Any, release: str) -> Iterable[str]:
    """A ConfigMap with its data."""
    yield from head(found, release)
    yield ""
    yield "Data"
    yield "===="
    for key in sorted(found.data):
        yield f"{key}:"
        yield "----"
        yield from found.data[key].split("\n")
        if release in TODAY:
            yield ""
    if release in TODAY:
        yield ""
        yield "BinaryData"
        yield "===="
        yield from (
            f"{key}: {len(_decoded(found.binary_data[key]))} bytes" for key in sorted(found.binary_data)
        )
        yield ""


def secret_lines(secret: Any, release: str) -> Iterable[str]:
    """A Secret: sizes, not values, but for the token of a service account."""
    yield from head(secret, release)
    yield ""
    yield f"Type:\t{secret.type}"
    yield ""
    yield "Data"
    yield "===="
    for key in sorted(secret.data):
        token = key == "token" and secret.type == "kubernetes.io/service-account-token"
        text = _decoded(secret.data[key])
        yield f"{key}:\t{text.decode(errors='replace') if token else f'{len(text)} bytes'}"


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return text.encode()


def service_account_lines(account: Any, release: str) -> Iterable[str]:
    """A ServiceAccount."""
    yield from head(account, release)
    if release not in TODAY:
        yield ""
    pulls = [one.name for one in account.image_pull_secrets]
    mounted = [one.name for one in account.secrets]
    once = (("Mountable secrets", mounted), ("Tokens", list[str]()))
    for title, names in (("Image pull secrets", pulls), *(() if release in TODAY else once)):
        yield f"{title}:\t{names[0] if names else NONE}"
        yield from (f"\t{name}" for name in names[1:])
        if release not in TODAY:
            yield ""


def storage_class_lines(found: Any, release: str) -> Iterable[str]:
    """A StorageClass."""
    default = found.metadata.annotations.get("storageclass.kubernetes.io/is-default-class") == "true"
    yield f"Name:\t{found.metadata.name}"
    yield f"IsDefaultClass:\t{'Yes' if default else 'No'}"
    yield f"Annotations:\t{labels_text(found.metadata.annotations)}"
    yield f"Provisioner:\t{found.provisioner}"
    yield f"Parameters:\t{labels_text(found.parameters)}"
    if release in TODAY:
        expands = found.allow_volume_expansion
        yield f"AllowVolumeExpansion:\t{'<unset>' if expands is None else expands}"
        yield "MountOptions:" if found.mount_options else f"MountOptions:\t{NONE}"
        yield from (f"  {option}" for option in found.mount_options)
        yield f"ReclaimPolicy:\t{found.reclaim_policy or 'Delete'}"
        yield f"VolumeBindingMode:\t{found.volume_binding_mode or 'Immediate'}"
        yield from _topologies(found.allowed_topologies)


def _topologies(terms: Sequence[Any]) -> Iterable[str]:
    if terms:
        yield "AllowedTopologies:\t"
    for number, term in enumerate(terms):
        told = [f"{one.key} in [{', '.join(one.values)}]" for one in term.match_label_expressions]
        yield f"  Term {number}:\t{told[0] if told else NONE}"
        yield from (f"  \t{line}" for line in told[1:])


def budget_lines(budget: Any, release: str) -> Iterable[str]:
    """A PodDisruptionBudget."""
    spec, status = budget.spec, budget.status
    yield f"Name:\t{budget.metadata.name}"
    if release != "v1.7":
        yield f"Namespace:\t{budget.metadata.namespace}"
    if spec.min_available is not None:
        yield f"Min available:\t{spec.min_available}"
    elif spec.max_unavailable is not None:
        yield f"Max unavailable:\t{spec.max_unavailable}"
    yield f"Selector:\t{selector_text(spec.selector) if spec.selector is not None else '<unset>'}"
    yield "Status:"
    yield f"    Allowed disruptions:\t{status.disruptions_allowed}"
    yield f"    Current:\t{status.current_healthy}"
    yield f"    Desired:\t{status.desired_healthy}"
    yield f"    Total:\t{status.expected_pods}"


def priority_class_lines(found: Any, release: str) -> Iterable[str]:
    """A PriorityClass; kubectl v1.8 prints numbers and truth where Go's format wants texts."""
    default = str(bool(found.global_default)).lower()
    yield f"Name:\t{found.metadata.name}"
    if release not in TODAY:
        yield f"Value:\t%!s(int32={found.value})"
        yield f"GlobalDefault:\t%!s(bool={default})"
    else:
        yield f"Value:\t{found.value}"
        yield f"GlobalDefault:\t{default}"
        yield f"PreemptionPolicy:\t{found.preemption_policy or 'PreemptLowerPriority'}"
    yield f"Description:\t{found.description}"
    yield f"Annotations:\t{labels_text(found.metadata.annotations)}"
