"""Defaults of bindings: what they name is of their own API group (pkg/apis/rbac/v1/defaults.go)."""

from typing import Final, TypeVar

from clustersim.api.meta import replace
from clustersim.api.rbac import ClusterRoleBinding, RoleBinding, Subject

Binding = TypeVar("Binding", RoleBinding, ClusterRoleBinding)
_GROUP: Final = "rbac.authorization.k8s.io"


def default_binding(binding: Binding) -> Binding:
    """The role, and users and groups that get it."""
    role = binding.role_ref if binding.role_ref.api_group else replace(binding.role_ref, api_group=_GROUP)
    return replace(binding, role_ref=role, subjects=tuple(map(_subject, binding.subjects)))


def _subject(subject: Subject) -> Subject:
    named = subject.kind in ("User", "Group") and not subject.api_group
    return replace(subject, api_group=_GROUP) if named else subject
