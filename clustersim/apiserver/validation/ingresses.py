"""Validation of Ingress.

Sources: v1.7.5, v1.8.0 pkg/apis/extensions/validation/validation.go ValidateIngressSpec; v1.36
pkg/apis/networking/validation/validation.go.
"""

import re
from typing import Final

from clustersim.api.networking import HTTPIngressPath, Ingress, IngressBackend, IngressRule
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.containers import check_port_reference
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.networking import check_host

_TYPES: Final = ("Exact", "ImplementationSpecific", "Prefix")
_WITHIN: Final = ("//", "/./", "/../", "%2f", "%2F")
_AT_THE_END: Final = ("/..", "/.")
_CLASS: Final = "kubernetes.io/ingress.class"


def check_ingress(errors: FieldErrors, ingress: Ingress) -> None:
    """A default or rules, and where they lead."""
    spec = ingress.spec
    default = spec.default_backend if errors.modern else spec.backend
    name = "defaultBackend" if errors.modern else "backend"
    if default is None and not spec.rules:
        errors.invalid("spec", None, f"either `{name}` or `rules` must be specified")
    if default is not None:
        _check_backend(errors, f"spec.{name}", default)
    for place, rule in enumerate(spec.rules):
        if rule.host:
            check_host(errors, f"spec.rules[{place}].host", rule.host)
        if rule.http is not None and (errors.modern or "*" not in rule.host):
            # The older releases blame the first rule for what is wrong with any.
            _check_paths(errors, f"spec.rules[{place if errors.modern else 0}].http", rule)
    for place, entry in enumerate(spec.tls):
        for index, host in enumerate(entry.hosts):
            rule_of_names = names.wildcard_subdomain if "*" in host else names.dns_subdomain
            errors.each(f"spec.tls[{place}].hosts[{index}]", host, rule_of_names(host, errors.release))
        if errors.modern and entry.secret_name:
            reasons = names.dns_subdomain(entry.secret_name, errors.release)
            errors.each(f"spec.tls[{place}].secretName", entry.secret_name, reasons)
    if spec.ingress_class_name:
        reasons = names.dns_subdomain(spec.ingress_class_name, errors.release)
        errors.each("spec.ingressClassName", spec.ingress_class_name, reasons)


def check_new_ingress(errors: FieldErrors, ingress: Ingress) -> None:
    """One that is made says its class once, or the same twice."""
    check_ingress(errors, ingress)
    told = ingress.metadata.annotations.get(_CLASS)
    if told is not None and ingress.spec.ingress_class_name not in ("", None, told):
        why = "must match `ingressClassName` when both are specified"
        errors.invalid(f"annotations.{_CLASS}", told, why)


def _check_paths(errors: FieldErrors, field: str, rule: IngressRule) -> None:
    paths = rule.http.paths if rule.http is not None else ()
    if not paths:
        errors.required(f"{field}.paths")
    for index, path in enumerate(paths):
        here = f"{field}.paths[{index}]"
        if errors.modern:
            _check_path(errors, here, path)
            continue
        if path.path:
            if not path.path.startswith("/"):
                errors.invalid(f"{here}.path", path.path, "must be an absolute path")
            if not _compiles(path.path):
                errors.invalid(f"{here}.path", path.path, "must be a valid regex")
        _check_backend(errors, f"{field}.backend", path.backend)


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


def _check_path(errors: FieldErrors, field: str, path: HTTPIngressPath) -> None:
    kind, text, here = path.path_type, path.path, f"{field}.path"
    if not kind:
        errors.required(f"{field}.pathType", "pathType must be specified")
        return
    if kind in ("Exact", "Prefix"):
        if not text.startswith("/"):
            errors.invalid(here, text, "must be an absolute path")
        for part in _WITHIN:
            if part in text:
                errors.invalid(here, text, f"must not contain '{part}'")
        for end in _AT_THE_END:
            if text.endswith(end):
                errors.invalid(here, text, f"cannot end with '{end}'")
    elif kind == "ImplementationSpecific":
        if text and not text.startswith("/"):
            errors.invalid(here, text, "must be an absolute path")
    else:
        errors.unsupported(f"{field}.pathType", kind, _TYPES)
    _check_backend(errors, f"{field}.backend", path.backend)


def _check_backend(errors: FieldErrors, field: str, backend: IngressBackend) -> None:
    if errors.modern:
        _check_backend_of_today(errors, field, backend)
    elif not backend.service_name:
        errors.required(f"{field}.serviceName")
    else:
        reasons = names.dns_1035_label(backend.service_name, errors.release)
        errors.each(f"{field}.serviceName", backend.service_name, reasons)
        check_port_reference(errors, f"{field}.servicePort", backend.service_port or 0)


def _check_backend_of_today(errors: FieldErrors, field: str, backend: IngressBackend) -> None:
    service = backend.service
    if service is not None and backend.resource is not None:
        errors.invalid(field, "", "cannot set both resource and service backends")
        return
    if service is None:
        if backend.resource is None:
            errors.invalid(field, "", "resource or service backend is required")
        return
    if not service.name:
        errors.required(f"{field}.service.name")
    else:
        errors.each(f"{field}.service.name", service.name, names.dns_label(service.name, errors.release))
    port = service.port
    if port is None or not (port.name or port.number):
        errors.required(field, "port name or number is required")
    elif port.name and port.number:
        errors.invalid(field, "", "cannot set both port name & port number")
    elif port.name:
        errors.each(f"{field}.service.port.name", port.name, names.port_name(port.name, errors.release))
    else:
        errors.each(f"{field}.service.port.number", port.number, names.port_number(port.number))
