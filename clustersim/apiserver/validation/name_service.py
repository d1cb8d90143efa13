"""Validation of what a pod's containers know of names and addresses: resolv.conf, /etc/hosts, their own name.

Source: v1.7.5, v1.8.0 pkg/api/validation, v1.36 pkg/apis/core/validation, validation.go
ValidateHostAliases, validatePodDNSConfig, validatePodHostName.
"""

from typing import Final

from clustersim.api.core.pod import PodDNSConfig, PodSpec
from clustersim.apiserver.validation import ips, names
from clustersim.apiserver.validation.errors import FieldErrors

MOST_SERVERS: Final = 3
MOST_SEARCHED: Final = 32
LONGEST_LIST: Final = 2048
LONGEST_NAME: Final = 64


def check_names(errors: FieldErrors, field: str, spec: PodSpec) -> None:
    """All of it."""
    _check_aliases(errors, f"{field}.hostAliases", spec)
    _check_resolver(errors, f"{field}.dnsConfig", spec)
    name, here = spec.hostname_override, f"{field}.hostnameOverride"
    if not name:
        return
    if spec.set_hostname_as_fqdn:
        errors.forbidden(here, "may not be specified when setHostnameAsFQDN is true")
    if spec.host_network:
        errors.forbidden(here, "may not be specified when hostNetwork is true")
    if len(name) > LONGEST_NAME:
        errors.too_long(here, LONGEST_NAME)
    errors.each(here, name, names.dns_subdomain(name, errors.release))


def _check_aliases(errors: FieldErrors, field: str, spec: PodSpec) -> None:
    """Names for addresses; the older releases do not say which."""
    for index, alias in enumerate(spec.host_aliases):
        here = f"{field}[{index}]" if errors.modern else field
        if reasons := ips.ip_address(alias.ip, errors.release):
            errors.each(f"{here}.ip", alias.ip, reasons if errors.modern else ("must be valid IP address",))
        for place, host in enumerate(alias.hostnames):
            where = f"{here}.hostnames[{place}]" if errors.modern else f"{here}.hostnames"
            errors.each(where, host, names.dns_subdomain(host, errors.release))


def _check_resolver(errors: FieldErrors, field: str, spec: PodSpec) -> None:
    """Name servers, where names are looked for, and options."""
    config = spec.dns_config
    if spec.dns_policy == "None":
        if config is None:
            errors.required(field, "must provide `dnsConfig` when `dnsPolicy` is None")
        elif not config.nameservers:
            why = "must provide at least one DNS nameserver when `dnsPolicy` is None"
            errors.required(f"{field}.nameservers", why)
            return
    if config is None:
        return
    if len(config.nameservers) > MOST_SERVERS:
        why = f"must not have more than {MOST_SERVERS} nameservers"
        errors.invalid(f"{field}.nameservers", config.nameservers, why)
    for index, server in enumerate(config.nameservers):
        errors.each(f"{field}.nameservers[{index}]", server, ips.ip_address(server, errors.release))
    _check_searches(errors, field, config)
    for index, option in enumerate(config.options):
        if not option.name:
            errors.required(f"{field}.options[{index}]", "must not be empty")


def _check_searches(errors: FieldErrors, field: str, config: PodDNSConfig) -> None:
    """Where a short name is looked for; underscores are as good as letters there."""
    if len(config.searches) > MOST_SEARCHED:
        why = f"must not have more than {MOST_SEARCHED} search paths"
        errors.invalid(f"{field}.searches", config.searches, why)
    if len(" ".join(config.searches)) > LONGEST_LIST:
        why = f"must not have more than {LONGEST_LIST} characters (including spaces) in the search list"
        errors.invalid(f"{field}.searches", config.searches, why)
    for index, search in enumerate(config.searches):
        if search != ".":
            plain = search.removesuffix(".").replace("_", "x")
            errors.each(f"{field}.searches[{index}]", search, names.dns_subdomain(plain, errors.release))
