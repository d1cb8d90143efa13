"""Containers and volumes of a pod, or of what pods are made from. Sources: v1.7.5 and v1.8.0 describe.go
describeContainers, describeVolumes; v1.36 k8s.io/kubectl pkg/describe."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from clustersim.api.downward import amount, metadata_value
from clustersim.kubectl.ages import go_time
from clustersim.kubectl.describe.parts import NONE, TODAY, amounts, annotations, pairs, several
from clustersim.kubectl.describe.volume_sources import source_lines
from clustersim.kubectl.describe.volumes import made_claim_lines
from clustersim.kubectl.texts import labels_text


def template(found: Any, release: str) -> Iterable[str]:
    """What pods are made from."""
    yield "Pod Template:"
    yield from (f"  {line}" if line[0] != "\t" else line for line in pairs("Labels", found.metadata.labels))
    if found.metadata.annotations:
        told = annotations(found.metadata.annotations, release)
        yield from (f"  {line}" if line[0] != "\t" else line for line in told)
    if found.spec.service_account_name:
        yield f"  Service Account:\t{found.spec.service_account_name}"
    if found.spec.init_containers:
        yield "  Init Containers:"
        yield from _indented(containers(found.spec.init_containers, {}, release))
    yield "  Containers:"
    yield from _indented(containers(found.spec.containers, {}, release))
    yield from volumes(found.spec.volumes, release, "  ")
    if release in TODAY:
        yield f"  Node-Selectors:\t{labels_text(found.spec.node_selector)}"
        told = several("Tolerations", toleration_texts(found.spec.tolerations, release))
        yield from (f"  {line}" for line in told)


def toleration_texts(tolerations: Sequence[Any], release: str) -> list[str]:
    """By their keys (printTolerationsMultiline)."""
    return [toleration_text(one, release) for one in sorted(tolerations, key=lambda one: one.key)]


def toleration_text(toleration: Any, release: str) -> str:
    """ "node.kubernetes.io/unreachable:NoExecute op=Exists for 300s"."""
    text = str(toleration.key)
    if toleration.value:
        text += f"={toleration.value}"
    if toleration.effect:
        text += f":{toleration.effect}"
    if release in TODAY and toleration.operator == "Exists" and not toleration.value:
        text += " op=Exists"
    if toleration.toleration_seconds is not None:
        text += f" for {toleration.toleration_seconds}s"
    return text


def _indented(lines: Iterable[str]) -> Iterable[str]:
    """In a template names of containers stand one column, and their lines no column, further right."""
    for line in lines:
        yield f" {line}" if not line.startswith("    ") else line


def containers(
    found: Sequence[Any], statuses: Mapping[str, Any], release: str, pod: Any = None
) -> Iterable[str]:
    """Containers with what the kubelet said of them; pod: whose they are, unless it is a template."""
    for container in found:
        yield from _container(container, statuses.get(container.name), release, pod)


def _container(container: Any, status: Any, release: str, pod: Any) -> Iterable[str]:
    yield f"  {container.name}:"
    if status is not None:
        yield f"    Container ID:\t{status.container_id}"
    yield f"    Image:\t{container.image}"
    if status is not None:
        yield f"    Image ID:\t{status.image_id}"
    names = [f" ({port.name})" if port.name and release in TODAY else "" for port in container.ports]
    ports = ", ".join(
        f"{port.container_port}/{port.protocol}{name}"
        for port, name in zip(container.ports, names, strict=True)
    )
    title = "Ports" if len(container.ports) > 1 else "Port"
    yield f"    {title}:\t{ports or NONE}"
    if release in TODAY:
        hosts = ", ".join(
            f"{port.host_port}/{port.protocol}{name}"
            for port, name in zip(container.ports, names, strict=True)
        )
        yield f"    Host {title}:\t{hosts or NONE}"
        yield from _seccomp(container)
    for name, words in (("Command", container.command), ("Args", container.args)):
        if words:
            yield f"    {name}:"
            yield from (f"      {line}" for word in words for line in word.split("\n"))
    if status is not None:
        yield from _state("State", status.state)
        if status.last_state.terminated is not None:
            yield from _state("Last State", status.last_state)
        yield f"    Ready:\t{status.ready}"
        yield f"    Restart Count:\t{status.restart_count}"
    yield from amounts("Limits", container.resources.limits, "    ")
    yield from amounts("Requests", container.resources.requests, "    ")
    for name, probe in (
        ("Liveness", container.liveness_probe),
        ("Readiness", container.readiness_probe),
        ("Startup", getattr(container, "startup_probe", None)),
    ):
        if probe is not None:
            yield f"    {name}:\t{_probe(probe)}"
    yield from _environment(container, pod)
    yield from _mounts(container, release)


def _seccomp(container: Any) -> Iterable[str]:
    profile = container.security_context.seccomp_profile if container.security_context is not None else None
    if profile is not None:
        yield f"    SeccompProfile:\t{profile.type}"
        if profile.type == "Localhost":
            yield f"      LocalhostProfile:\t{profile.localhost_profile}"


def _probe(probe: Any) -> str:
    timing = (
        f"delay={probe.initial_delay_seconds}s timeout={probe.timeout_seconds}s "
        f"period={probe.period_seconds}s "
        f"#success={probe.success_threshold} #failure={probe.failure_threshold}"
    )
    if probe.exec is not None:
        return f"exec [{' '.join(probe.exec.command)}] {timing}"
    if probe.http_get is not None:
        get = probe.http_get
        return f"http-get {(get.scheme or 'HTTP').lower()}://{get.host}:{get.port}{_path(get.path)} {timing}"
    if probe.tcp_socket is not None:
        return f"tcp-socket {probe.tcp_socket.host}:{probe.tcp_socket.port} {timing}"
    if (grpc := getattr(probe, "grpc", None)) is not None:
        return f"grpc <pod>:{grpc.port} {grpc.service} {timing}"
    return f"unknown {timing}"


def _path(path: str) -> str:
    """As Go's net/url writes it."""
    begun = path if not path or path.startswith("/") else f"/{path}"
    return quote(begun, safe="/$&+,:;=@")


