"""The tables of every kind, as kubectl of each release prints them.

`tables(release)` is what both the console and the API server's Table answers print from: columns with names,
types and priorities, and the cells of a row. Sources: v1.7.5 and v1.8.0 pkg/printers/internalversion/
printers.go (v1.7 writes headers in one word), v1.36 the same and pkg/printers/internalversion.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from clustersim.kubectl import (
    autoscalers,
    configuration,
    control_plane,
    events,
    nodes,
    pods,
    policies,
    rbac,
    services,
    signing_requests,
    storage,
    unread,
    workloads,
)
from clustersim.kubectl.cells import created_at_cells, named_and_aged
from clustersim.kubectl.columns import Cell, Cells, Table, columns

_COUNTS: Final = (
    "Desired|Current|Ready|Up-to-date|Available|Restarts|Successful|Data|Secrets|Count|Drivers|Mutations|"
    "Validations|Webhooks"
)

DEFAULT: Final = Table(columns("Name|Age"), named_and_aged())
DEFAULT_TODAY: Final = Table(columns("Name|Age"), named_and_aged(today=True))
"""Kinds without a table of their own: their name and age."""


def _table(shown: str, cells: Cells, wide: str = "") -> Table:
    return Table(columns(shown, wide, integers=_COUNTS), cells)


def _workloads(wide: str) -> dict[str, Table]:
    """Tables of v1.7 and v1.8 that differ only in how their wide columns are called."""
    controllers = _table("Name|Desired|Current|Ready|Age", workloads.controller_cells, wide)
    return {
        "deployments": _table(
            "Name|Desired|Current|Up-to-date|Available|Age", workloads.deployment_cells, wide
        ),
        "jobs": _table("Name|Desired|Successful|Age", workloads.job_cells, wide),
        "replicasets": controllers,
        "replicationcontrollers": controllers,
        "statefulsets": _table(
            "Name|Desired|Current|Age", workloads.stateful_set_cells, wide.rpartition("|")[0]
        ),
    }


_DAEMONS: Final = "Name|Desired|Current|Ready|Up-to-date|Available|{}|Age"
_EVENTS: Final = "{}|Count|Name|Kind|Subobject|Type|Reason|Source|Message"
_GIVEN: Final = _table("Name|Age", rbac.binding_cells, "Role|Users|Groups|ServiceAccounts")
_BOTH: Final = {
    "certificatesigningrequests": _table(
        "Name|Age|Requestor|Condition", signing_requests.signing_request_cells
    ),
    "clusterrolebindings": _GIVEN,
    "componentstatuses": _table("Name|Status|Message|Error", control_plane.component_cells),
    "configmaps": _table("Name|Data|Age", named_and_aged(configuration.data_count)),
    "controllerrevisions": _table(
        "Name|Controller|Revision|Age",
        named_and_aged(workloads.revision_controller, workloads.revision_number),
    ),
    "endpoints": _table("Name|Endpoints|Age", services.endpoints_cells),
    "horizontalpodautoscalers": _table(
        "Name|Reference|Targets|MinPods|MaxPods|Replicas|Age", autoscalers.autoscaler_cells
    ),
    "ingresses": _table("Name|Hosts|Address|Ports|Age", services.ingress_cells),
    "namespaces": _table("Name|Status|Age", named_and_aged(configuration.namespace_phase)),
    "networkpolicies": _table("Name|Pod-Selector|Age", services.network_policy_cells),
    "pods": _table("Name|Ready|Status|Restarts|Age", pods.ERA.cells, "IP|Node"),
    "rolebindings": _GIVEN,
    "secrets": _table(
        "Name|Type|Data|Age", named_and_aged(configuration.secret_type, configuration.data_count)
    ),
    "serviceaccounts": _table("Name|Secrets|Age", named_and_aged(configuration.secrets_count)),
}
_BUDGET: Final = named_and_aged(
    policies.min_available, policies.max_unavailable, policies.disruptions_allowed
)
_TEMPLATE_OLD: Final = "Container(s)|Image(s)|Selector"
_TEMPLATE: Final = "Containers|Images|Selector"

_V1_7: Final[dict[str, Table]] = {
    **_BOTH,
    **_workloads(_TEMPLATE_OLD),
    "cronjobs": _table("Name|Schedule|Suspend|Active|Last-Schedule", workloads.cron_job_cells_1_7),
    "daemonsets": _table(_DAEMONS.format("Node-Selector"), workloads.daemon_set_cells, _TEMPLATE_OLD),
    "events": _table(_EVENTS.format("LastSeen|FirstSeen"), events.event_cells_1_7),
    "nodes": _table("Name|Status|Age|Version", nodes.node_cells_1_7, "External-IP|OS-Image|Kernel-Version"),
    "persistentvolumeclaims": _table(
        "Name|Status|Volume|Capacity|AccessModes|StorageClass|Age", storage.claim_cells
    ),
    "persistentvolumes": _table(
        "Name|Capacity|AccessModes|ReclaimPolicy|Status|Claim|StorageClass|Reason|Age", storage.volume_cells
    ),
    "poddisruptionbudgets": _table("Name|Min-Available|Max-Unavailable|Allowed-Disruptions|Age", _BUDGET),
    "podtemplates": _table("Template|Container(s)|Image(s)|PodLabels", workloads.pod_template_cells),
    "services": _table("Name|Cluster-IP|External-IP|Port(s)|Age", services.service_cells_1_7, "Selector"),
    "storageclasses": _table("Name|Type", storage.storage_class_cells),
}

_V1_8: Final[dict[str, Table]] = {
    **_BOTH,
    **_workloads(_TEMPLATE),
    "cronjobs": _table(
        "Name|Schedule|Suspend|Active|Last Schedule|Age", workloads.cron_job_cells_1_8, _TEMPLATE
    ),
    "daemonsets": _table(_DAEMONS.format("Node Selector"), workloads.daemon_set_cells, _TEMPLATE),
    "events": _table(_EVENTS.format("Last Seen|First Seen"), events.event_cells_1_8),
    "nodes": _table(
        "Name|Status|Roles|Age|Version",
        nodes.node_cells_1_8,
        "External-IP|OS-Image|Kernel-Version|Container-Runtime",
    ),
    "persistentvolumeclaims": _table(
        "Name|Status|Volume|Capacity|Access Modes|StorageClass|Age", storage.claim_cells
    ),
    "persistentvolumes": _table(
        "Name|Capacity|Access Modes|Reclaim Policy|Status|Claim|StorageClass|Reason|Age", storage.volume_cells
    ),
    "poddisruptionbudgets": _table("Name|Min Available|Max Unavailable|Allowed Disruptions|Age", _BUDGET),
    "podtemplates": _table("Name|Containers|Images|Pod Labels", workloads.pod_template_cells),
    "services": _table(
        "Name|Type|Cluster-IP|External-IP|Port(s)|Age", services.service_cells_1_8, "Selector"
    ),
    "storageclasses": _table("Name|Provisioner", storage.storage_class_cells),
}


def _today(shown: str, *values: Callable[[Any], Cell]) -> Table:
    return _table(shown, named_and_aged(*values, today=True))


_CONTROLLERS: Final = _table("Name|Desired|Current|Ready|Age", workloads.controller_cells_today, _TEMPLATE)
_BINDINGS: Final = _table("Name|Role|Age", rbac.binding_cells_today, "Users|Groups|ServiceAccounts")
_POLICY_BINDINGS: Final = _today("Name|PolicyName|ParamRef|Age", unread.said("policyName"), unread.parameter)
_WEBHOOKS: Final = _today("Name|Webhooks|Age", unread.webhooks)
_UNREAD: Final[dict[str, Table]] = {
    "csidrivers": _table(
        "Name|AttachRequired|PodInfoOnMount|StorageCapacity|TokenRequests|RequiresRepublish|Modes|Age",
        unread.driver_cells,
    ),
    "csinodes": _today("Name|Drivers|Age", unread.counted("drivers")),
    "csistoragecapacities": _table("Name|StorageClassName|Capacity", unread.capacity_cells),
    "ipaddresses": _table("Name|ParentRef", unread.address_cells),
    "mutatingadmissionpolicies": _today(
        "Name|Mutations|ParamKind|Age", unread.counted("mutations"), unread.parameter_kind
    ),
    "mutatingadmissionpolicybindings": _POLICY_BINDINGS,
    "mutatingwebhookconfigurations": _WEBHOOKS,
    "resourceclaims": _today("Name|State|Age", unread.claim_state),
    "resourceslices": _today(
        "Name|Node|Driver|Pool|Age", unread.said("nodeName"), unread.said("driver"), unread.pool
    ),
    "runtimeclasses": _today("Name|Handler|Age", unread.handler),
    "servicecidrs": _today("Name|CIDRs|Age", unread.cidrs),
    "validatingadmissionpolicies": _today(
        "Name|Validations|ParamKind|Age", unread.counted("validations"), unread.parameter_kind
    ),
    "validatingadmissionpolicybindings": _POLICY_BINDINGS,
    "validatingwebhookconfigurations": _WEBHOOKS,
    "volumeattributesclasses": _today("Name|DriverName|Age", unread.driver_name),
}
_EVENT_COLUMNS: Final = (
    *columns("Last Seen|Type|Reason|Object", "Subobject|Source"),
    *columns("Message", "First Seen|Count|Name", integers="Count"),
)
_V1_36: Final[dict[str, Table]] = {
    **_UNREAD,
    "apiservices": _table("Name|Service|Available|Age", control_plane.api_service_cells),
    "certificatesigningrequests": _table(
        "Name|Age|SignerName|Requestor|RequestedDuration|Condition",
        signing_requests.signing_request_cells_today,
    ),
    "customresourcedefinitions": _table("Name|Created At", created_at_cells),
    "componentstatuses": _BOTH["componentstatuses"],
    "configmaps": _today("Name|Data|Age", configuration.data_count),
    "controllerrevisions": _today(
        "Name|Controller|Revision|Age", workloads.revision_controller_today, workloads.revision_number
    ),
    "cronjobs": _table(
        "Name|Schedule|Timezone|Suspend|Active|Last Schedule|Age", workloads.cron_job_cells_today, _TEMPLATE
    ),
    "clusterrolebindings": _BINDINGS,
    "clusterroles": _table("Name|Created At", created_at_cells),
    "daemonsets": _table(_DAEMONS.format("Node Selector"), workloads.daemon_set_cells_today, _TEMPLATE),
    "deployments": _table("Name|Ready|Up-to-date|Available|Age", workloads.deployment_cells_today, _TEMPLATE),
    "endpoints": _table("Name|Endpoints|Age", services.endpoints_cells_today),
    "endpointslices": _table("Name|AddressType|Ports|Endpoints|Age", services.endpoint_slice_cells),
    "events": Table(_EVENT_COLUMNS, events.event_cells_today),
    "horizontalpodautoscalers": _table(
        "Name|Reference|Targets|MinPods|MaxPods|Replicas|Age", autoscalers.autoscaler_cells_today
    ),
    "ingressclasses": _table("Name|Controller|Parameters|Age", services.ingress_class_cells),
    "ingresses": _table("Name|Class|Hosts|Address|Ports|Age", services.ingress_cells_today),
    "jobs": _table("Name|Status|Completions|Duration|Age", workloads.job_cells_today, _TEMPLATE),
    "leases": _table("Name|Holder|Age", control_plane.lease_cells),
    "limitranges": _table("Name|Created At", created_at_cells),
    "namespaces": _today("Name|Status|Age", configuration.namespace_phase),
    "networkpolicies": _table("Name|Pod-Selector|Age", services.network_policy_cells_today),
    "nodes": _table(
        "Name|Status|Roles|Age|Version",
        nodes.node_cells_today,
        "Internal-IP|External-IP|OS-Image|Kernel-Version|Container-Runtime",
    ),
    "persistentvolumeclaims": _table(
        "Name|Status|Volume|Capacity|Access Modes|StorageClass|VolumeAttributesClass|Age",
        storage.claim_cells_today,
        "VolumeMode",
    ),
    "persistentvolumes": _table(
        "Name|Capacity|Access Modes|Reclaim "
        "Policy|Status|Claim|StorageClass|VolumeAttributesClass|Reason|Age",
        storage.volume_cells_today,
        "VolumeMode",
    ),
    "poddisruptionbudgets": _today(
        "Name|Min Available|Max Unavailable|Allowed Disruptions|Age",
        policies.min_available,
        policies.max_unavailable,
        policies.disruptions_allowed,
    ),
    "pods": _table(
        "Name|Ready|Status|Restarts|Age", pods.TODAY.cells, "IP|Node|Nominated Node|Readiness Gates"
    ),
    "podtemplates": _table("Name|Containers|Images|Pod Labels", workloads.pod_template_cells),
    "flowschemas": _table(
        "Name|PriorityLevel|MatchingPrecedence|DistinguisherMethod|Age|MissingPL",
        control_plane.flow_schema_cells,
    ),
    "prioritylevelconfigurations": _table(
        "Name|Type|NominalConcurrencyShares|Queues|HandSize|QueueLengthLimit|Age",
        control_plane.priority_level_cells,
    ),
    "priorityclasses": _table(
        "Name|Value|Global-Default|Age|PreemptionPolicy", policies.priority_class_cells
    ),
    "replicasets": _CONTROLLERS,
    "replicationcontrollers": _CONTROLLERS,
    "resourcequotas": _table("Name|Request|Limit|Age", configuration.quota_cells_today),
    "secrets": _today("Name|Type|Data|Age", configuration.secret_type, configuration.data_count),
    "serviceaccounts": _today("Name|Age"),
    "rolebindings": _BINDINGS,
    "roles": _table("Name|Created At", created_at_cells),
    "services": _table(
        "Name|Type|Cluster-IP|External-IP|Port(s)|Age", services.service_cells_today, "Selector"
    ),
    "statefulsets": _table("Name|Ready|Age", workloads.stateful_set_cells_today, "Containers|Images"),
    "storageclasses": _table(
        "Name|Provisioner|ReclaimPolicy|VolumeBindingMode|AllowVolumeExpansion|Age",
        storage.storage_class_cells_today,
    ),
    "volumeattachments": _table("Name|Attacher|PV|Node|Attached|Age", storage.volume_attachment_cells),
}

SCALE: Final = _table("Name|Desired|Available|Age", workloads.scale_cells)
"""Of what `--subresource=scale` shows."""
_TABLES: Final[Mapping[str, Mapping[str, Table]]] = {"v1.7": _V1_7, "v1.8": _V1_8, "v1.36": _V1_36}


_WATCHED: Final = {
    ("events", "v1.7"): _table(_EVENTS.format("LastSeen|FirstSeen"), events.watched_event_cells_1_7),
    ("events", "v1.8"): _table(_EVENTS.format("Last Seen|First Seen"), events.watched_event_cells_1_8),
}


def watched_table_of(resource: str, release: str) -> Table | None:
    """What `kubectl get -w` prints another way than `kubectl get`."""
    return _WATCHED.get((resource, release))


def tables(release: str) -> Mapping[str, Table]:
    """The tables of a release ("v1.7") by resource. Raises KeyError."""
    return _TABLES[release]


@cache
def table_of(resource: str, release: str) -> Table:
    """The table of a resource; name and age where it has none of its own."""
    return tables(release).get(resource, DEFAULT_TODAY if release == "v1.36" else DEFAULT)
