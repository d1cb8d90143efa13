"""LimitRange and ResourceQuota."""

from clustersim.api.meta import ApiObject, ApiStruct, written


class LimitRangeItem(ApiStruct, frozen=True, kw_only=True):
    """Bounds for one sort of thing: Container, Pod, PersistentVolumeClaim."""

    type: str = written("")
    default: dict[str, str] = {}
    default_request: dict[str, str] = {}
    max: dict[str, str] = {}
    max_limit_request_ratio: dict[str, str] = {}
    min: dict[str, str] = {}


class LimitRangeSpec(ApiStruct, frozen=True, kw_only=True):
    """The bounds."""

    limits: tuple[LimitRangeItem, ...] = written(())


class LimitRange(ApiObject, frozen=True, kw_only=True):
    """Bounds and defaults for what a namespace's pods and claims may ask for."""

    spec: LimitRangeSpec = LimitRangeSpec()


class ScopedResourceSelectorRequirement(ApiStruct, frozen=True, kw_only=True):
    """One requirement on a scope."""

    operator: str = written("")
    scope_name: str = written("")
    values: tuple[str, ...] = ()


class ScopeSelector(ApiStruct, frozen=True, kw_only=True):
    """Which objects count."""

    match_expressions: tuple[ScopedResourceSelectorRequirement, ...] = ()


class ResourceQuotaSpec(ApiStruct, frozen=True, kw_only=True):
    """The bounds, and which objects count."""

    hard: dict[str, str] = {}
    scope_selector: ScopeSelector | None = None
    scopes: tuple[str, ...] = ()


class ResourceQuotaStatus(ApiStruct, frozen=True, kw_only=True):
    """The bounds, and what is used of them."""

    hard: dict[str, str] = {}
    used: dict[str, str] = {}


class ResourceQuota(ApiObject, frozen=True, kw_only=True):
    """How much a namespace may have in all."""

    spec: ResourceQuotaSpec = ResourceQuotaSpec()
    status: ResourceQuotaStatus = ResourceQuotaStatus()
