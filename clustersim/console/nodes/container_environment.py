"""The environment of a container: what its pod says, and every Service that was there before it, in the
way of docker's links (v1.7.5 pkg/kubelet/envvars/envvars.go FromServices, equal in v1.36.2). What config maps
and secrets say in it is what they said when the container was made."""

from collections.abc import Mapping
from typing import Any

from clustersim.api.downward import amount, field_value
from clustersim.api.variable_names import expanded, is_variable_name
from clustersim.apiserver.kubernetes_service import NAME, NAMESPACE
from clustersim.console.nodes.held import held_by, keys_held, record_of
from clustersim.console.nodes.lookup import own_names
from clustersim.runtime.records import Container, Held


def environment(api: Any, pod: Any, spec: Any, record: Container | None = None) -> dict[str, str]:
    """Variables and their values: those of the image, and those of the pod. record: of a container that is
    not the one that runs."""
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    found = {"PATH": path, "HOSTNAME": own_names(pod)[0], **given_by_pod(api, pod, spec, record)}
    found.setdefault("HOME", "/root")
    return found


def given_by_pod(api: Any, pod: Any, spec: Any, record: Container | None = None) -> dict[str, str]:
    """Those that the kubelet makes, the only ones that $(NAME) stands for (pkg/kubelet/kubelet_pods.go
    makeEnvironmentVariables)."""
    held = held_by(record or record_of(api, pod, spec.name))
    found: dict[str, str] = {}
    for service in _services(api, pod):
        found.update(of_service(service))
    for source in spec.env_from:
        keys = _of_source(held, source)
        found.update({name: text for name, text in keys.items() if is_variable_name(name, api.release)})
    for variable in spec.env:
        found[variable.name] = _value(api, held, pod, spec, variable, found)
    return found


def _services(api: Any, pod: Any) -> list[Any]:
    """Those that were there before the pod, kubernetes in every namespace (pkg/kubelet getServiceEnvVarMap);
    without enableServiceLinks only that."""
    services = {one.metadata.name: one for one in api.objects("services", pod.metadata.namespace)}
    if getattr(pod.spec, "enable_service_links", None) is False:
        services.clear()
    if (kubernetes := api.find("services", NAMESPACE, NAME)) is not None:
        services.setdefault(NAME, kubernetes)
    return [
        service
        for _name, service in sorted(services.items())
        if service.spec.cluster_ip not in ("", "None")
        and service.metadata.creation_timestamp <= pod.metadata.creation_timestamp
        and service.spec.ports
    ]


def of_service(service: Any) -> dict[str, str]:
    """Variables of one Service."""
    prefix = _variable(service.metadata.name)
    address, ports = service.spec.cluster_ip, service.spec.ports
    found = {f"{prefix}_SERVICE_HOST": address, f"{prefix}_SERVICE_PORT": str(ports[0].port)}
    found.update({f"{prefix}_SERVICE_PORT_{_variable(one.name)}": str(one.port) for one in ports if one.name})
    for index, port in enumerate(ports):
        protocol = port.protocol or "TCP"
        url = f"{protocol.lower()}://{address}:{port.port}"
        if index == 0:
            found[f"{prefix}_PORT"] = url
        link = f"{prefix}_PORT_{port.port}_{protocol}"
        found.update(
            {
                link: url,
                f"{link}_PROTO": protocol.lower(),
                f"{link}_PORT": str(port.port),
                f"{link}_ADDR": address,
            }
        )
    return found


def _variable(name: str) -> str:
    return name.upper().replace("-", "_").replace(".", "_")


def _of_source(held: Mapping[tuple[str, str], Held], source: Any) -> dict[str, str]:
    """All keys of a config map or a secret."""
    one = source.config_map_ref or source.secret_ref
    if one is None:
        return {}
    resource = "configmaps" if source.config_map_ref is not None else "secrets"
    return {f"{source.prefix}{key}": text for key, text in keys_held(held, resource, one.name).items()}


def _value(
    api: Any,
    held: Mapping[tuple[str, str], Held],
    pod: Any,
    spec: Any,
    variable: Any,
    before: Mapping[str, str],
) -> str:
    source = variable.value_from
    if source is None:
        return expanded(str(variable.value), before)
    if (key := source.config_map_key_ref) is not None:
        return keys_held(held, "configmaps", key.name).get(key.key, "")
    if (key := source.secret_key_ref) is not None:
        return keys_held(held, "secrets", key.name).get(key.key, "")
    return of_pod(api, pod, source, spec)


def of_pod(api: Any, pod: Any, source: Any, spec: Any = None) -> str:
    """What a fieldRef or resourceFieldRef says; spec: the container that is meant where none is named."""
    resource = source.resource_field_ref
    if source.field_ref is not None:
        return field_value(pod, source.field_ref.field_path)
    if resource is None:
        return ""
    containers = (*pod.spec.init_containers, *pod.spec.containers)
    named = next((one for one in containers if one.name == resource.container_name), spec)
    node = api.find("nodes", "", pod.spec.node_name)
    return "" if named is None else amount(named, resource, {} if node is None else node.status.allocatable)
