"""Validation of roles and bindings (pkg/apis/rbac/validation)."""

from clustersim.api.rbac import ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, Subject
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import FieldErrors, GoStruct
from clustersim.apiserver.validation.meta import check_label_selector


def name(text: str, release: str) -> tuple[str, ...]:
    """Names of roles are parts of paths, colons and all."""
    return tuple(names.path_segment(text, release))


def check_role(errors: FieldErrors, role: Role | ClusterRole) -> None:
    """Its rules."""
    for index, rule in enumerate(role.rules):
        _check_rule(errors, f"rules[{index}]", rule, namespaced=isinstance(role, Role))
    gathers = role.aggregation_rule if isinstance(role, ClusterRole) else None
    if gathers is None:
        return
    field = "aggregationRule.clusterRoleSelectors"
    if not gathers.cluster_role_selectors:
        why = "at least one clusterRoleSelector required if aggregationRule is non-nil"
        errors.required(field, why)
    for index, selector in enumerate(gathers.cluster_role_selectors):
        check_label_selector(errors, f"{field}[{index}]", selector)


def _check_rule(errors: FieldErrors, field: str, rule: PolicyRule, *, namespaced: bool) -> None:
    if not rule.verbs:
        errors.required(f"{field}.verbs", "verbs must contain at least one value")
    if rule.non_resource_urls:
        if namespaced:
            why = "namespaced rules cannot apply to non-resource URLs"
            errors.invalid(f"{field}.nonResourceURLs", list(rule.non_resource_urls), why)
        if rule.api_groups or rule.resources or rule.resource_names:
            why = "rules cannot apply to both regular resources and non-resource URLs"
            errors.invalid(f"{field}.nonResourceURLs", list(rule.non_resource_urls), why)
        return
    if not rule.api_groups:
        errors.required(f"{field}.apiGroups", "resource rules must supply at least one api group")
    if not rule.resources:
        errors.required(f"{field}.resources", "resource rules must supply at least one resource")


def check_binding(errors: FieldErrors, binding: RoleBinding | ClusterRoleBinding) -> None:
    """The role it gives, and to whom."""
    kinds = ("ClusterRole",) if isinstance(binding, ClusterRoleBinding) else ("Role", "ClusterRole")
    if binding.role_ref.api_group != "rbac.authorization.k8s.io":
        errors.unsupported("roleRef.apiGroup", binding.role_ref.api_group, ("rbac.authorization.k8s.io",))
    if binding.role_ref.kind not in kinds:
        errors.unsupported("roleRef.kind", binding.role_ref.kind, kinds)
    if not binding.role_ref.name:
        errors.required("roleRef.name")
    for why in name(binding.role_ref.name, errors.release) if binding.role_ref.name else ():
        errors.invalid("roleRef.name", binding.role_ref.name, why)
    for index, subject in enumerate(binding.subjects):
        _check_subject(errors, f"subjects[{index}]", subject, namespaced="Role" in kinds)


def _check_subject(errors: FieldErrors, field: str, subject: Subject, *, namespaced: bool) -> None:
    """Who gets the role. A service account of a RoleBinding may be of the namespace of the binding."""
    if not subject.name:
        errors.required(f"{field}.name")
    if subject.kind not in ("ServiceAccount", "User", "Group"):
        errors.unsupported(f"{field}.kind", subject.kind, ("ServiceAccount", "User", "Group"))
        return
    account = subject.kind == "ServiceAccount"
    for why in names.dns_subdomain(subject.name, errors.release) if account and subject.name else ():
        errors.invalid(f"{field}.name", subject.name, why)
    group = "" if account else "rbac.authorization.k8s.io"
    if subject.api_group != group:
        errors.unsupported(f"{field}.apiGroup", subject.api_group, (group,))
    if account and not subject.namespace and not namespaced:
        errors.required(f"{field}.namespace")


def check_binding_update(
    errors: FieldErrors, old: RoleBinding | ClusterRoleBinding, new: RoleBinding | ClusterRoleBinding
) -> None:
    """The role stays the same."""
    if new.role_ref != old.role_ref:
        role = new.role_ref
        fields = {"APIGroup": role.api_group, "Kind": role.kind, "Name": role.name}
        errors.invalid("roleRef", GoStruct("rbac.RoleRef", fields), "cannot change roleRef")
