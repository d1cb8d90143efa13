"""Validation of where a load balancer answers, as somebody writes it into the status of a Service.

Source: v1.36.2 pkg/apis/core/validation/validation.go ValidateLoadBalancerStatus; v1.8.0 pkg/api/validation
the same without modes, and of any type of Service.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final

from clustersim.api.core.service import LoadBalancerIngress, Service
from clustersim.apiserver.validation import ips, names
from clustersim.apiserver.validation.errors import FieldErrors

_INGRESS: Final = "status.loadBalancer.ingress"
_MODES: Final = ("Proxy", "VIP")


def check_balancer_status(errors: FieldErrors, old: Service, new: Service) -> None:
    """The Service with its new status."""
    found = new.status.load_balancer.ingress
    if errors.modern and found and new.spec.type != "LoadBalancer":
        errors.forbidden(_INGRESS, "may only be used when `spec.type` is 'LoadBalancer'")
        return
    check_answers(errors, found, {one.ip for one in old.status.load_balancer.ingress})


def check_answers(errors: FieldErrors, found: Sequence[Any], known: Collection[str]) -> None:
    """Where a balancer, or an Ingress, answers. known: the addresses that were there before."""
    for index, one in enumerate(found):
        field = f"{_INGRESS}[{index}]"
        if one.ip and one.ip not in known:
            errors.each(f"{field}.ip", one.ip, _wrong_address(errors, one.ip))
        if errors.modern and isinstance(one, LoadBalancerIngress):
            _check_mode(errors, field, one)
        if one.hostname:
            reasons = names.dns_subdomain(one.hostname, errors.release)
            errors.each(f"{field}.hostname", one.hostname, reasons)
            if ips.sloppy(one.hostname) is not None:
                errors.invalid(f"{field}.hostname", one.hostname, "must be a DNS name, not an IP address")


def _wrong_address(errors: FieldErrors, address: str) -> tuple[str, ...]:
    if errors.modern:
        return ips.ip_address(address, errors.release)
    return () if ips.sloppy(address) is not None else ("must be a valid IP address",)


def _check_mode(errors: FieldErrors, field: str, one: LoadBalancerIngress) -> None:
    if not one.ip_mode:
        if one.ip:
            errors.required(f"{field}.ipMode", "must be specified when `ip` is set")
    elif not one.ip:
        errors.forbidden(f"{field}.ipMode", "may not be specified when `ip` is not set")
    elif one.ip_mode not in _MODES:
        errors.unsupported(f"{field}.ipMode", one.ip_mode, _MODES)