def _environment(container: Any, pod: Any) -> Iterable[str]:
    if container.env_from:
        yield "    Environment Variables from:"
        for source in container.env_from:
            one, kind = source.config_map_ref or source.secret_ref, _SOURCES[source.config_map_ref is None]
            kind += f" with prefix '{source.prefix}'" if source.prefix else ""
            yield f"      {one.name}\t{kind}\t{_optional(one)}"
    if not container.env:
        yield f"    Environment:\t{NONE}"
        return
    yield "    Environment:"
    for variable in container.env:
        first, *more = _value(variable, container, pod).split("\n")
        yield f"      {variable.name}:\t{first}"
        yield from (f"      \t{line}" for line in more)


_SOURCES = ("ConfigMap", "Secret")


def _optional(source: Any) -> str:
    return f"Optional: {str(bool(source.optional)).lower()}"


def _value(variable: Any, container: Any, pod: Any) -> str:
    source = variable.value_from
    if source is None:
        return str(variable.value)
    if (field := source.field_ref) is not None:
        found = "" if pod is None else metadata_value(pod, field.field_path)
        return f"{found} ({field.api_version or 'v1'}:{field.field_path})"
    if (key := source.config_map_key_ref) is not None:
        return f"<set to the key '{key.key}' of config map '{key.name}'>\t{_optional(key)}"
    if (key := source.secret_key_ref) is not None:
        return f"<set to the key '{key.key}' in secret '{key.name}'>\t{_optional(key)}"
    if (resource := source.resource_field_ref) is not None:
        found = amount(container, resource, {})
        if found == "0" and resource.resource in ("limits.cpu", "limits.memory"):
            found = "node allocatable"
        return f"{found} ({resource.resource})"
    return ""


def _mounts(container: Any, release: str) -> Iterable[str]:
    """Where volumes are; the old kubectls never tell the path within one (their switch stops before it)."""
    yield "    Mounts:" if container.volume_mounts else f"    Mounts:\t{NONE}"
    for mount in sorted(container.volume_mounts, key=lambda one: str(one.mount_path)):
        flags = ["ro" if mount.read_only else "rw"]
        if mount.sub_path and release in TODAY:
            flags.append(f'path="{mount.sub_path}"')
        yield f"      {mount.mount_path} from {mount.name} ({','.join(flags)})"
    devices = container.volume_devices if release in TODAY else ()
    if devices:
        yield "    Devices:" if container.volume_mounts else f"    Devices:\t{NONE}"
    for device in sorted(devices, key=lambda one: str(one.device_path)):
        yield f"      {device.device_path} from {device.name}"


def _state(title: str, state: Any) -> Iterable[str]:
    if state.running is not None:
        yield f"    {title}:\tRunning"
        yield f"      Started:\t{go_time(state.running.started_at)}"
    elif state.terminated is not None:
        ended = state.terminated
        yield f"    {title}:\tTerminated"
        if ended.reason:
            yield f"      Reason:\t{ended.reason}"
        if ended.message:
            yield f"      Message:\t{ended.message}"
        yield f"      Exit Code:\t{ended.exit_code}"
        if ended.signal:
            yield f"      Signal:\t{ended.signal}"
        yield f"      Started:\t{go_time(ended.started_at)}"
        yield f"      Finished:\t{go_time(ended.finished_at)}"
    else:
        yield f"    {title}:\tWaiting"
        if state.waiting is not None and state.waiting.reason:
            yield f"      Reason:\t{state.waiting.reason}"


def volumes(found: Sequence[Any], release: str, indent: str = "") -> Iterable[str]:
    """The volumes, by kind; in a template (indent) their names stand one column further right, and what is
    told of them no column."""
    if not found:
        yield f"{indent}Volumes:\t{NONE}"
        return
    yield f"{indent}Volumes:"
    for volume in found:
        yield f"  {' ' if indent else ''}{volume.name}:"
        yield from source_lines(volume, release)
        claim = volume.ephemeral.volume_claim_template if volume.ephemeral is not None else None
        if claim is not None:
            yield from (f"    {line}" for line in made_claim_lines(claim, release))
