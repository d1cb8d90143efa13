"""Validation of containers (pkg/apis/core/validation/validation.go validateContainers and below)."""

from typing import Any, Final

from clustersim.api.core.container import Container, ContainerPort
from clustersim.api.core.environment import EnvVar, EnvVarSource
from clustersim.api.core.pod import PodSpec
from clustersim.api.core.probes import HTTPGetAction, Lifecycle, LifecycleHandler, Probe
from clustersim.api.core.volumes import Volume
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.mounts import check_devices, check_mounts
from clustersim.apiserver.validation.references import (
    IN_VARIABLES,
    check_amount,
    check_field,
    check_key_of_file,
)
from clustersim.apiserver.validation.requirements import check_requirements
from clustersim.apiserver.validation.restarts import check_restarts
from clustersim.apiserver.validation.security import check_rights

PULL_POLICIES: Final = ("Always", "IfNotPresent", "Never")


def check_containers(
    errors: FieldErrors, field: str, spec: PodSpec, volumes: dict[str, Volume], *, init: bool = False
) -> None:
    """All of a kind: their names differ, and each is as it should be. spec: the pod's."""
    seen: list[str] = []
    for index, container in enumerate(spec.init_containers if init else spec.containers):
        here = f"{field}[{index}]"
        if not container.name:
            errors.required(f"{here}.name")
        else:
            errors.each(f"{here}.name", container.name, names.dns_label(container.name, errors.release))
        if container.name and container.name in seen:
            errors.duplicate(f"{here}.name", container.name)
        seen.append(container.name)
        check_container(errors, here, container, volumes)
        check_restarts(errors, here, container)
        _check_resizing(errors, f"{here}.resizePolicy", spec, container)
        if init:
            _check_init(errors, here, spec, container)
        else:
            _check_probes(errors, here, spec, container)


def _check_resizing(errors: FieldErrors, field: str, spec: PodSpec, container: Container) -> None:
    """Whether it is started anew when it gets more or less (validateResizePolicy)."""
    seen: list[str] = []
    for rule in container.resize_policy:
        if rule.resource_name in seen:
            errors.duplicate(field, rule.resource_name)
        seen.append(rule.resource_name)
        errors.one_of(field, rule.resource_name, ("cpu", "memory"))
        errors.one_of(field, rule.restart_policy, ("NotRequired", "RestartContainer"))
        if spec.restart_policy == "Never" and rule.restart_policy != "NotRequired":
            why = "must be 'NotRequired' when pod `restartPolicy` is 'Never'"
            errors.invalid(field, rule.restart_policy, why)


def _check_init(errors: FieldErrors, field: str, spec: PodSpec, container: Container) -> None:
    if container.restart_policy == "Always":
        _check_probes(errors, field, spec, container)
        return
    for index, rule in enumerate(container.resize_policy):
        if rule.restart_policy == "RestartContainer":
            reason = "must not be set to 'RestartContainer' for non-sidecar initContainers"
            errors.invalid(f"{field}.resizePolicy[{index}].restartPolicy", rule.restart_policy, reason)
    why = "may not be set for init containers without restartPolicy=Always"
    for name, given in (
        ("lifecycle", container.lifecycle),
        ("livenessProbe", container.liveness_probe),
        ("readinessProbe", container.readiness_probe),
        ("startupProbe", container.startup_probe),
    ):
        if given is not None:
            if errors.modern:
                errors.forbidden(f"{field}.{name}", why)
            else:
                errors.invalid(f"{field}.{name}", given, "must not be set for init containers")


