"""Validation of references to fields of a pod and to what its containers ask for: in variables and in files.

Source: v1.7.5, v1.8.0 pkg/api/validation, v1.36 pkg/apis/core/validation, validation.go
validateObjectFieldSelector, validateContainerResourceFieldSelector, validateContainerResourceDivisor.
"""

import re
from typing import Final

from clustersim.api.core.environment import FileKeySelector, ObjectFieldSelector, ResourceFieldSelector
from clustersim.api.core.pod import PodSpec
from clustersim.api.quantity import parse_quantity
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import FieldErrors

_PATHS: Final = (
    "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid",
    "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "status.hostIP",
    "status.phase", "status.podIP",
)  # fmt: skip
"""Fields of a pod that have a label of their own (pkg/api/v1/conversion.go)."""
_PATHS_OF_TODAY: Final = (*_PATHS, "status.hostIPs", "status.podIPs")

IN_VARIABLES: Final[dict[str, tuple[str, ...]]] = {
    "v1.7": (
        "metadata.name", "metadata.namespace", "spec.nodeName", "spec.serviceAccountName", "status.hostIP",
        "status.podIP",
    ),
    "v1.8": (
        "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
        "status.hostIP", "status.podIP",
    ),
    "v1.36": (
        "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
        "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
    ),
}  # fmt: skip
"""Those that an environment variable may have."""

_IN_FILES: Final = (
    "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid",
)  # fmt: skip
IN_FILES: Final[dict[str, tuple[str, ...]]] = {
    "v1.7": tuple(path for path in _IN_FILES if path != "metadata.uid"),
    "v1.8": _IN_FILES,
    "v1.36": _IN_FILES,
}
"""Those that a file of a volume may have."""

_SUBSCRIPTED: Final = re.compile(r"(metadata\.(?:annotations|labels))\['(.+)'\]\Z")

_ANY_SUBSCRIPTED: Final = re.compile(r".+\['.*'\]\Z")
_NO_VERSION: Final = {
    "v1.7": "No field label conversion function found for version",
    "v1.8": "No field label conversion function found for version",
    "v1.36": "unsupported pod version",
}

_ASKED: Final = ("limits.cpu", "limits.memory", "requests.cpu", "requests.memory")
_ASKED_FOR: Final[dict[str, tuple[str, ...]]] = {
    "v1.7": _ASKED,
    "v1.8": tuple(sorted((*_ASKED, "limits.ephemeral-storage", "requests.ephemeral-storage"))),
    "v1.36": tuple(sorted((*_ASKED, "limits.ephemeral-storage", "requests.ephemeral-storage"))),
}
_HUGE: Final = ("limits.hugepages-", "requests.hugepages-")
_SIZES: Final = ("1", *(f"1{unit}" for unit in ("k", "M", "G", "T", "P", "E")), *(
    f"1{unit}i" for unit in ("K", "M", "G", "T", "P", "E")
))  # fmt: skip


def check_field(
    errors: FieldErrors, field: str, reference: ObjectFieldSelector, allowed: dict[str, tuple[str, ...]]
) -> None:
    """A field of the pod. allowed: which may be told here, by release."""
    path, here = reference.field_path, f"{field}.fieldPath"
    subscripted = _SUBSCRIPTED.match(path) if errors.modern else None
    if not path:
        errors.required(here)
    elif reference.api_version != "v1":
        unknown = f"{_NO_VERSION[errors.release]}: {reference.api_version}"
        errors.invalid(here, path, f"error converting fieldPath: {unknown}")
    elif subscripted is not None:
        key = subscripted[2] if subscripted[1].endswith("labels") else subscripted[2].lower()
        errors.each(field, key, names.qualified_name(key, errors.release))
    elif errors.modern and _ANY_SUBSCRIPTED.match(path):
        why = f"error converting fieldPath: field label does not support subscript: {path}"
        errors.invalid(here, path, why)
    elif path == "spec.host":  # Old clients call it so, and the server by its name of today.
        if "spec.nodeName" not in allowed[errors.release]:
            errors.unsupported(here, "spec.nodeName", allowed[errors.release])
    elif path not in (_PATHS_OF_TODAY if errors.modern else _PATHS):
        errors.invalid(here, path, f"error converting fieldPath: field label not supported: {path}")
    elif path not in allowed[errors.release]:
        errors.unsupported(here, path, allowed[errors.release])


def check_amount(
    errors: FieldErrors, field: str, reference: ResourceFieldSelector, *, of_file: bool = False
) -> None:
    """What a container asks for; in a file it has to be said which container."""
    name, known = reference.resource, _ASKED_FOR[errors.release]
    if of_file and not reference.container_name:
        errors.required(f"{field}.containerName")
    elif not name:
        errors.required(f"{field}.resource")
    elif name not in known and not (errors.modern and name.startswith(_HUGE)):
        errors.unsupported(f"{field}.resource", name, known)
    elif errors.release == "v1.8" and name.endswith("ephemeral-storage"):
        why = "Containers' ephemeral storage requests/limits disabled by feature-gate for Downward API"
        errors.forbidden(field, why)
    divisor = parse_quantity(reference.divisor or "0")
    if not divisor.nanos:
        return
    what = next((what for end, what in _MEASURED if name.partition(".")[2].startswith(end)), "")
    if what == "cpu" and divisor.text() not in ("1", "1m"):
        why = "only divisor's values 1m and 1 are supported with the cpu resource"
        errors.invalid(f"{field}.divisor", name, why)
    elif what and what != "cpu" and divisor.text() not in _SIZES:
        why = f"only divisor's values {', '.join(_SIZES)} are supported with the {what} resource"
        errors.invalid(f"{field}.divisor", name, why)


def check_key_of_file(errors: FieldErrors, field: str, key: FileKeySelector) -> None:
    """A variable that is read from a file of the pod (validateFileKeySelector)."""
    if not key.key:
        errors.required(f"{field}.key")
    else:
        errors.each(f"{field}.key", key.key, names.variable_name(key.key, errors.release))
    if not key.volume_name:
        errors.required(f"{field}.volumeName")
    else:
        errors.each(f"{field}.volumeName", key.volume_name, names.dns_label(key.volume_name, errors.release))
    if not key.path:
        errors.required(f"{field}.path")
    elif ".." in key.path.split("/"):
        errors.invalid(f"{field}.path", key.path, "must not contain '..'")


def check_files_of_variables(errors: FieldErrors, field: str, spec: PodSpec) -> None:
    """Such a file is in an emptyDir of the pod (validateFileKeyRefVolumes)."""
    volumes = {volume.name: volume for volume in spec.volumes}
    for kind, containers in (("initContainers", spec.init_containers), ("containers", spec.containers)):
        for index, container in enumerate(containers):
            for place, variable in enumerate(container.env):
                key = None if variable.value_from is None else variable.value_from.file_key_ref
                if key is None:
                    continue
                here = f"{field}.{kind}[{index}].env[{place}].valueFrom.fileKeyRef.volumeName"
                if key.volume_name not in volumes:
                    errors.missing(here, key.volume_name)
                elif volumes[key.volume_name].empty_dir is None:
                    errors.invalid(here, key.volume_name, "referenced volume must be of type emptyDir")


_MEASURED: Final = (
    ("cpu", "cpu"),
    ("memory", "memory"),
    ("ephemeral-storage", "local ephemeral storage"),
    ("hugepages-", "hugepages"),
)
"""How names begin, and what messages call it."""
