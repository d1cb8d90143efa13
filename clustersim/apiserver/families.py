"""Which families of addresses a Service of today has: the clusters of this model know IPv4 only.

Source: v1.36 pkg/registry/core/service/storage/alloc.go initIPFamilyFields.
"""

from typing import Final

from clustersim.api.core.service import Service
from clustersim.api.meta import replace
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.services import check_families

SERVED: Final = "IPv4"
_OTHER: Final = {"IPv4": "IPv6", "IPv6": "IPv4"}
_POLICY: Final = "spec.ipFamilyPolicy"
_SINGLE: Final = "SingleStack"


def with_families(errors: FieldErrors, service: Service) -> Service:
    """The Service with its families and with how many of them it wants, or what it cannot have."""
    spec = service.spec
    check_families(errors, spec)
    if errors:
        return service
    alone = spec.cluster_ip == "None" and not spec.selector
    policy = spec.ip_family_policy or ("RequireDualStack" if alone else _SINGLE)
    if policy == _SINGLE:
        for name, values in (("cluster IPs", spec.cluster_ips), ("IP families", spec.ip_families)):
            if len(values) == len(_OTHER):
                why = f"must be 'RequireDualStack' or 'PreferDualStack' when multiple {name} are specified"
                errors.invalid(_POLICY, policy, why)
    if errors:
        return service
    families = spec.ip_families
    if alone:
        families = families or (SERVED,)
        if len(families) == 1 and policy != _SINGLE:
            families += (_OTHER[families[0]],)
    else:
        if policy == "RequireDualStack":
            errors.invalid(_POLICY, policy, "this cluster is not configured for dual-stack services")
        for index, family in enumerate(families):
            if family != SERVED:
                errors.invalid(f"spec.ipFamilies[{index}]", family, "not configured on this cluster")
        families = families or (SERVED,)
    changed: Service = replace(service, spec=replace(spec, ip_families=families, ip_family_policy=policy))
    return changed
