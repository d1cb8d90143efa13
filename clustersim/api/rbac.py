"""Roles and who has them. They are kept and given back; here everybody who may act is the administrator."""

from typing import Final

import msgspec

from clustersim.api.meta import ApiObject, ApiStruct, LabelSelector, written

GROUP: Final = "rbac.authorization.k8s.io"


class PolicyRule(ApiStruct, frozen=True, kw_only=True):
    """What may be done to what."""

    api_groups: tuple[str, ...] = ()
    non_resource_urls: tuple[str, ...] = msgspec.field(default=(), name="nonResourceURLs")
    resource_names: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    verbs: tuple[str, ...] = written(())


class AggregationRule(ApiStruct, frozen=True, kw_only=True):
    """Which ClusterRoles it is put together from."""

    cluster_role_selectors: tuple[LabelSelector, ...] = ()


class Role(ApiObject, frozen=True, kw_only=True):
    """What may be done in a namespace."""

    rules: tuple[PolicyRule, ...] = written(())


class ClusterRole(ApiObject, frozen=True, kw_only=True):
    """What may be done in the whole cluster."""

    aggregation_rule: AggregationRule | None = None
    rules: tuple[PolicyRule, ...] = written(())


class RoleRef(ApiStruct, frozen=True, kw_only=True):
    """The role that is given."""

    api_group: str = written(GROUP)
    kind: str = written("")
    name: str = written("")


class Subject(ApiStruct, frozen=True, kw_only=True):
    """Whom it is given to."""

    kind: str = written("")
    api_group: str = ""
    name: str = written("")
    namespace: str = ""


class RoleBinding(ApiObject, frozen=True, kw_only=True):
    """Who has a role in a namespace."""

    role_ref: RoleRef = written(RoleRef())
    subjects: tuple[Subject, ...] = ()


class ClusterRoleBinding(ApiObject, frozen=True, kw_only=True):
    """Who has a role in the whole cluster."""

    role_ref: RoleRef = written(RoleRef())
    subjects: tuple[Subject, ...] = ()
