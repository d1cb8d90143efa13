"""What is alpha in v1.8: versions of the API that are served only if --runtime-config asks for them, and
fields of features that are switched off, which are dropped without a word (pkg/api/pod/util.go
DropDisabledAlphaFields, from PrepareForCreate and PrepareForUpdate)."""

from typing import Any

from clustersim.api.core.pod import Pod, PodSpec, PodTemplateSpec
from clustersim.api.meta import replace
from clustersim.flags.apiserver import ApiServerFlags


def alpha_versions(flags: ApiServerFlags) -> tuple[str, ...]:
    """The versions that are asked for: "GROUP/VERSION", or "GROUP/VERSION=true"."""
    asked = (one.partition("=") for one in flags.runtime_config)
    return tuple(version for version, _sign, value in asked if value in ("", "true"))


def has_priorities(flags: ApiServerFlags) -> bool:
    """The gate PodPriority is open."""
    return "PodPriority=true" in flags.feature_gates


def without_disabled(obj: Any, release: str, flags: ApiServerFlags) -> Any:
    """The object, of which pods and their templates have a priority only where the gate PodPriority is
    open."""
    spec = getattr(obj, "spec", None)
    if spec is None or release != "v1.8" or has_priorities(flags):
        return obj
    if isinstance(obj, Pod):
        plain_spec = _plain(obj.spec)
        return obj if plain_spec is obj.spec else replace(obj, spec=plain_spec)
    job = getattr(spec, "job_template", None)
    if job is not None:
        plain_job = _with_plain_template(job)
        return obj if plain_job is job else replace(obj, spec=replace(spec, job_template=plain_job))
    return _with_plain_template(obj)


def _with_plain_template(obj: Any) -> Any:
    template = getattr(obj.spec, "template", None)
    if isinstance(template, PodTemplateSpec):
        plain = replace(template, spec=_plain(template.spec))
        return obj if plain == template else replace(obj, spec=replace(obj.spec, template=plain))
    return obj


def _plain(spec: PodSpec) -> PodSpec:
    if spec.priority is None and not spec.priority_class_name:
        return spec
    plain: PodSpec = replace(spec, priority=None, priority_class_name="")
    return plain