def check_container(
    errors: FieldErrors, field: str, container: Container, volumes: dict[str, Volume]
) -> None:
    """One container except for its probes."""
    if not container.image:
        errors.required(f"{field}.image")
    errors.one_of(
        f"{field}.terminationMessagePolicy",
        container.termination_message_policy,
        ("File", "FallbackToLogsOnError"),
    )
    errors.one_of(f"{field}.imagePullPolicy", container.image_pull_policy, PULL_POLICIES)
    _check_ports(errors, f"{field}.ports", container.ports)
    for index, variable in enumerate(container.env):
        _check_variable(errors, f"{field}.env[{index}]", variable)
    for index, source in enumerate(container.env_from):
        here = f"{field}.envFrom[{index}]"
        if source.prefix:
            errors.each(f"{here}.prefix", source.prefix, names.variable_name(source.prefix, errors.release))
        given = [one for one in (source.config_map_ref, source.secret_ref) if one is not None]
        if len(given) != 1:
            why = "must specify one of: `configMapRef` or `secretRef`"
            many = "may not have more than one field specified at a time"
            errors.invalid(f"{field}.envFrom", "", many if given else why)
            continue
        field_of_name = f"{here}.{'configMapRef' if source.config_map_ref else 'secretRef'}.name"
        if not (name := given[0].name):
            errors.required(field_of_name)
        else:  # As it is for a stem, to which more is added.
            stem = f"{name[:-1]}a" if len(name) > 1 and name.endswith("-") else name
            errors.each(field_of_name, name, names.dns_subdomain(stem, errors.release))
    check_mounts(errors, f"{field}.volumeMounts", container, volumes)
    check_devices(errors, f"{field}.volumeDevices", container, volumes)
    check_requirements(errors, f"{field}.resources", container.resources)
    if container.security_context is not None:
        check_rights(errors, f"{field}.securityContext", container.security_context)


def _check_ports(errors: FieldErrors, field: str, ports: tuple[ContainerPort, ...]) -> None:
    seen: list[str] = []
    protocols = ("SCTP", "TCP", "UDP") if errors.modern else ("TCP", "UDP")
    for index, port in enumerate(ports):
        here = f"{field}[{index}]"
        if port.name:
            reasons = names.port_name(port.name, errors.release)
            errors.each(f"{here}.name", port.name, reasons)
            if not reasons and port.name in seen:
                errors.duplicate(f"{here}.name", port.name)
            seen.append(port.name)
        if not port.container_port:
            errors.required(f"{here}.containerPort")
        else:
            errors.each(f"{here}.containerPort", port.container_port, names.port_number(port.container_port))
        if port.host_port:
            errors.each(f"{here}.hostPort", port.host_port, names.port_number(port.host_port))
        errors.one_of(f"{here}.protocol", port.protocol, protocols)


def _check_variable(errors: FieldErrors, field: str, variable: EnvVar) -> None:
    if not variable.name:
        errors.required(f"{field}.name")
    else:
        errors.each(f"{field}.name", variable.name, names.variable_name(variable.name, errors.release))
    source = variable.value_from
    if source is None:
        return
    _check_source(errors, f"{field}.valueFrom", variable, source)


def _check_source(errors: FieldErrors, here: str, variable: EnvVar, source: EnvVarSource) -> None:
    """Where the value comes from: one place, and nothing else told (validateEnvVarValueFrom)."""
    given = {
        "fieldRef": source.field_ref,
        "resourceFieldRef": source.resource_field_ref,
        "configMapKeyRef": source.config_map_key_ref,
        "secretKeyRef": source.secret_key_ref,
        "fileKeyRef": source.file_key_ref,
    }
    if source.field_ref is not None:
        check_field(errors, f"{here}.fieldRef", source.field_ref, IN_VARIABLES)
    if source.resource_field_ref is not None:
        check_amount(errors, f"{here}.resourceFieldRef", source.resource_field_ref)
    for name, key in (
        ("configMapKeyRef", source.config_map_key_ref),
        ("secretKeyRef", source.secret_key_ref),
    ):
        if key is not None:
            errors.each(f"{here}.{name}.name", key.name, names.dns_subdomain(key.name, errors.release))
            if not key.key:
                errors.required(f"{here}.{name}.key")
            else:
                errors.each(f"{here}.{name}.key", key.key, names.config_key(key.key, errors.release))
    if source.file_key_ref is not None:
        check_key_of_file(errors, f"{here}.fileKeyRef", source.file_key_ref)
    set_ = {name: one for name, one in given.items() if one is not None}
    if not set_:
        last = ", `secretKeyRef` or `fileKeyRef`" if errors.modern else " or `secretKeyRef`"
        names_ = f"`fieldRef`, `resourceFieldRef`, `configMapKeyRef`{last}"
        errors.invalid(here, "", f"must specify one of: {names_}")
    elif variable.value:
        errors.invalid(here, "", "may not be specified when `value` is not empty")
    elif len(set_) > 1:
        errors.invalid(here, "", "may not have more than one field specified at a time")


