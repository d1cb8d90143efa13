"""Validation of tolerations, affinity and spreading."""

from typing import Final

from clustersim.api.core.placement import (
    Affinity,
    NodeSelector,
    NodeSelectorTerm,
    PodAffinityTerm,
    Toleration,
    TopologySpreadConstraint,
)
from clustersim.api.meta import LabelSelector
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.meta import check_label_selector, check_requirement

EFFECTS: Final = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_NODE_OPERATORS: Final = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")


def check_tolerations(errors: FieldErrors, field: str, tolerations: tuple[Toleration, ...]) -> None:
    """Keys, operators, effects, and how long."""
    for index, one in enumerate(tolerations):
        here = f"{field}[{index}]"
        if one.key:
            errors.each(f"{here}.key", one.key, names.qualified_name(one.key, errors.release))
        elif one.operator != "Exists":
            errors.invalid(
                f"{here}.operator",
                one.operator,
                'operator must be Exists when `key` is empty, which means "match all values and all keys"',
            )
        if one.toleration_seconds is not None and one.effect != "NoExecute":
            errors.invalid(
                f"{here}.effect", one.effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"
            )
        if one.operator in ("", "Equal"):
            errors.each(f"{here}.operator", one.value, names.label_value(one.value, errors.release))
        elif one.operator == "Exists":
            if one.value:
                errors.invalid(
                    f"{here}.operator", one.value, "value must be empty when `operator` is 'Exists'"
                )
        else:
            # Today these two are known, but their gate, TaintTolerationComparisonOperators, is off.
            compared = ("Lt", "Gt") if errors.modern and one.operator in ("Lt", "Gt") else ()
            errors.unsupported(f"{here}.operator", one.operator, ("Equal", "Exists", *compared))
        errors.one_of(f"{here}.effect", one.effect, EFFECTS, needed=False)


def check_affinity(errors: FieldErrors, field: str, affinity: Affinity) -> None:
    """All its terms."""
    node = affinity.node_affinity
    if node is not None:
        here = f"{field}.nodeAffinity"
        required = node.required_during_scheduling_ignored_during_execution
        if required is not None:
            check_node_selector(errors, f"{here}.requiredDuringSchedulingIgnoredDuringExecution", required)
        for index, wish in enumerate(node.preferred_during_scheduling_ignored_during_execution):
            at = f"{here}.preferredDuringSchedulingIgnoredDuringExecution[{index}]"
            _check_weight(errors, at, wish.weight)
            _check_node_term(errors, f"{at}.preference", wish.preference)
    for name, pods in (
        ("podAffinity", affinity.pod_affinity),
        ("podAntiAffinity", affinity.pod_anti_affinity),
    ):
        if pods is None:
            continue
        for index, one in enumerate(pods.required_during_scheduling_ignored_during_execution):
            at = f"{field}.{name}.requiredDuringSchedulingIgnoredDuringExecution[{index}]"
            _check_pod_term(errors, at, one)
        for index, weighted in enumerate(pods.preferred_during_scheduling_ignored_during_execution):
            at = f"{field}.{name}.preferredDuringSchedulingIgnoredDuringExecution[{index}]"
            _check_weight(errors, at, weighted.weight)
            _check_pod_term(errors, f"{at}.podAffinityTerm", weighted.pod_affinity_term)


def check_node_selector(errors: FieldErrors, field: str, selector: NodeSelector) -> None:
    """At least one term, and all of them."""
    terms = f"{field}.nodeSelectorTerms"
    if not selector.node_selector_terms:
        errors.required(terms, "must have at least one node selector term")
    for index, term in enumerate(selector.node_selector_terms):
        _check_node_term(errors, f"{terms}[{index}]", term)
        if errors.modern:
            _check_values(errors, f"{terms}[{index}]", term)


def _check_values(errors: FieldErrors, field: str, term: NodeSelectorTerm) -> None:
    """Of what must be, not of what would be nice (ValidateNodeSelectorRequirement)."""
    for index, one in enumerate(term.match_expressions):
        for place, value in enumerate(one.values):
            here = f"{field}.matchExpressions[{index}].values[{place}]"
            errors.each(here, value, names.label_value(value, errors.release))


def _check_weight(errors: FieldErrors, field: str, weight: int) -> None:
    if not 1 <= weight <= 100:
        errors.invalid(f"{field}.weight", weight, "must be in the range 1-100")


