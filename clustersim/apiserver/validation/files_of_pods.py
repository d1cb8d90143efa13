"""Validation of volumes whose files are told one by one: keys, fields of the pod, and several together.

Source: v1.7.5, v1.8.0 pkg/api/validation, v1.36 pkg/apis/core/validation, validation.go
validateDownwardAPIVolumeFile, validateProjectionSources.
"""

from typing import Any, Final

import msgspec

from clustersim.api.core.volumes import (
    ClusterTrustBundleProjection,
    DownwardAPIVolumeFile,
    KeyToPath,
    PodCertificateProjection,
    ProjectedVolumeSource,
    ServiceAccountTokenProjection,
    VolumeProjection,
)
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.references import IN_FILES, check_amount, check_field

LEAST_OF_A_TOKEN_S: Final = 600
"""Seconds that a token has to last."""
MOST_OF_A_TOKEN_S: Final = 2**32


def check_local_path(errors: FieldErrors, field: str, path: str, *, reserved: bool = True) -> None:
    """A path that stays where it is; reserved: it also may not begin as the files of the kubelet do."""
    if path.startswith("/"):
        errors.invalid(field, path, "must be a relative path")
    if ".." in path.split("/"):
        errors.invalid(field, path, "must not contain '..'")
    if reserved and path.startswith("..") and not path.startswith("../") and path != "..":
        errors.invalid(field, path, "must not start with '..'")


def check_items(errors: FieldErrors, field: str, items: tuple[Any, ...]) -> None:
    """Keys of a ConfigMap or a Secret, or fields of the pod; of these it is not said which."""
    for index, item in enumerate(items):
        if isinstance(item, KeyToPath):
            _check_key(errors, f"{field}.items[{index}]", item)
        else:
            _check_field_file(errors, field, item)


def _check_key(errors: FieldErrors, field: str, item: KeyToPath) -> None:
    if not item.key:
        errors.required(f"{field}.key")
    _check_path(errors, field, item.path)
    check_mode(errors, f"{field}.mode", item.mode)


def _check_path(errors: FieldErrors, field: str, path: str) -> None:
    if not path:
        errors.required(f"{field}.path")
    check_local_path(errors, f"{field}.path", path)


def check_mode(errors: FieldErrors, field: str, mode: int | None) -> None:
    """Who may read, write and execute a file."""
    if mode is not None and not 0 <= mode <= 0o777:
        errors.invalid(field, mode, "must be a number between 0 and 0777 (octal), both inclusive")


def _check_field_file(errors: FieldErrors, field: str, item: DownwardAPIVolumeFile) -> None:
    _check_path(errors, field, item.path)
    if item.field_ref is not None:
        check_field(errors, f"{field}.fieldRef", item.field_ref, IN_FILES)
        if item.resource_field_ref is not None:
            why = "fieldRef and resourceFieldRef can not be specified simultaneously"
            errors.invalid(field, "resource", why)
    elif item.resource_field_ref is not None:
        check_amount(errors, f"{field}.resourceFieldRef", item.resource_field_ref, of_file=True)
    else:
        errors.required(field, "one of fieldRef and resourceFieldRef is required")
    check_mode(errors, f"{field}.mode", item.mode)


def check_projected(errors: FieldErrors, field: str, projected: ProjectedVolumeSource) -> None:
    """Each source is of one kind, and no two files have the same path."""
    taken: set[str] = set()
    for index, source in enumerate(projected.sources):
        here = f"{field}.sources[{index}]" if errors.modern else field
        given = [
            (one.encode_name, getattr(source, one.name))
            for one in msgspec.structs.fields(VolumeProjection)
            if getattr(source, one.name) is not None
        ]
        given.sort(key=lambda one: _ORDER.index(one[0]))
        for place, (name, part) in enumerate(given):
            if place and not errors.modern:
                errors.forbidden(f"{here}.{name}", "may not specify more than 1 volume type")
                continue
            _check_part(errors, field, f"{here}.{name}" if errors.modern else field, name, part)
            for path, shown in _paths_of(part):
                if path in taken:
                    errors.invalid(field, shown, "conflicting duplicate paths")
                taken.add(path)
        if errors.modern and len(given) > 1:
            errors.forbidden(here, "may not specify more than 1 volume type per source")


_ORDER: Final = (
    "secret",
    "configMap",
    "downwardAPI",
    "serviceAccountToken",
    "clusterTrustBundle",
    "podCertificate",
)
"""In which they are looked at."""


def _check_part(errors: FieldErrors, volume: str, field: str, name: str, part: Any) -> None:
    """volume: the field of the whole volume, which is named for some of what is wrong."""
    if name in ("secret", "configMap"):
        if not part.name:
            errors.required(f"{field}.name")
        check_items(errors, field, part.items)
    elif name == "downwardAPI":
        check_items(errors, field if errors.modern else f"{field}.downwardAPI", part.items)
    elif isinstance(part, ServiceAccountTokenProjection):
        _check_token(errors, volume, field, part)
    elif isinstance(part, ClusterTrustBundleProjection):
        if part.name and part.signer_name:
            errors.invalid(field, part, "only one of name and signerName may be used")
        elif not part.name and not part.signer_name:
            errors.required(field, "either name or signerName must be specified")
        if not part.path:
            errors.required(f"{field}.path")
        check_local_path(errors, f"{field}.path", part.path)


def _check_token(errors: FieldErrors, volume: str, field: str, token: ServiceAccountTokenProjection) -> None:
    seconds = token.expiration_seconds
    if seconds is not None and seconds < LEAST_OF_A_TOKEN_S:
        why = "may not specify a duration less than 10 minutes"
        errors.invalid(f"{field}.expirationSeconds", seconds, why)
    if seconds is not None and seconds > MOST_OF_A_TOKEN_S:
        why = "may not specify a duration larger than 2^32 seconds"
        errors.invalid(f"{field}.expirationSeconds", seconds, why)
    if not token.path:
        errors.required(f"{volume}.path")
    else:
        check_local_path(errors, f"{volume}.path", token.path)


def _paths_of(part: Any) -> list[tuple[str, str]]:
    """The paths that a source takes, each with what a message shows where it is taken already."""
    named = getattr(part, "name", "")
    found = [(item.path, named or item.path) for item in getattr(part, "items", ()) if item.path]
    if isinstance(part, ClusterTrustBundleProjection) and part.path:
        found.append((part.path, part.path))
    if isinstance(part, PodCertificateProjection):
        paths = (part.credential_bundle_path, part.key_path, part.certificate_chain_path)
        found += [(path, path) for path in paths if path]
    return found
