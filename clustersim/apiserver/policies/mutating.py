"""MutatingAdmissionPolicy: what policies make of an object before it is let in
(apiserver pkg/admission/plugin/policy/mutating/dispatcher.go, patch/{json_patch,smd}.go).

A policy holds from the moment it is stored; a real server takes up to a second to see it.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from clustersim.api.atoms import ATOM
from clustersim.api.declared import Kind, fields_in
from clustersim.api.decoding import decode_custom, decode_into
from clustersim.api.errors import ApiError, Cause, Details
from clustersim.api.field_paths import merged
from clustersim.api.kept import listing, mapping, text
from clustersim.api.patch import DoesNotFit, json_patch
from clustersim.api.registry import to_builtins
from clustersim.apiserver.defaults import default_object
from clustersim.apiserver.field_owners import jsonlike, kind_of
from clustersim.apiserver.policies.attributes import Attributes, namespace_value
from clustersim.apiserver.policies.evaluation import BUDGET, Evaluation, OutOfBudget
from clustersim.apiserver.policies.expressions import CONFIGURATION, PATCHES, ExpressionError
from clustersim.apiserver.policies.following import (
    Invocation,
    applies,
    invocations,
    namespace_of,
    values_of,
)
from clustersim.cel.admission import variables_of
from clustersim.cel.durations import duration_text, moment_text
from clustersim.cel.program import WORK
from clustersim.cel.values import Duration, Made, Timestamp, UInt, Work
from clustersim.etcd import Etcd

POLICIES: Final = "mutatingadmissionpolicies"
BINDINGS: Final = "mutatingadmissionpolicybindings"
_IF_NEEDED: Final = "IfNeeded"


class Mutation:
    """One request before all policies. Raises ApiError where one cannot be followed."""

    def __init__(self, etcd: Etcd, release: str, asked: Attributes) -> None:
        self.etcd = etcd
        self.release = release
        self.asked = asked
        self._work = Work(WORK)
        self._denials: list[str] = []

    def run(self) -> Any:
        """The object as the policies leave it."""
        found = list(invocations(self.etcd, self.release, self.asked, POLICIES, BINDINGS))
        changes = [self._followed(one) for one in found]
        for index, one in enumerate(found):  # Those that may be asked again, if others came after them.
            again = mapping(one.policy.spec).get("reinvocationPolicy") == _IF_NEEDED
            if again and any(changes[index + 1 :]):
                self._followed(one)
        if self._denials:
            raise self._refusal()
        return self.asked.new

    def _followed(self, one: Invocation) -> bool:
        """Whether it changed the object."""
        before, spec = self.asked.new, mapping(one.policy.spec)
        try:
            if one.error is not None:
                what = "policy" if one.binding is None else "binding"
                raise ExpressionError(f"failed to configure {what}: {one.error}")
            if not applies(values_of(self.asked, one.version, one.params), spec, self._work):
                return False
        except (ExpressionError, OutOfBudget) as error:
            self._failed(one, str(error))
            return False
        for mutation in map(mapping, listing(spec.get("mutations"))):
            try:
                self._mutate(one, mutation)
            except (ExpressionError, OutOfBudget) as error:
                self._failed(one, str(error))
        return bool(self.asked.new != before)

    def _mutate(self, one: Invocation, mutation: Mapping[str, Any]) -> None:
        """Raises ExpressionError, OutOfBudget."""
        values = values_of(self.asked, one.version, one.params)
        values["namespaceObject"] = namespace_value(self.etcd, namespace_of(self.asked))
        named = variables_of(mapping(one.policy.spec))
        evaluation = Evaluation(values, named, self._work, BUDGET)
        plain = jsonlike(to_builtins(self.asked.new, one.version))
        if mutation.get("patchType") == "JSONPatch":
            source = text(mapping(mutation.get("jsonPatch")).get("expression"))
            changed = _patched(plain, evaluation.value(source, PATCHES, messages=True))
        else:
            source = text(mapping(mutation.get("applyConfiguration")).get("expression"))
            kind = kind_of(self.asked.new, one.version, self.etcd)
            changed = _configured(kind, plain, evaluation.value(source, CONFIGURATION, messages=True))
        self.asked.new = self._decoded(
            {**changed, "kind": plain["kind"], "apiVersion": plain["apiVersion"]}, one
        )

    def _decoded(self, plain: Mapping[str, Any], one: Invocation) -> Any:
        resource = self.asked.resource
        if resource.definition is not None:
            return decode_custom(plain, resource, self.release, one.version)[0]
        body = {key: value for key, value in plain.items() if key not in ("kind", "apiVersion")}
        found, _unknown = decode_into(resource.type, body, self.release, one.version)
        return default_object(found, self.release, one.version)

    # --- what becomes of it ------------------------------------------------------------------------------

    def _failed(self, one: Invocation, why: str) -> None:
        if mapping(one.policy.spec).get("failurePolicy") == "Ignore":
            return
        policy = one.policy.metadata.name
        by = f'policy "{policy}"'
        if one.binding is not None:
            by = f"policy '{policy}' with binding '{one.binding.metadata.name}'"
        self._denials.append(f"{by} denied request: {why}")

    def _refusal(self) -> ApiError:
        group, plural = self.asked.group_resource
        causes = tuple(Cause(message=one) for one in self._denials)
        details = Details(name=self.asked.name, group=group, kind=plural, causes=causes)
        return ApiError(403, "Invalid", self._denials[0], details)


def _patched(plain: Mapping[str, Any], steps: Any) -> Mapping[str, Any]:
    """After a JSON patch; one whose tests fail changes nothing. Raises ExpressionError."""
    patch = []
    for step in steps:
        _check_types(step.get("value"), ())
        told = {key: _json(value) for key, value in step.items()}
        patch.append(told)
    try:
        found = json_patch(dict(plain), patch)
    except DoesNotFit as error:
        if str(error).startswith("Testing value"):
            return plain
        raise ExpressionError(f"JSON Patch: {error}") from None
    if not isinstance(found, Mapping):
        raise ExpressionError("JSON Patch: an object must be left")
    return found


def _configured(kind: Kind, plain: Mapping[str, Any], configuration: Any) -> Mapping[str, Any]:
    """With what an ApplyConfiguration sets, merged as in server-side apply. Raises ExpressionError."""
    _check_types(configuration, ())
    wanted = _json(configuration)
    if atoms := ", ".join(_atoms(kind, wanted, "")):
        why = f"may not mutate atomic arrays, maps or structs: {atoms}"
        raise ExpressionError(f"error applying patch: invalid ApplyConfiguration: {why}")
    return merged(kind, plain, wanted)


def _atoms(kind: Kind | None, plain: Mapping[str, Any], path: str) -> Iterator[str]:
    """Places where a value would be replaced whole."""
    known = fields_in(kind)
    for name, value in plain.items():
        field, here = known.get(name), f"{path}.{name}"
        if field is None:
            continue
        inner = field.struct if field.shape in ("struct", "list") else None
        if field.shape == ATOM and isinstance(value, Mapping):
            yield here
        elif isinstance(value, list):
            if field.merge is None:
                yield here
            for index, item in enumerate(value):
                if isinstance(item, Mapping):
                    yield from _atoms(inner, item, f"{here}[{index}]")
        elif isinstance(value, Mapping):
            yield from _atoms(inner, value, here)


def _check_types(value: Any, path: tuple[str, ...]) -> None:
    """Objects are called by the fields that they stand in. Raises ExpressionError."""
    if isinstance(value, list | tuple):
        for one in value:
            _check_types(one, path)
    if not isinstance(value, Mapping):
        return
    if isinstance(value, Made):
        path = path or tuple(value.name.split("."))
        expected = ".".join(path)
        if value.name != expected:
            why = f'unexpected type name "{value.name}", expected "{expected}", which matches field name path'
            raise ExpressionError(f"type mismatch: {why} from root Object type")
    for name, one in value.items():
        _check_types(one, (*path, str(name)) if path else ())


def _json(value: Any) -> Any:
    """A value of an expression as JSON."""
    match value:
        case Mapping():
            return {str(key): _json(one) for key, one in value.items()}
        case list() | tuple():
            return [_json(one) for one in value]
        case UInt():
            return int(value)
        case float() if value.is_integer():
            return int(value)
        case Timestamp():
            return moment_text(value)
        case Duration():
            return duration_text(value)
    return value