def _check_node_term(errors: FieldErrors, field: str, term: NodeSelectorTerm) -> None:
    if not term.match_expressions and not errors.modern:
        errors.required(f"{field}.matchExpressions", "must have at least one node selector requirement")
    for index, one in enumerate(term.match_expressions):
        here = f"{field}.matchExpressions[{index}]"
        check_requirement(errors, here, one, _NODE_OPERATORS)
        errors.each(f"{here}.key", one.key, names.qualified_name(one.key, errors.release))
    for index, one in enumerate(term.match_fields):
        here = f"{field}.matchFields[{index}]"
        if one.operator not in ("In", "NotIn"):
            errors.invalid(f"{here}.operator", one.operator, "not a valid selector operator")
        elif len(one.values) != 1:
            why = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
            errors.required(f"{here}.values", why)
        if one.key != "metadata.name":
            errors.invalid(f"{here}.key", one.key, "not a valid field selector key")
            continue
        for place, name in enumerate(one.values):
            errors.each(f"{here}.values[{place}]", name, names.dns_subdomain(name, errors.release))


def _check_pod_term(errors: FieldErrors, field: str, term: PodAffinityTerm) -> None:
    _check_keys(errors, field, term)
    check_label_selector(errors, f"{field}.labelSelector", term.label_selector)
    check_label_selector(errors, f"{field}.namespaceSelector", term.namespace_selector)
    for namespace in term.namespaces:
        errors.each(f"{field}.namespace", namespace, names.dns_label(namespace, errors.release))
    if not term.topology_key:
        errors.required(f"{field}.topologyKey", "can not be empty")
    if term.topology_key or errors.modern:
        reasons = names.qualified_name(term.topology_key, errors.release)
        errors.each(f"{field}.topologyKey", term.topology_key, reasons)


def check_spreading(
    errors: FieldErrors, field: str, constraints: tuple[TopologySpreadConstraint, ...]
) -> None:
    """Topology spread constraints of v1.36."""
    for index, one in enumerate(constraints):
        here = f"{field}[{index}]"
        if one.max_skew <= 0:
            errors.invalid(f"{here}.maxSkew", one.max_skew, "must be greater than zero")
        if not one.topology_key:
            errors.required(f"{here}.topologyKey", "can not be empty")
        errors.one_of(
            f"{here}.whenUnsatisfiable",
            one.when_unsatisfiable,
            ("DoNotSchedule", "ScheduleAnyway"),
            needed=True,
        )
        if any(_is_same(one, other) for other in constraints[index + 1 :]):
            told = f"{{{one.topology_key}, {one.when_unsatisfiable}}}"
            errors.duplicate(f"{here}.{{topologyKey, whenUnsatisfiable}}", told)
        domains, field_of_domains = one.min_domains, f"{here}.minDomains"
        if domains is not None and domains <= 0:
            errors.invalid(field_of_domains, domains, "must be greater than zero")
        if domains is not None and one.when_unsatisfiable != "DoNotSchedule":
            why = f"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {one.when_unsatisfiable}"
            errors.invalid(field_of_domains, domains, why)
        for name, policy in (
            ("nodeAffinityPolicy", one.node_affinity_policy),
            ("nodeTaintsPolicy", one.node_taints_policy),
        ):
            errors.one_of(f"{here}.{name}", policy, ("Honor", "Ignore"), needed=False)
        _check_keys(errors, here, one)
        check_label_selector(errors, f"{here}.labelSelector", one.label_selector)


def _is_same(one: TopologySpreadConstraint, other: TopologySpreadConstraint) -> bool:
    return (one.topology_key, one.when_unsatisfiable) == (other.topology_key, other.when_unsatisfiable)


def _check_keys(errors: FieldErrors, field: str, term: TopologySpreadConstraint | PodAffinityTerm) -> None:
    """Labels whose values are those of the pod itself (ValidateMatchLabelKeysAndMismatchLabelKeys)."""
    mismatched = getattr(term, "mismatch_label_keys", ())
    for name, keys in (("matchLabelKeys", term.match_label_keys), ("mismatchLabelKeys", mismatched)):
        if keys and term.label_selector is None:
            errors.forbidden(f"{field}.{name}", "must not be specified when labelSelector is not set")
            continue
        for place, key in enumerate(keys):
            errors.each(f"{field}.{name}[{place}]", key, names.qualified_name(key, errors.release))
    if term.match_label_keys and term.label_selector is not None:
        _check_key_twice(errors, field, term.match_label_keys, term.label_selector)
    for place, key in enumerate(term.match_label_keys):
        if key in mismatched:
            why = "exists in both matchLabelKeys and mismatchLabelKeys"
            errors.invalid(f"{field}.matchLabelKeys[{place}]", key, why)


def _check_key_twice(errors: FieldErrors, field: str, keys: tuple[str, ...], selector: LabelSelector) -> None:
    """The label of the pod is in its selector by now, so that what was there before is there twice."""
    seen = set(selector.match_labels)
    for one in selector.match_expressions:
        if one.key in keys and one.key in seen:
            why = "exists in both matchLabelKeys and labelSelector"
            errors.invalid(f"{field}[{keys.index(one.key)}]", one.key, why)
        seen.add(one.key)
