"""Defaults of pods and containers (pkg/apis/core/v1/defaults.go)."""

from typing import Any, Final

from clustersim.api.core.container import Container, EphemeralContainer
from clustersim.api.core.pod import Pod, PodSpec, PodTemplateSpec
from clustersim.api.core.volumes import EmptyDirVolumeSource, Volume, VolumeProjection
from clustersim.api.meta import replace
from clustersim.engine.identity import by_identity


def default_pod_spec(spec: PodSpec, *, host_ports: bool = True, modern: bool = False) -> PodSpec:
    """Of every pod and every template: when images are pulled, and ports on the node's own network, which
    today's templates (host_ports: not) leave to their pods; modern: what claims of volumes are like."""
    opened = spec.host_network and host_ports
    changes: dict[str, Any] = {}
    for name, containers in (("containers", spec.containers), ("init_containers", spec.init_containers)):
        if any(_is_open(container, opened) for container in containers):
            changes[name] = tuple(_default_container(one, opened) for one in containers)
    if any(not one.image_pull_policy for one in spec.ephemeral_containers):
        changes["ephemeral_containers"] = tuple(_pulled(one) for one in spec.ephemeral_containers)
    if any(_is_bare(one) or _has_tokens(one) or _is_vague(one) for one in spec.volumes):
        changes["volumes"] = tuple(_sourced(volume, modern=modern) for volume in spec.volumes)
    return replace(spec, **changes) if changes else spec


def _is_open(container: Container, host_network: bool) -> bool:
    return not container.image_pull_policy or (
        host_network and any(not port.host_port for port in container.ports)
    )


def _default_container(container: Container, host_network: bool) -> Container:
    policy = container.image_pull_policy or default_pull_policy(container.image)
    ports = container.ports
    if host_network:
        ports = tuple(replace(port, host_port=port.host_port or port.container_port) for port in ports)
    return replace(container, image_pull_policy=policy, ports=ports)


def _pulled(container: EphemeralContainer) -> EphemeralContainer:
    policy = container.image_pull_policy or default_pull_policy(container.image)
    pulled: EphemeralContainer = replace(container, image_pull_policy=policy)
    return pulled


def default_pull_policy(image: str) -> str:
    """Always for the tag latest or none, IfNotPresent otherwise."""
    tag = image.rpartition("/")[2].partition(":")
    return "Always" if "@" not in image and (not tag[1] or tag[2] == "latest") else "IfNotPresent"


def _is_bare(volume: Volume) -> bool:
    return volume == Volume(name=volume.name)


def _is_vague(volume: Volume) -> bool:
    """The claim that is made for it does not say whether it is of files."""
    return _of_files(volume) is not volume


def _of_files(volume: Volume) -> Volume:
    """The same, made for files where it does not say."""
    ephemeral = volume.ephemeral
    template = ephemeral.volume_claim_template if ephemeral is not None else None
    if ephemeral is None or template is None or template.spec.volume_mode:
        return volume
    template = replace(template, spec=replace(template.spec, volume_mode="Filesystem"))
    return replace(volume, ephemeral=replace(ephemeral, volume_claim_template=template))


def _sourced(volume: Volume, *, modern: bool) -> Volume:
    """A volume that says nothing of where it comes from is an empty folder; tokens last an hour."""
    if _is_bare(volume):
        return replace(volume, empty_dir=EmptyDirVolumeSource())
    if modern and (made := _of_files(volume)) is not volume:
        return made
    if volume.projected is None or not _has_tokens(volume):
        return volume
    sources = tuple(_lasting(source) for source in volume.projected.sources)
    return replace(volume, projected=replace(volume.projected, sources=sources))


def _has_tokens(volume: Volume) -> bool:
    """Some whose life nobody has told."""
    return volume.projected is not None and any(
        one.service_account_token is not None and one.service_account_token.expiration_seconds is None
        for one in volume.projected.sources
    )


def _lasting(source: VolumeProjection) -> VolumeProjection:
    token = source.service_account_token
    if token is None or token.expiration_seconds is not None:
        return source
    return replace(source, service_account_token=replace(token, expiration_seconds=TOKEN_SECONDS))


TOKEN_SECONDS: Final = 3600


def default_template(template: PodTemplateSpec, *, modern: bool) -> PodTemplateSpec:
    """A template's pods."""
    spec = default_pod_spec(template.spec, host_ports=not modern, modern=modern)
    return template if spec is template.spec else replace(template, spec=spec)


def default_pod(pod: Pod, *, service_links: bool) -> Pod:
    """Of pods only, not of templates: a request for what is limited; in v1.36 variables for Services."""
    spec = _with_defaults(pod.spec, service_links)
    return pod if spec is pod.spec else replace(pod, spec=spec)


@by_identity(maxsize=1024)
def _with_defaults(spec: PodSpec, service_links: bool) -> PodSpec:
    """Of all pods of a template, which come with one specification, once."""
    spec = default_pod_spec(spec, modern=service_links)
    if any(_lacks_requests(container) for container in (*spec.containers, *spec.init_containers)):
        spec = replace(
            spec,
            containers=tuple(_with_requests(one) for one in spec.containers),
            init_containers=tuple(_with_requests(one) for one in spec.init_containers),
        )
    if service_links and spec.enable_service_links is None:
        spec = replace(spec, enable_service_links=True)
    return spec


def _lacks_requests(container: Container) -> bool:
    resources = container.resources
    return not resources.limits.keys() <= resources.requests.keys()


def _with_requests(container: Container) -> Container:
    if not _lacks_requests(container):
        return container
    resources = container.resources
    requests = {**resources.limits, **resources.requests}
    return replace(container, resources=replace(resources, requests=requests))
