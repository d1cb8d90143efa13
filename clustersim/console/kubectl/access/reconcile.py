"""`kubectl auth reconcile`: roles get the rules of a manifest, bindings its subjects; what they have beside
stays.

Source: k8s.io/kubectl v0.36 pkg/cmd/auth/reconcile.go, k8s.io/component-helpers auth/rbac/reconciliation.
"""

from collections.abc import Sequence
from itertools import product
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from clustersim.api.meta import ObjectMeta
from clustersim.api.rbac import PolicyRule, Subject
from clustersim.api.registry import resource_of
from clustersim.api.request import Request
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.files import read_manifests
from clustersim.console.kubectl.made import Made, decoded, with_errors

_KINDS: Final = ("clusterroles", "roles", "clusterrolebindings", "rolebindings")
_PROTECTED: Final = "rbac.authorization.kubernetes.io/autoupdate"


class Outcome(NamedTuple):
    """What there shall be, and what was wrong: "create", "update", "recreate" or nothing."""

    wanted: Any
    operation: str
    missing: tuple[Any, ...]
    extra: tuple[Any, ...]


def reconcile(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """Raises Said."""
    arguments = commands.read("auth reconcile", words, api.release)
    if arguments.words:
        raise Said("error: no arguments are allowed")
    made = Made(api, arguments)
    if made.dry == "server dry run":
        raise Said("error: --dry-run=server for command reconcile is not supported yet")
    api.reach()
    manifests = read_manifests(api, arguments, stdin)
    for manifest in manifests.found:
        if manifest.resource not in _KINDS:
            continue
        try:
            expected = decoded(api, manifest, arguments)
            removes = arguments.has(
                "remove-extra-subjects" if "bindings" in manifest.resource else "remove-extra-permissions"
            )
            existing = api.find(manifest.resource, manifest.namespace, manifest.name)
            outcome = _outcome(existing, expected, removes=removes)
            if not made.dry:
                _carry_out(api, manifest.namespace, existing, outcome)
            made.done(manifest.resource, outcome.wanted, "reconciled")
            if api.today and not made.output.name:
                made.lines += _told(existing, outcome, removes=removes)
        except Said as said:
            made.failed_with(said)
    return with_errors(made, manifests.errors, manifests.notes)


def _outcome(existing: Any, expected: Any, *, removes: bool) -> Outcome:
    binds = hasattr(expected, "subjects")
    field = "subjects" if binds else "rules"
    wanted = getattr(expected, field)
    if existing is None:
        return Outcome(expected, "create", tuple(wanted), ())
    if binds and existing.role_ref != expected.role_ref:
        fresh = replace(expected, subjects=_both(existing.subjects, wanted, removes=removes))
        return Outcome(fresh, "recreate", *_differences(existing.subjects, wanted))
    there = getattr(existing, field)
    missing, extra = (
        _differences(there, wanted) if binds else (uncovered(there, wanted), uncovered(wanted, there))
    )
    new = tuple(wanted) if removes and extra else (*there, *missing)
    metadata = _joined(existing.metadata, expected.metadata)
    changed = replace(existing, metadata=metadata, **{field: new})
    return Outcome(changed, "" if changed == existing else "update", missing, extra)


def _joined(old: ObjectMeta, new: ObjectMeta) -> ObjectMeta:
    labels, annotations = {**old.labels, **new.labels}, {**old.annotations, **new.annotations}
    return replace(old, labels=labels, annotations=annotations)


def _differences(
    there: Sequence[Subject], wanted: Sequence[Subject]
) -> tuple[tuple[Subject, ...], tuple[Subject, ...]]:
    return (
        tuple(one for one in wanted if one not in there),
        tuple(one for one in there if one not in wanted),
    )


def _both(there: Sequence[Subject], wanted: Sequence[Subject], *, removes: bool) -> tuple[Subject, ...]:
    return tuple(wanted) if removes else (*there, *(one for one in wanted if one not in there))


def _carry_out(api: Api, namespace: str, existing: Any, outcome: Outcome) -> None:
    if existing is not None and existing.metadata.annotations.get(_PROTECTED) == "false":
        return
    resource, name = resource_of(outcome.wanted).plural, outcome.wanted.metadata.name
    version = api.api_version(resource)
    if outcome.operation == "recreate":
        api.ask(Request("delete", resource, namespace, name))
    if outcome.operation in ("create", "recreate"):
        api.ask(Request("create", resource, namespace, name, outcome.wanted, api_version=version))
    elif outcome.operation == "update":
        api.ask(Request("update", resource, namespace, name, outcome.wanted, api_version=version))


# --- rules ---------------------------------------------------------------------------------------------


def uncovered(there: Sequence[PolicyRule], wanted: Sequence[PolicyRule]) -> tuple[PolicyRule, ...]:
    """What is wanted, piece by piece, and no rule lets one do (validation.Covers)."""
    pieces = [piece for rule in wanted for piece in _pieces(rule)]
    return tuple(piece for piece in pieces if not any(_covers(rule, piece) for rule in there))


def _pieces(rule: PolicyRule) -> list[PolicyRule]:
    """A rule as rules of one verb, one group, one resource, one name each."""
    found = [
        PolicyRule(api_groups=(group,), resources=(resource,), verbs=(verb,), resource_names=names)
        for group, resource, verb in product(rule.api_groups, rule.resources, rule.verbs)
        for names in _each(rule.resource_names)
    ]
    found += [
        PolicyRule(non_resource_urls=(url,), verbs=(verb,))
        for url, verb in product(rule.non_resource_urls, rule.verbs)
    ]
    return found


def _each(names: Sequence[str]) -> list[tuple[str, ...]]:
    """Every name alone; where there is none, no name."""
    return [(name,) for name in names] if names else [()]


def _covers(rule: PolicyRule, piece: PolicyRule) -> bool:
    def holds(ours: Sequence[str], theirs: Sequence[str]) -> bool:
        return "*" in ours or set(theirs) <= set(ours)

    names = not rule.resource_names or (
        bool(piece.resource_names) and set(piece.resource_names) <= set(rule.resource_names)
    )
    urls = all(
        any(
            own in ("*", url) or (own.endswith("*") and url.startswith(own[:-1]))
            for own in rule.non_resource_urls
        )
        for url in piece.non_resource_urls
    )
    return (
        holds(rule.verbs, piece.verbs)
        and holds(rule.api_groups, piece.api_groups)
        and _resources(rule, piece)
        and names
        and urls
    )


def _resources(rule: PolicyRule, piece: PolicyRule) -> bool:
    for resource in piece.resources:
        part = resource.partition("/")[2]
        if not any(own in ("*", resource) or (part and own == f"*/{part}") for own in rule.resources):
            return False
    return True


# --- what is told -------------------------------------------------------------------------------------


def _told(existing: Any, outcome: Outcome, *, removes: bool) -> list[str]:
    if not outcome.operation:
        return []
    protected = existing is not None and existing.metadata.annotations.get(_PROTECTED) == "false"
    caveat = f", but object opted out ({_PROTECTED}: false)" if protected else ""
    lines = [f"\treconciliation required {outcome.operation}{caveat}"]
    what = "subjects" if hasattr(outcome.wanted, "subjects") else "rules"
    if outcome.missing:
        lines += [f"\tmissing {what} added:", *(f"\t\t{_in_go(one)}" for one in outcome.missing)]
    if removes and outcome.extra:
        lines += [f"\textra {what} removed:", *(f"\t\t{_in_go(one)}" for one in outcome.extra)]
    return lines


def _in_go(one: PolicyRule | Subject) -> str:
    """As Go prints a struct (%+v)."""
    if isinstance(one, Subject):
        return f"{{Kind:{one.kind} APIGroup:{one.api_group} Name:{one.name} Namespace:{one.namespace}}}"
    parts = (
        ("Verbs", one.verbs),
        ("APIGroups", one.api_groups),
        ("Resources", one.resources),
        ("ResourceNames", one.resource_names),
        ("NonResourceURLs", one.non_resource_urls),
    )
    return "{" + " ".join(f"{name}:[{' '.join(values)}]" for name, values in parts) + "}"
