"""The environment of a container: what its pod says, and every Service that was there before it, in the
way of docker's links (v1.7.5 pkg/kubelet/envvars/envvars.go FromServices, equal in v1.36.2)."""

from collections.abc import Mapping
from typing import Any

from clustersim.apiserver.kubernetes_service import NAME, NAMESPACE
from clustersim.console.selectors import field_text


def environment(api: Any, pod: Any, spec: Any) -> dict[str, str]:
    """Variables and their values."""
    found = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOSTNAME": pod.metadata.name,
    }
    for service in _services(api, pod):
        found.update(of_service(service))
    for source in spec.env_from:
        found.update(_of_source(api, pod, source))
    for variable in spec.env:
        found[variable.name] = _value(api, pod, variable, found)
    found["HOME"] = "/root"
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


def _of_source(api: Any, pod: Any, source: Any) -> dict[str, str]:
    """All keys of a config map or a secret."""
    if source.config_map_ref is not None:
        held = api.find("configmaps", pod.metadata.namespace, source.config_map_ref.name)
        data: Mapping[str, Any] = held.data if held is not None else {}
    elif source.secret_ref is not None:
        held = api.find("secrets", pod.metadata.namespace, source.secret_ref.name)
        data = dict.fromkeys(held.data, "******") if held is not None else {}
    else:
        data = {}
    return {f"{source.prefix}{key}": str(value) for key, value in data.items()}


def _value(api: Any, pod: Any, variable: Any, before: Mapping[str, str]) -> str:
    source = variable.value_from
    if source is None:
        return _expanded(str(variable.value), before)
    if source.field_ref is not None:
        return field_text(pod, source.field_ref.field_path)
    if source.config_map_key_ref is not None:
        found = api.find("configmaps", pod.metadata.namespace, source.config_map_key_ref.name)
        return str(found.data.get(source.config_map_key_ref.key, "")) if found is not None else ""
    return "******" if source.secret_key_ref is not None else ""


def _expanded(text: str, before: Mapping[str, str]) -> str:
    """$(NAME) of variables that come earlier; $$ is a plain $ (third_party/forked/golang/expansion)."""
    parts = text.split("$$")
    for index, part in enumerate(parts):
        for name, value in before.items():
            part = part.replace(f"$({name})", value)
        parts[index] = part
    return "$".join(parts)
