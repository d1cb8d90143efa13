"""LimitRange and ResourceQuota."""

from clustersim.api.meta import ApiObject, ApiStruct, Quantity, written


class LimitRangeItem(ApiStruct, frozen=True, kw_only=True):
    """Bounds for one sort of thing: Container, Pod, PersistentVolumeClaim."""

    type: str = written("")
    default: dict[str, Quantity] = {}
    default_request: dict[str, Quantity] = {}
    max: dict[str, Quantity] = {}
    max_limit_request_ratio: dict[str, Quantity] = {}
    min: dict[str, Quantity] = {}


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

    hard: dict[str, Quantity] = {}
    scope_selector: ScopeSelector | None = None
    scopes: tuple[str, ...] = ()


class ResourceQuotaStatus(ApiStruct, frozen=True, kw_only=True):
    """The bounds, and what is used of them."""

    hard: dict[str, Quantity] = {}
    used: dict[str, Quantity] = {}


class ResourceQuota(ApiObject, frozen=True, kw_only=True):
    """How much a namespace may have in all."""

    spec: ResourceQuotaSpec = ResourceQuotaSpec()
    status: ResourceQuotaStatus = ResourceQuotaStatus()
