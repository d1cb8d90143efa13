"""ValidatingAdmissionPolicy: what policies say of a request, and what their bindings make of that
(apiserver pkg/admission/plugin/policy/validating/{dispatcher,validator}.go, generic/policy_dispatcher.go).

A policy holds from the moment it is stored; a real server takes up to a second to see it.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from clustersim.api.errors import ApiError, Cause, Details
from clustersim.api.kept import listing, mapping, text
from clustersim.apiserver.policies.attributes import Attributes, namespace_value
from clustersim.apiserver.policies.evaluation import (
    BUDGET,
    Evaluation,
    OutOfBudget,
)
from clustersim.apiserver.policies.expressions import BOOLEAN, TEXT, TEXT_OR_NULL, ExpressionError
from clustersim.apiserver.policies.following import (
    ConfigurationError,
    applies,
    invocations,
    namespace_of,
    values_of,
)
from clustersim.cel.admission import variables_of
from clustersim.cel.program import WORK
from clustersim.cel.values import Work
from clustersim.etcd import Etcd

POLICIES: Final = "validatingadmissionpolicies"
BINDINGS: Final = "validatingadmissionpolicybindings"
_CODES: Final = {"Forbidden": 403, "Unauthorized": 401, "RequestEntityTooLarge": 413}
_LONGEST_MESSAGE: Final = 5 * 1024

Plain = Mapping[str, Any]


class Denial(msgspec.Struct, frozen=True):
    """What a policy holds against a request. reason: of the answer."""

    message: str
    reason: str = ""


class Review:
    """One request before all policies. Raises ApiError where it is denied; told: the warnings."""

    def __init__(self, etcd: Etcd, release: str, asked: Attributes) -> None:
        self.etcd = etcd
        self.release = release
        self.asked = asked
        self.told: list[str] = []
        self._work = Work(WORK)
        self._denials: list[ApiError] = []

    def run(self) -> tuple[str, ...]:
        """The warnings."""
        for one in invocations(self.etcd, self.release, self.asked, POLICIES, BINDINGS):
            if one.error is not None:
                self._misconfigured(one.policy, one.binding, one.error)
                continue
            for denial in self._judged(one.policy, one.version, one.params):
                self._act(one.policy, one.binding, denial)
        if self._denials:
            raise self._denials[0]
        return tuple(self.told)

    # --- one policy --------------------------------------------------------------------------------------

    def _judged(self, policy: Any, version: str, params: Any) -> Iterator[Denial]:
        """What it holds against the request, with one set of parameters; none where it does not apply."""
        spec = mapping(policy.spec)
        fails = spec.get("failurePolicy") != "Ignore"
        values, named = values_of(self.asked, version, params), variables_of(spec)
        try:
            if not applies(values, spec, self._work):
                return
            namespace = namespace_value(self.etcd, namespace_of(self.asked))
            evaluation = Evaluation({**values, "namespaceObject": namespace}, named, self._work, BUDGET)
            found = [
                self._denial(evaluation, mapping(one), fails=fails)
                for one in listing(spec.get("validations"))
            ]
            yield from (one for one in found if one is not None)
            yield from self._audited(evaluation, listing(spec.get("auditAnnotations")), fails=fails)
        except (ExpressionError, OutOfBudget) as error:
            if fails:
                yield Denial(str(error))

    def _denial(self, evaluation: Evaluation, rule: Plain, *, fails: bool) -> Denial | None:
        source = text(rule.get("expression"))
        try:
            if evaluation.value(source, BOOLEAN) is True:
                return None
        except ExpressionError as error:
            return Denial(str(error)) if fails else None
        message = self._message(evaluation, text(rule.get("messageExpression")))
        told = message or text(rule.get("message")).strip() or f"failed expression: {source.strip()}"
        return Denial(told, text(rule.get("reason")))

    def _message(self, evaluation: Evaluation, source: str) -> str:
        """What the expression of a message comes to, where that will do."""
        if not source:
            return ""
        try:
            found = evaluation.value(source, TEXT, authorizer=False)
        except ExpressionError:
            return ""
        message = found.strip() if isinstance(found, str) else ""
        return "" if "\n" in message or len(message.encode()) > _LONGEST_MESSAGE else message

    def _audited(self, evaluation: Evaluation, annotations: list[Any], *, fails: bool) -> Iterator[Denial]:
        """Annotations for the audit log, which nobody keeps here: they matter where they fail."""
        for one in map(mapping, annotations):
            try:
                evaluation.value(text(one.get("valueExpression")).strip(), TEXT_OR_NULL)
            except ExpressionError as error:
                if fails:
                    yield Denial(str(error))

    # --- what becomes of it ------------------------------------------------------------------------------

    def _act(self, policy: Any, binding: Any, denial: Denial) -> None:
        name, bound = policy.metadata.name, binding.metadata.name
        for action in listing(mapping(binding.spec).get("validationActions")):
            if action == "Deny":
                self._deny(name, bound, denial)
            elif action == "Warn":
                begun = f"Validation failed for ValidatingAdmissionPolicy '{name}' with binding '{bound}'"
                self.told.append(f"{begun}: {denial.message}")

    def _misconfigured(self, policy: Any, binding: Any, error: ConfigurationError) -> None:
        if mapping(policy.spec).get("failurePolicy") != "Ignore":
            what, bound = ("policy", "") if binding is None else ("binding", binding.metadata.name)
            self._deny(policy.metadata.name, bound, Denial(f"failed to configure {what}: {error}"))

    def _deny(self, policy: str, binding: str, denial: Denial) -> None:
        asked = self.asked
        by = f"ValidatingAdmissionPolicy '{policy}'" + (f" with binding '{binding}'" if binding else "")
        why = f"{by} denied request: {denial.message}"
        group, plural = asked.group_resource
        reason = denial.reason or "Invalid"
        named = f'{plural}.{group} "{asked.name}"' if group else f'{plural} "{asked.name}"'
        details = Details(name=asked.name, group=group, kind=plural, causes=(Cause(message=why),))
        error = ApiError(_CODES.get(reason, 422), reason, f"{named} is forbidden: {why}", details)
        self._denials.append(error)


def _by_name(objects: Mapping[str, Any]) -> list[Any]:
    return [objects[key] for key in sorted(objects)]
