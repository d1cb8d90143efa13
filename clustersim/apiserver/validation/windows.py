"""Validation of what is said for Windows: the user of a container, its credentials, and processes of the
host.

Source: v1.36 pkg/apis/core/validation/validation.go validateWindowsSecurityContextOptions,
validateWindowsHostProcessPod.
"""

import re
from typing import Final

from clustersim.api.core.pod import PodSpec
from clustersim.api.core.security import WindowsSecurityContextOptions
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import FieldErrors

MOST_CREDENTIALS: Final = 64 * 1024
"""Bytes of a specification of credentials."""
LONGEST_DOMAIN: Final = 255
LONGEST_USER: Final = 104

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_NETBIOS: Final = re.compile(r'[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}\Z')
_DNS_LABEL: Final = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_DNS: Final = re.compile(rf"{_DNS_LABEL}(?:\.{_DNS_LABEL})*\Z")
_NOT_OF_A_USER: Final = re.compile(r'["/\\:;|=,+*?<>@\[\]]')


def check_windows_options(
    errors: FieldErrors, field: str, options: WindowsSecurityContextOptions | None
) -> None:
    """Those of a pod or a container."""
    if options is None:
        return
    if name := options.gmsa_credential_spec_name:
        errors.each(f"{field}.gmsaCredentialSpecName", name, names.dns_subdomain(name, errors.release))
    credentials = options.gmsa_credential_spec
    if len(credentials) > MOST_CREDENTIALS:
        why = f"gmsaCredentialSpec size must be under {MOST_CREDENTIALS // 1024} KiB"
        errors.invalid(f"{field}.gmsaCredentialSpec", credentials, why)
    if options.run_as_user_name:
        _check_user(errors, f"{field}.runAsUserName", options.run_as_user_name)


def _check_user(errors: FieldErrors, field: str, told: str) -> None:
    if _CONTROL.search(told):
        errors.invalid(field, told, "runAsUserName cannot contain control characters")
        return
    domain, backslash, user = told.rpartition("\\")
    if "\\" in domain:
        errors.invalid(field, told, "runAsUserName cannot contain more than one backslash")
        return
    if len(domain) > LONGEST_DOMAIN:
        why = f"runAsUserName's Domain length must be under {LONGEST_DOMAIN + 1} characters"
        errors.invalid(field, told, why)
    if backslash and not _NETBIOS.match(domain) and not _DNS.match(domain):
        errors.invalid(field, told, "runAsUserName's Domain doesn't match the NetBios nor the DNS format")
    if not user:
        errors.invalid(field, told, "runAsUserName's User cannot be empty")
    elif len(user) > LONGEST_USER:
        why = f"runAsUserName's User length must not be longer than {LONGEST_USER} characters"
        errors.invalid(field, told, why)
    if user and not user.strip(". "):
        errors.invalid(field, told, "runAsUserName's User cannot contain only periods or spaces")
    if _NOT_OF_A_USER.search(user):
        why = "runAsUserName's User cannot contain the following characters: " + r'"/\:;|=,+*?<>@[]'
        errors.invalid(field, told, why)


def check_host_processes(errors: FieldErrors, field: str, spec: PodSpec) -> None:
    """Containers that are processes of the node: all of a pod, and on the node's network."""
    if not errors.modern:
        return
    options = spec.security_context.windows_options
    of_pod = None if options is None else options.host_process
    on_host: list[bool] = []
    for kind, containers in (("initContainers", spec.init_containers), ("containers", spec.containers)):
        for index, container in enumerate(containers):
            context = container.security_context
            own_options = None if context is None else context.windows_options
            own = None if own_options is None else own_options.host_process
            if of_pod is not None and own is not None and of_pod != own:
                here = f"{field}.{kind}[{index}].securityContext.windowsOptions.hostProcess"
                was = "true" if of_pod else "false"
                why = f"pod hostProcess value must be identical if both are specified, was {was}"
                errors.invalid(here, own, why)
            on_host.append(bool(of_pod if own is None else own))
    if not any(on_host):
        return
    if not all(on_host):
        why = "If pod contains any hostProcess containers then all containers must be HostProcess containers"
        errors.invalid(field, "", why)
    if not spec.host_network:
        why = "hostNetwork must be true if pod contains any hostProcess containers"
        errors.invalid(f"{field}.hostNetwork", False, why)
