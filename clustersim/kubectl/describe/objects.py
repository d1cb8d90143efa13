"""One description by kind: what belongs to the object is looked up in a store."""

from collections.abc import Iterable, Mapping
from typing import Any

from clustersim.api.kept import mapping
from clustersim.api.owners import controller_of
from clustersim.api.registry import resource_of
from clustersim.engine.time import Micros
from clustersim.kubectl.describe import (
    autoscalers,
    configuration,
    generic,
    ingresses,
    owners,
    policies,
    quotas,
    rbac,
    services,
    signing_requests,
    unread,
    volumes,
)
from clustersim.kubectl.describe.networkpolicies import network_policy_lines
from clustersim.kubectl.describe.node import node_lines
from clustersim.kubectl.describe.parts import TODAY, events
from clustersim.kubectl.describe.pod import pod_lines
from clustersim.kubectl.describe.tabwriter import tabbed
from clustersim.kubectl.manifest import plain_object

Store = Mapping[str, Mapping[str, Any]]
"""Objects by resource and key."""

_WITHOUT_EVENTS = (
    "clusterrolebindings", "clusterroles", "componentstatuses", "configmaps", "limitranges", "namespaces",
    "networkpolicies", "resourcequotas", "rolebindings", "roles", "secrets", "serviceaccounts",
)  # fmt: skip
_WITH_EVENTS_SINCE = {"configmaps": TODAY, "serviceaccounts": ("v1.8", *TODAY)}


def describe(
    resource: str, obj: Any, store: Store, release: str, now: Micros, *, with_events: bool = True
) -> str:
    """What kubectl of the release prints of the object."""
    lines = list(_lines(resource, obj, store, release, now))
    if not with_events:
        return _escaped(tabbed(lines, release), release)
    if resource not in _WITHOUT_EVENTS or release in _WITH_EVENTS_SINCE.get(resource, ()):
        lines += events(_events_of(obj, store, release), release, now)
    return _escaped(tabbed(lines, release), release)


def _escaped(text: str, release: str) -> str:
    """Since v1.24 nothing printed steers the terminal (cli-runtime pkg/printers/terminal.go)."""
    return text.replace("\x1b", "^[").replace("\r", "\\r") if release in TODAY else text


def _lines(resource: str, obj: Any, store: Store, release: str, now: Micros) -> Iterable[str]:
    match resource:
        case "nodes":
            found = _sorted(store, "pods")
            own = [pod for pod in found if pod.spec.node_name == obj.metadata.name]
            live = [pod for pod in own if pod.status.phase not in ("Succeeded", "Failed")]
            lease = store.get("leases", {}).get(f"kube-node-lease/{obj.metadata.name}")
            slices = _sorted(store, "resourceslices") if release in TODAY else []
            local = [one for one in slices if mapping(one.spec).get("nodeName") == obj.metadata.name]
            return node_lines(obj, live, lease, local, release, now)
        case "replicationcontrollers" | "replicasets":
            return owners.replica_lines(obj, _pods_of(obj, store, release), release)
        case "deployments":
            return owners.deployment_lines(obj, _sorted(store, "replicasets"), release)
        case "statefulsets":
            return owners.stateful_set_lines(obj, _pods_of(obj, store, release), release)
        case "daemonsets":
            return owners.daemon_set_lines(obj, _pods_of(obj, store, release), release)
        case "services":
            return services.service_lines(obj, store, release)
        case "namespaces":
            return quotas.namespace_lines(obj, store, release)
        case "horizontalpodautoscalers":
            scaled = f"{obj.metadata.namespace}/{obj.spec.scale_target_ref.name}"
            controller = store.get("replicationcontrollers", {}).get(scaled)
            return autoscalers.autoscaler_lines(obj, controller, release)
        case "ingresses":
            return ingresses.ingress_lines(obj, store, release)
        case "persistentvolumeclaims":
            return volumes.claim_lines(obj, _sorted(store, "pods"), release, now)
    if (dated := _DATED.get(resource)) is not None:
        return dated(obj, release, now)
    simple = _SIMPLE.get(resource)
    return (
        generic.generic_lines(obj, plain_object(obj, release), release)
        if simple is None
        else simple(obj, release)
    )


_DATED = {
    "cronjobs": owners.cron_job_lines,
    "jobs": owners.job_lines,
    "networkpolicies": network_policy_lines,
    "persistentvolumes": volumes.volume_lines,
    "pods": pod_lines,
}
_SIMPLE = {
    "certificatesigningrequests": signing_requests.signing_request_lines,
    "clusterrolebindings": rbac.binding_lines,
    "clusterroles": rbac.role_lines,
    "configmaps": configuration.config_map_lines,
    "csinodes": unread.csi_node_lines,
    "endpoints": services.endpoints_lines,
    "endpointslices": services.endpoint_slice_lines,
    "ingressclasses": ingresses.ingress_class_lines,
    "ipaddresses": unread.address_lines,
    "limitranges": quotas.limit_range_lines,
    "poddisruptionbudgets": policies.budget_lines,
    "priorityclasses": policies.priority_class_lines,
    "resourcequotas": quotas.quota_lines,
    "secrets": configuration.secret_lines,
    "serviceaccounts": configuration.service_account_lines,
    "servicecidrs": unread.service_cidr_lines,
    "storageclasses": volumes.storage_class_lines,
    "volumeattributesclasses": unread.attributes_class_lines,
    "rolebindings": rbac.binding_lines,
    "roles": rbac.role_lines,
}


def _sorted(store: Store, resource: str) -> list[Any]:
    objects = store.get(resource, {})
    return [objects[key] for key in sorted(objects)]


def _pods_of(owner: Any, store: Store, release: str) -> list[Any]:
    """Pods of its namespace that its selector has, and, since v1.8, that it controls
    (getPodStatusForController)."""
    namespace, selector = owner.metadata.namespace, owner.spec.selector
    labels = selector if isinstance(selector, Mapping) else getattr(selector, "match_labels", None)
    labels = labels or owner.spec.template.metadata.labels
    return [
        pod
        for pod in _sorted(store, "pods")
        if pod.metadata.namespace == namespace
        and labels.items() <= pod.metadata.labels.items()
        and (release == "v1.7" or _controls(owner, pod))
    ]


def _controls(owner: Any, pod: Any) -> bool:
    controller = controller_of(pod)
    return controller is not None and controller.uid == owner.metadata.uid


def _events_of(obj: Any, store: Store, release: str) -> list[Any]:
    """Events about this very object; of a node those that carry its name for a UID, as the kubelet's do, and
    today those with its own, too."""
    kind = resource_of(obj).kind
    uids = [obj.metadata.name if kind == "Node" else obj.metadata.uid]
    if kind == "Node" and release in TODAY:
        uids.append(obj.metadata.uid)
    return [
        event
        for event in _sorted(store, "events")
        if event.involved_object.kind == kind
        and event.involved_object.name == obj.metadata.name
        and event.involved_object.uid in uids
    ]
