"""Checks an expression before it runs: which names there are, which functions take what, what it is
(cel-go checker/checker.go)."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from clustersim.api.cel_words import RESERVED
from clustersim.cel.declarations import NAMESPACES, OPAQUE, overloads
from clustersim.cel.literals import wrong_literal
from clustersim.cel.syntax import (
    Call,
    CompileError,
    Fold,
    Ident,
    Issue,
    ListNode,
    Literal,
    MapNode,
    Mapped,
    Message,
    Node,
    Select,
    qualified_name,
)
from clustersim.cel.types import (
    BOOL,
    DYN,
    INT,
    STRING,
    Type,
    filled,
    fits,
    joined,
    list_of,
    map_of,
    optional,
)
from clustersim.cel.values import UInt

_OF_LITERALS: Final[dict[type, str]] = {
    bool: "bool", UInt: "uint", int: "int", float: "double", str: "string", bytes: "bytes",
    type(None): "null_type",
}  # fmt: skip
OBJECT: Final = "Object"
PATCH: Final = "JSONPatch"
MESSAGES: Final = "@messages"
"""Among the variables: that such objects may be made."""
_OF_PATCH: Final = {"op": STRING, "path": STRING, "from": STRING, "value": DYN}
_TYPE_NAMES: Final = (
    "bool", "bytes", "double", "duration", "dyn", "int", "list", "map", "null_type", "optional_type",
    "string", "timestamp", "type", "uint",
)  # fmt: skip


def check(source: str, tree: Node, variables: Mapping[str, Type]) -> Type:
    """The type of the whole. Raises CompileError with all that is wrong."""
    checker = _Checker(variables)
    found = checker.type_of(tree)
    if checker.issues:
        raise CompileError(source, checker.issues)
    return found


class Checked(NamedTuple):
    """What was found out of the nodes of a tree, by their ids: their types, and of calls the types that each
    way to make them takes."""

    types: Mapping[int, Type]
    ways: Mapping[int, list[tuple[Type, ...]]]


def details(tree: Node, variables: Mapping[str, Type]) -> Checked:
    """Of an expression that is right; it must be kept as long as they are."""
    recorder = _Recorder(variables)
    recorder.type_of(tree)
    return Checked(recorder.types, recorder.ways)


class _Checker:
    def __init__(self, variables: Mapping[str, Type]) -> None:
        self._known = dict(variables)
        self.issues: list[Issue] = []

    def _wrong(self, at: int, why: str) -> Type:
        self.issues.append(Issue(at, why))
        return DYN

    def chose(self, node: Call, ways: list[tuple[Type, ...]]) -> None:
        """These ways fit a call."""

    def type_of(self, node: Node) -> Type:
        match node:
            case Literal(value=value):
                return Type(_OF_LITERALS[type(value)])
            case Ident(at=at, name=name):
                if name in self._known:
                    return self._known[name]
                if name in _TYPE_NAMES:
                    return Type("type", (Type(name),))
                return self._wrong(at, f"undeclared reference to '{name}' (in container '')")
            case Select():
                return self._of_select(node)
            case ListNode(items=items, optional=missing):
                types = [self._of_item(one, i in missing) for i, one in enumerate(items)]
                return list_of(self._alike(items, types))
            case MapNode():
                return self._of_map(node)
            case Message():
                return self._of_message(node)
            case Fold():
                return self._of_fold(node)
            case Mapped():
                return self._of_mapped(node)
            case Call():
                return self._of_call(node)
        raise TypeError(type(node).__name__)

    def _of_item(self, node: Node, may_lack: bool) -> Type:
        found = self.type_of(node)
        if not may_lack:
            return found
        if found.kind not in ("optional_type", "dyn"):
            return self._wrong(node.at, f"expected type 'optional_type(dyn)' but found '{found}'")
        return found.inner[0] if found.inner else DYN

    def _alike(self, nodes: tuple[Node, ...], types: list[Type]) -> Type:
        """The one type of all items of a literal (ValidateHomogeneousAggregateLiterals)."""
        if not types:
            return DYN
        whole = types[0]
        for node, one in zip(nodes, types, strict=True):
            if not fits(whole, one, {}) and not fits(one, whole, {}):
                self._wrong(node.at, f"expected type '{whole}' but found '{one}'")
                return DYN
            whole = joined(whole, one)
        return whole

    def _of_map(self, node: MapNode) -> Type:
        keys = [self.type_of(key) for key, _value in node.entries]
        values = [self._of_item(value, i in node.optional) for i, (_key, value) in enumerate(node.entries)]
        key_nodes = tuple(key for key, _value in node.entries)
        value_nodes = tuple(value for _key, value in node.entries)
        return map_of(self._alike(key_nodes, keys), self._alike(value_nodes, values))

    def _of_message(self, node: Message) -> Type:
        """Of a type that a policy may make: any field of an Object, the four of a JSONPatch."""
        whole = node.name == PATCH or node.name == OBJECT or node.name.startswith(f"{OBJECT}.")
        if not whole or MESSAGES not in self._known:
            return self._wrong(node.at, f"undeclared reference to '{node.name}' (in container '')")
        for index, (field, value) in enumerate(node.fields):
            found = self._of_item(value, index in node.optional)
            if node.name != PATCH:
                continue
            wanted = _OF_PATCH.get(field)
            if wanted is None:
                self._wrong(value.at, f"undefined field '{field}'")
            elif not fits(wanted, found, {}):
                told = f"expected type of field '{field}' is '{wanted}' but provided type is '{found}'"
                self._wrong(value.at, told)
        return Type("object", name=node.name)

    # --- fields ----------------------------------------------------------------------------------------

    def _of_select(self, node: Select) -> Type:
        qualified = qualified_name(node)
        if qualified in self._known and not node.test:
            return self._known[qualified]
        if qualified in OPAQUE.values():
            return Type("type", (Type(qualified),))
        found = self._field(node, self.type_of(node.operand))
        if node.test:
            return BOOL
        return optional(found) if node.optional and found.kind != "optional_type" else found

    def _field(self, node: Select, operand: Type) -> Type:
        if operand.kind == "optional_type":
            inner = self._field(node, operand.inner[0] if operand.inner else DYN)
            return inner if node.test else optional(inner)
        if operand.kind == "dyn":
            return DYN
        if operand.kind == "map":
            return operand.inner[1] if operand.inner else DYN
        if operand.kind == "object" and operand.fields is None:
            return DYN
        if operand.kind == "object" and operand.fields is not None:
            field = f"__{node.field}__" if node.field in RESERVED else node.field
            if field in operand.fields or node.field in operand.fields:
                return operand.fields.get(node.field, operand.fields.get(field, DYN))
            return self._wrong(node.at, f"undefined field '{node.field}'")
        if operand.kind.startswith("kubernetes.authorization."):
            return self._wrong(node.at, f"unexpected failed resolution of '{operand}'")
        return self._wrong(node.at, f"type '{operand}' does not support field selection")

    # --- macros ----------------------------------------------------------------------------------------

    def _of_fold(self, node: Fold) -> Type:
        whole = self.type_of(node.range)
        inner = whole.inner[0] if whole.kind == "optional_type" and whole.inner else whole
        if inner.kind not in ("list", "map", "dyn"):
            told = f"expression of type '{whole}' cannot be range of a comprehension"
            self._wrong(node.range.at, f"{told} (must be list, map, or dynamic)")
            inner = DYN
        first = inner.inner[0] if inner.inner else DYN
        second = inner.inner[-1] if inner.inner else DYN
        types: tuple[Type, ...] = (first,)
        if len(node.names) == 2:
            types = (INT if inner.kind == "list" else first, second)
        if inner.kind == "dyn":
            types = (DYN,) * len(node.names)
        parts = self._within(dict(zip(node.names, types, strict=True)), node.parts)
        conditions = parts if node.macro in ("all", "exists", "existsOne", "filter") else parts[:-1]
        for part, given in zip(node.parts, conditions, strict=False):
            if not fits(BOOL, given, {}):
                self._wrong(part.at, f"expected type 'bool' but found '{given}'")
        match node.macro:
            case "filter":
                return list_of(first)
            case "map" | "transformList":
                return list_of(parts[-1])
            case "transformMap":
                return map_of(types[0], parts[-1])
        return BOOL

    def _within(self, names: Mapping[str, Type], parts: tuple[Node, ...]) -> list[Type]:
        before = self._known
        self._known = {**before, **names}
        found = [self.type_of(part) for part in parts]
        self._known = before
        return found

    def _of_mapped(self, node: Mapped) -> Type:
        operand = self.type_of(node.operand)
        if operand.kind not in ("optional_type", "dyn"):
            name = "optFlatMap" if node.flat else "optMap"
            return self._wrong(node.at, _no_overload(name, [operand, DYN], member=True))
        [found] = self._within({node.name: operand.inner[0] if operand.inner else DYN}, (node.body,))
        return found if node.flat else optional(found)

    # --- calls -----------------------------------------------------------------------------------------

    def _of_call(self, node: Call) -> Type:
        function, args, member = resolved(node)
        types = [self.type_of(one) for one in args]
        ways = overloads().get(function)
        if ways is None:
            return self._wrong(node.at, f"undeclared reference to '{function}' (in container '')")
        if function in ("_&&_", "_||_"):
            for given in types:
                if not fits(BOOL, given, {}):
                    return self._wrong(node.at, _no_overload(function, types, member=False))
            return BOOL
        results = []
        fitting = []
        for way in ways:
            bound: dict[str, Type] = {}
            if way.member != member or len(way.args) != len(types):
                continue
            if all(fits(wanted, given, bound) for wanted, given in zip(way.args, types, strict=True)):
                results.append(filled(way.result, bound))
                fitting.append(way.args)
        if not results:
            return self._wrong(node.at, _no_overload(function, types, member=member))
        self.chose(node, fitting)
        if (wrong := wrong_literal(function, args)) is not None:
            self.issues.append(wrong)
        found = results[0]
        return found if all(one == found for one in results) else DYN


class _Recorder(_Checker):
    """One that remembers what it finds."""

    def __init__(self, variables: Mapping[str, Type]) -> None:
        super().__init__(variables)
        self.types: dict[int, Type] = {}
        self.ways: dict[int, list[tuple[Type, ...]]] = {}

    def type_of(self, node: Node) -> Type:
        found = super().type_of(node)
        self.types[id(node)] = found
        return found

    def chose(self, node: Call, ways: list[tuple[Type, ...]]) -> None:
        self.ways[id(node)] = ways


def resolved(node: Call) -> tuple[str, tuple[Node, ...], bool]:
    """The name of a function, its arguments, and whether it is called on the first of them."""
    target = node.target
    if target is None:
        return node.function, node.args, False
    if isinstance(target, Ident) and target.name in NAMESPACES:
        name = f"{target.name}.{node.function}"
        if name in overloads():
            return name, node.args, False
    return node.function, (target, *node.args), True


def _no_overload(function: str, types: list[Type], *, member: bool) -> str:
    told = [str(one) for one in types]
    signature = f"{told[0]}.({', '.join(told[1:])})" if member else f"({', '.join(told)})"
    return f"found no matching overload for '{function}' applied to '{signature}'"
