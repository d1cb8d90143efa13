"""Roles and bindings, as kubectl describes them."""

from collections.abc import Iterable, Sequence
from typing import Any

from clustersim.kubectl.describe.parts import annotations, pairs


def role_lines(role: Any, release: str) -> Iterable[str]:
    """A Role or ClusterRole: a row for each resource of each rule."""
    yield from _head(role, release)
    yield "PolicyRule:"
    yield "  Resources\tNon-Resource URLs\tResource Names\tVerbs"
    yield "  ---------\t-----------------\t--------------\t-----"
    for rule in role.rules:
        groups = rule.api_groups or ("",)
        named = [f"{one}.{group}" if group else one for group in groups for one in rule.resources]
        for resource in named or [""]:
            yield (
                f"  {resource}\t{_go(rule.non_resource_urls)}\t{_go(rule.resource_names)}\t{_go(rule.verbs)}"
            )


def binding_lines(binding: Any, release: str) -> Iterable[str]:
    """A RoleBinding or ClusterRoleBinding."""
    yield from _head(binding, release)
    yield "Role:"
    yield f"  Kind:\t{binding.role_ref.kind}"
    yield f"  Name:\t{binding.role_ref.name}"
    yield "Subjects:"
    yield "  Kind\tName\tNamespace"
    yield "  ----\t----\t---------"
    for subject in binding.subjects:
        yield f"  {subject.kind}\t{subject.name}\t{subject.namespace}"


def _head(obj: Any, release: str) -> Iterable[str]:
    yield f"Name:\t{obj.metadata.name}"
    yield from pairs("Labels", obj.metadata.labels)
    yield from annotations(obj.metadata.annotations, release)


def _go(values: Sequence[str]) -> str:
    return f"[{' '.join(values)}]"
