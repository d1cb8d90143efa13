"""Validation of claims on devices, in pods and by themselves.

Sources: v1.36 pkg/apis/core/validation/validation.go validatePodResourceClaims, validateResourceClaimNames;
pkg/apis/resource/validation/validation.go. Selectors, constraints and configurations are kept unread.
"""

from typing import Any, Final

from clustersim.api.core.container import Container
from clustersim.api.core.pod import PodResourceClaim, PodSpec
from clustersim.api.kept import DeviceClass, ResourceClaim, ResourceClaimTemplate
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import FieldErrors

MOST_REQUESTS: Final = 32
_EITHER: Final = "exactly one of `exactly` or `firstAvailable` is required"


def check_claims_of_pod(errors: FieldErrors, field: str, spec: PodSpec) -> None:
    """The pod's claims, and what its containers use of them."""
    known: list[str] = []
    for index, one in enumerate(spec.resource_claims):
        _check_claim_of_pod(errors, f"{field}.resourceClaims[{index}]", one, known)
        known.append(one.name)
    for kind, containers in (("initContainers", spec.init_containers), ("containers", spec.containers)):
        for index, container in enumerate(containers):
            here = f"{field}.{kind}[{index}].resources.claims"
            _check_claims_of_container(errors, here, container, known)


def _check_claim_of_pod(errors: FieldErrors, field: str, claim: PodResourceClaim, known: list[str]) -> None:
    if not claim.name:
        errors.required(f"{field}.name")
    elif claim.name in known:
        errors.duplicate(f"{field}.name", claim.name)
    else:
        errors.each(f"{field}.name", claim.name, names.dns_label(claim.name, errors.release))
    given = {
        "resourceClaimName": claim.resource_claim_name,
        "resourceClaimTemplateName": claim.resource_claim_template_name,
    }
    shown: dict[str, str | None] = {"Name": claim.name}
    shown |= {f"R{name[1:]}": text or None for name, text in given.items()}
    if all(given.values()):
        why = "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"
        errors.invalid(field, shown, why)
    if not any(given.values()):
        why = "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"
        errors.invalid(field, shown, why)
    for name, text in given.items():
        if text:
            errors.each(f"{field}.{name}", text, names.dns_subdomain(text, errors.release))


def _check_claims_of_container(
    errors: FieldErrors, field: str, container: Container, known: list[str]
) -> None:
    seen: list[str] = []
    for index, claim in enumerate(container.resources.claims):
        here = f"{field}[{index}]"
        if not claim.name:
            errors.required(here)
            continue
        key = f"{claim.name}/{claim.request}" if claim.request else claim.name
        if claim.request and claim.name not in seen:
            errors.each(f"{here}.request", claim.request, names.dns_label(claim.request, errors.release))
        if claim.name in seen:
            errors.duplicate(here, claim.name)
        elif key in seen or any(one.startswith(f"{key}/") for one in seen):
            errors.duplicate(here, key)
        seen.append(key)
        if claim.name not in known:
            why = "must be one of the names in pod.spec.resourceClaims"
            errors.missing(
                here, claim.name, f"{why}: {', '.join(sorted(known))}" if known else f"{why} which is empty"
            )


def check_resource_claim(errors: FieldErrors, claim: ResourceClaim) -> None:
    """What a claim asks for."""
    _check_claim(errors, "spec", claim.spec)


def check_claim_template(errors: FieldErrors, template: ResourceClaimTemplate) -> None:
    """The claims that will be made from it."""
    _check_claim(errors, "spec.spec", _of(template.spec, "spec"))


def check_claim_unchanged(errors: FieldErrors, old: ResourceClaim, new: ResourceClaim) -> None:
    """What is claimed stays."""
    if (old.spec or {}) != (new.spec or {}):
        errors.invalid("spec", new.spec, "field is immutable")


def check_device_class(errors: FieldErrors, found: DeviceClass) -> None:
    """Its selectors are expressions."""
    for index, one in enumerate(_list(_of(found.spec, "selectors"))):
        here = f"spec.selectors[{index}].cel"
        cel = _of(one, "cel")
        if not isinstance(cel, dict):
            errors.required(here)
        elif not cel.get("expression"):
            errors.required(f"{here}.expression")


def _check_claim(errors: FieldErrors, field: str, spec: Any) -> None:
    here = f"{field}.devices.requests"
    requests = _list(_of(_of(spec, "devices"), "requests"))
    if len(requests) > MOST_REQUESTS:
        errors.too_many(here, MOST_REQUESTS, len(requests))
    seen: list[str] = []
    for index, request in enumerate(requests):
        _check_request(errors, f"{here}[{index}]", request)
        name = str(_of(request, "name") or "")
        if name in seen:
            errors.duplicate(f"{here}[{index}]", name)
        seen.append(name)


def _check_request(errors: FieldErrors, field: str, request: Any) -> None:
    _check_name(errors, f"{field}.name", _of(request, "name"))
    exactly, others = _of(request, "exactly"), _list(_of(request, "firstAvailable"))
    if exactly is None and not others:
        errors.required(field, _EITHER)
    elif exactly is not None and others:
        errors.invalid(field, None, f"{_EITHER}, but multiple fields are set")
    elif exactly is not None:
        _check_wanted(errors, f"{field}.exactly", exactly)
    for index, other in enumerate(others if exactly is None else []):
        here = f"{field}.firstAvailable[{index}]"
        _check_name(errors, f"{here}.name", _of(other, "name"))
        _check_wanted(errors, here, other)


def _check_wanted(errors: FieldErrors, field: str, wanted: Any) -> None:
    name = str(_of(wanted, "deviceClassName") or "")
    here = f"{field}.deviceClassName"
    if not name:
        errors.required(here)
    else:
        errors.each(here, name, names.dns_subdomain(name, errors.release))
    mode, count = _of(wanted, "allocationMode"), _of(wanted, "count")
    if mode == "All" and count:
        why = "must not be specified when allocationMode is 'All'"
        errors.invalid(f"{field}.count", count, why)
    elif mode not in (None, "", "All", "ExactCount"):
        errors.unsupported(f"{field}.allocationMode", mode, ("All", "ExactCount"))
    elif isinstance(count, int) and count < 0:
        errors.invalid(f"{field}.count", count, "must be greater than zero")


def _check_name(errors: FieldErrors, field: str, name: Any) -> None:
    errors.each(field, str(name or ""), names.dns_label(str(name or ""), errors.release))


def _of(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
