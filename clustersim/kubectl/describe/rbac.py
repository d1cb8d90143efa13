"""Roles and bindings, as kubectl describes them."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from clustersim.kubectl.describe.parts import TODAY, head


def role_lines(role: Any, release: str) -> Iterable[str]:
    """A Role or ClusterRole: a row for each resource of each rule."""
    yield from head(role, release, namespaced=False)
    yield "PolicyRule:"
    yield "  Resources\tNon-Resource URLs\tResource Names\tVerbs"
    yield "  ---------\t-----------------\t--------------\t-----"
    for cells in rule_cells(role.rules, release):
        yield "  " + "\t".join(cells)


def rule_cells(rules: Sequence[Any], release: str) -> Iterable[tuple[str, ...]]:
    """A row for each resource of each rule: what it is about, addresses, names, verbs."""
    for row in sorted(_compact(rules, names=release in TODAY), key=_Row.sorted_by):
        yield combined(row.resource, row.group), _go(row.urls), _go(row.names), _go(row.verbs)


def combined(resource: str, group: str) -> str:
    """A resource of a group, with its subresource behind: `deployments.apps/scale` (CombineResourceGroup)."""
    kind, slash, part = resource.partition("/")
    return f"{kind}{'.' if group else ''}{group}{slash}{part}"


class _Row(NamedTuple):
    """One resource of one group, or one path, and the verbs that are allowed for it."""

    verbs: tuple[str, ...]
    group: str = ""
    resource: str = ""
    names: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()

    def sorted_by(self) -> str:
        """As Go prints a rule."""
        groups, resources = ("[]", "[]") if self.urls else (f"[{self.group}]", f"[{self.resource}]")
        told = f"Verbs:{_go(self.verbs)},APIGroups:{groups},Resources:{resources},"
        return f"{told}ResourceNames:{_go(self.names)},NonResourceURLs:{_go(self.urls)},"


def _compact(rules: Sequence[Any], *, names: bool) -> list[_Row]:
    """Rules broken down to single verbs, and put together by what they are about; names: rules of single
    names, too (v1.36 k8s.io/kubectl pkg/util/rbac, v1.8.0 pkg/registry/rbac/validation)."""
    alone: list[_Row] = []
    together: dict[_Row, list[str]] = {}
    for row in (row for rule in rules for row in _broken_down(rule)):
        if row.urls or (row.names and not names):
            alone.append(row)
            continue
        verbs = together.setdefault(row._replace(verbs=()), [])
        verbs += [verb for verb in row.verbs if verb not in verbs]
    return [*alone, *(row._replace(verbs=tuple(verbs)) for row, verbs in together.items())]


def _broken_down(rule: Any) -> Iterable[_Row]:
    for group in rule.api_groups:
        for resource in rule.resources:
            for verb in rule.verbs:
                for name in rule.resource_names or ("",):
                    yield _Row((verb,), group, resource, (name,) if name else ())
    for url in rule.non_resource_urls:
        for verb in rule.verbs:
            yield _Row((verb,), urls=(url,))


def binding_lines(binding: Any, release: str) -> Iterable[str]:
    """A RoleBinding or ClusterRoleBinding."""
    yield from head(binding, release, namespaced=False)
    yield "Role:"
    yield f"  Kind:\t{binding.role_ref.kind}"
    yield f"  Name:\t{binding.role_ref.name}"
    yield "Subjects:"
    yield "  Kind\tName\tNamespace"
    yield "  ----\t----\t---------"
    for subject in binding.subjects:
        yield f"  {subject.kind}\t{subject.name}\t{subject.namespace}"


def _go(values: Sequence[str]) -> str:
    return f"[{' '.join(values)}]"