def _check_probes(errors: FieldErrors, field: str, spec: PodSpec, container: Container) -> None:
    if container.lifecycle is not None:
        grace = spec.termination_grace_period_seconds
        _check_lifecycle(errors, f"{field}.lifecycle", container.lifecycle, grace)
    for name, probe in (
        ("livenessProbe", container.liveness_probe),
        ("readinessProbe", container.readiness_probe),
        ("startupProbe", container.startup_probe),
    ):
        if probe is None:
            continue
        _check_probe(errors, f"{field}.{name}", probe)
        if name != "readinessProbe" and probe.success_threshold != 1:
            errors.invalid(f"{field}.{name}.successThreshold", probe.success_threshold, "must be 1")
        grace_of_its_own = probe.termination_grace_period_seconds
        if name == "readinessProbe" and grace_of_its_own is not None:
            here = f"{field}.{name}.terminationGracePeriodSeconds"
            errors.invalid(here, grace_of_its_own, "must not be set for readinessProbes")


def _check_probe(errors: FieldErrors, field: str, probe: Probe) -> None:
    check_handler(errors, field, probe)
    for name, number in (
        ("initialDelaySeconds", probe.initial_delay_seconds),
        ("timeoutSeconds", probe.timeout_seconds),
        ("periodSeconds", probe.period_seconds),
        ("successThreshold", probe.success_threshold),
        ("failureThreshold", probe.failure_threshold),
    ):
        errors.not_negative(f"{field}.{name}", number)
    grace = probe.termination_grace_period_seconds
    if grace is not None and grace <= 0:
        errors.invalid(f"{field}.terminationGracePeriodSeconds", grace, "must be greater than 0")


def _check_lifecycle(errors: FieldErrors, field: str, lifecycle: Lifecycle, grace: int) -> None:
    for name, handler in (("postStart", lifecycle.post_start), ("preStop", lifecycle.pre_stop)):
        if handler is None:
            continue
        check_handler(errors, f"{field}.{name}", handler)
        if handler.sleep is not None and not 0 <= handler.sleep.seconds <= grace:
            why = f"must be non-negative and less than terminationGracePeriodSeconds ({grace})"
            errors.invalid(f"{field}.{name}.sleep", handler.sleep.seconds, why)


def check_handler(errors: FieldErrors, field: str, handler: Probe | LifecycleHandler) -> None:
    """Exactly one thing to do."""
    given: dict[str, Any] = {
        "exec": handler.exec,
        "httpGet": handler.http_get,
        "tcpSocket": handler.tcp_socket,
        "grpc": getattr(handler, "grpc", None),
        "sleep": getattr(handler, "sleep", None),
    }
    found = {name: one for name, one in given.items() if one is not None}
    for name in list(found)[1:]:
        errors.forbidden(f"{field}.{name}", "may not specify more than 1 handler type")
    if not found:
        errors.required(field, "must specify a handler type")
    if handler.exec is not None and not handler.exec.command:
        errors.required(f"{field}.exec.command")
    if handler.http_get is not None:
        _check_http_get(errors, f"{field}.httpGet", handler.http_get)
    if handler.tcp_socket is not None:
        check_port_reference(errors, f"{field}.tcpSocket.port", handler.tcp_socket.port)
    if isinstance(handler, Probe) and handler.grpc is not None:
        errors.each(f"{field}.grpc.port", handler.grpc.port, names.port_number(handler.grpc.port))


def _check_http_get(errors: FieldErrors, field: str, get: HTTPGetAction) -> None:
    if not get.path:
        errors.required(f"{field}.path")
    check_port_reference(errors, f"{field}.port", get.port)
    errors.one_of(f"{field}.scheme", get.scheme, ("HTTP", "HTTPS"))
    for header in get.http_headers:
        errors.each(f"{field}.httpHeaders", header.name, names.header_name(header.name, errors.release))


def check_port_reference(errors: FieldErrors, field: str, port: int | str) -> None:
    """A port by number or by its name."""
    if isinstance(port, int):
        errors.each(field, port, names.port_number(port))
    else:
        errors.each(field, port, names.port_name(port, errors.release))
