"""What is alpha: versions of the API of v1.8 that are served only if --runtime-config asks for them, and
fields of features that are switched off, which are dropped without a word (v1.8.0, v1.36.2
pkg/api/pod/util.go DropDisabledAlphaFields, dropDisabledFields, from PrepareForCreate and PrepareForUpdate).

v1.36: signals that containers are stopped with (ContainerStopSignals) are alpha; bundles of certificates
and certificates of pods in volumes (ClusterTrustBundleProjection, PodCertificateRequest) are beta, and off.
"""

from collections.abc import Callable
from typing import Any

from clustersim.api.core.container import Container
from clustersim.api.core.persistent_volume import PersistentVolumeClaim
from clustersim.api.core.pod import Pod, PodSpec, PodTemplateSpec
from clustersim.api.core.probes import Lifecycle
from clustersim.api.core.volumes import ProjectedVolumeSource, Volume
from clustersim.api.meta import replace
from clustersim.apiserver.data_sources import with_data_sources
from clustersim.flags.apiserver import ApiServerFlags


def alpha_versions(flags: ApiServerFlags) -> tuple[str, ...]:
    """The versions that are asked for: "GROUP/VERSION", or "GROUP/VERSION=true"."""
    asked = (one.partition("=") for one in flags.runtime_config)
    return tuple(version for version, _sign, value in asked if value in ("", "true"))


def has_priorities(flags: ApiServerFlags) -> bool:
    """The gate PodPriority is open."""
    return "PodPriority=true" in flags.feature_gates


def without_disabled(obj: Any, release: str, flags: ApiServerFlags) -> Any:
    """The object without those fields: in v1.8 pods and their templates have a priority only where the gate
    PodPriority is open; today no container has a signal of its own and no volume brings certificates."""
    if isinstance(obj, PersistentVolumeClaim):
        return obj if release in ("v1.7", "v1.8") else with_data_sources(obj)
    spec = getattr(obj, "spec", None)
    if spec is None or release == "v1.7" or (release == "v1.8" and has_priorities(flags)):
        return obj
    plain = _without_priority if release == "v1.8" else _of_today
    if isinstance(obj, Pod):
        plain_spec = plain(obj.spec)
        return obj if plain_spec is obj.spec else replace(obj, spec=plain_spec)
    job = getattr(spec, "job_template", None)
    if job is not None:
        plain_job = _with_plain_template(job, plain)
        return obj if plain_job is job else replace(obj, spec=replace(spec, job_template=plain_job))
    return _with_plain_template(obj, plain)


def _with_plain_template(obj: Any, plain: Callable[[PodSpec], PodSpec]) -> Any:
    template = getattr(obj.spec, "template", None)
    if isinstance(template, PodTemplateSpec):
        spec = plain(template.spec)
        if spec is not template.spec:
            return replace(obj, spec=replace(obj.spec, template=replace(template, spec=spec)))
    return obj


def _of_today(spec: PodSpec) -> PodSpec:
    return _without_certificates(_without_signals(spec))


def _without_certificates(spec: PodSpec) -> PodSpec:
    if not any(volume.projected is not None and _brings(volume.projected) for volume in spec.volumes):
        return spec
    plain: PodSpec = replace(spec, volumes=tuple(map(_without_certificate, spec.volumes)))
    return plain


def _brings(projected: ProjectedVolumeSource) -> bool:
    return any(one.cluster_trust_bundle or one.pod_certificate for one in projected.sources)


def _without_certificate(volume: Volume) -> Volume:
    """A source stays, though nothing may be left of it."""
    if volume.projected is None or not _brings(volume.projected):
        return volume
    sources = [
        replace(one, cluster_trust_bundle=None, pod_certificate=None) for one in volume.projected.sources
    ]
    plain: Volume = replace(volume, projected=replace(volume.projected, sources=tuple(sources)))
    return plain


def _without_signals(spec: PodSpec) -> PodSpec:
    containers = (*spec.containers, *spec.init_containers)
    if not any(one.lifecycle is not None and one.lifecycle.stop_signal for one in containers):
        return spec
    plain: PodSpec = replace(
        spec,
        containers=tuple(map(_without_signal, spec.containers)),
        init_containers=tuple(map(_without_signal, spec.init_containers)),
    )
    return plain


def _without_signal(container: Container) -> Container:
    if container.lifecycle is None or not container.lifecycle.stop_signal:
        return container
    left = replace(container.lifecycle, stop_signal="")
    plain: Container = replace(container, lifecycle=None if left == Lifecycle() else left)
    return plain


def _without_priority(spec: PodSpec) -> PodSpec:
    if spec.priority is None and not spec.priority_class_name:
        return spec
    plain: PodSpec = replace(spec, priority=None, priority_class_name="")
    return plain
