"""Evaluates an expression (cel-go interpreter), and counts what that costs.

An error is one value more: `false && x` is false whatever x is, and `true || x` true.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from clustersim.cel import kubernetes, operators, texts
from clustersim.cel.checker import resolved
from clustersim.cel.costs import LIST, MAP, STRUCT, cost_of
from clustersim.cel.declarations import OPAQUE
from clustersim.cel.operators import LONGEST, no_overload, optional_at
from clustersim.cel.syntax import (
    Call,
    CelError,
    CostExceeded,
    Fold,
    Ident,
    ListNode,
    Literal,
    MapNode,
    Mapped,
    Message,
    Node,
    Select,
    qualified_name,
)
from clustersim.cel.values import NOTHING, Made, Meter, Optional, TypeName, is_number, named

Functions = Mapping[str, Callable[..., Any]]
FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    **operators.FUNCTIONS,
    **texts.FUNCTIONS,
    **kubernetes.FUNCTIONS,
}
_TYPES: Final = {
    **{
        name: TypeName(name)
        for name in (
            "bool", "bytes", "double", "dyn", "int", "list", "map", "null_type", "optional_type", "string",
            "type", "uint",
        )
    },
    "timestamp": TypeName("google.protobuf.Timestamp"),
    "duration": TypeName("google.protobuf.Duration"),
}  # fmt: skip
_OPAQUE: Final = frozenset(OPAQUE.values())
_EXCEEDED: Final = "operation cancelled: actual cost limit exceeded"


class Lazy:
    """A variable that is computed when it is first asked for."""

    def __init__(self, compute: Callable[[], Any]) -> None:
        self._compute = compute
        self._found: Any = None
        self._error: CelError | None = None
        self._done = False

    def value(self) -> Any:
        """Raises CelError, each time the same."""
        if not self._done:
            self._done = True
            try:
                self._found = self._compute()
            except CostExceeded:
                raise
            except CelError as error:
                self._error = error
        if self._error is not None:
            raise self._error
        return self._found


class Evaluator:
    """One evaluation. variables: by name, also of more than one word (`authorizer.requestResource`)."""

    def __init__(self, variables: Mapping[str, Any], meter: Meter, more: Functions) -> None:
        self._variables = dict(variables)
        self._meter = meter
        self._more = more

    def value(self, node: Node) -> Any:
        """Raises CelError."""
        meter = self._meter
        meter.work.left -= 1
        if meter.cost > meter.limit or meter.work.left < 0:
            raise CostExceeded(_EXCEEDED)
        return _EVALUATIONS[type(node)](self, node)

    def _literal(self, node: Literal) -> Any:
        return node.value

    def _ident(self, node: Ident) -> Any:
        self._meter.cost += 1
        if node.name in self._variables:
            found = self._variables[node.name]
            return found.value() if isinstance(found, Lazy) else found
        if node.name in _TYPES:
            return _TYPES[node.name]
        raise CelError(f"no such attribute(s): {node.name}")

    def _select(self, node: Select) -> Any:
        name = qualified_name(node)
        if name in _OPAQUE:
            self._meter.cost += 1
            return TypeName(name)
        if name in self._variables:
            self._meter.cost += 1
            found = self._variables[name]
            return found.value() if isinstance(found, Lazy) else found
        operand = self.value(node.operand)
        if node.test:
            return self._has(operand, node.field)
        self._meter.cost += 1
        if node.optional or isinstance(operand, Optional):
            inner = operand.value if isinstance(operand, Optional) else operand
            given = not isinstance(operand, Optional) or operand.given
            return optional_at(_unlazy(inner), node.field) if given else NOTHING
        if not isinstance(operand, dict):
            raise CelError("no such key: " + node.field if operand is None else "no such overload")
        field = named(operand, node.field)
        if field not in operand:
            raise CelError(f"no such key: {node.field}")
        found = operand[field]
        return found.value() if isinstance(found, Lazy) else found

    def _has(self, operand: Any, field: str) -> bool:
        if isinstance(operand, Optional):
            return operand.given and self._has(operand.value, field)
        if operand is None:
            raise CelError(f"no such key: {field}")
        if not isinstance(operand, dict):
            raise no_overload()
        return named(operand, field) in operand

    def _list(self, node: ListNode) -> Any:
        self._meter.cost += LIST
        found: list[Any] = []
        for index, one in enumerate(node.items):
            value = self.value(one)
            if index in node.optional:
                if not isinstance(value, Optional):
                    raise no_overload()
                if value.given:
                    found.append(value.value)
            else:
                found.append(value)
        return tuple(found)

    def _map(self, node: MapNode) -> Any:
        self._meter.cost += MAP
        found: dict[Any, Any] = {}
        for index, (key_node, value_node) in enumerate(node.entries):
            key, value = self.value(key_node), self.value(value_node)
            if not isinstance(key, str | bool) and not is_number(key):
                raise CelError("unsupported key type")
            if index in node.optional:
                if not isinstance(value, Optional):
                    raise no_overload()
                if not value.given:
                    continue
                value = value.value
            if key in found:
                raise CelError(f"Failed with repeated key: {key}")
            found[key] = value
        return found

    def _message(self, node: Message) -> Any:
        self._meter.cost += STRUCT
        found = Made(node.name)
        for index, (field, value_node) in enumerate(node.fields):
            value = self.value(value_node)
            if index in node.optional:
                if not isinstance(value, Optional):
                    raise no_overload()
                if not value.given:
                    continue
                value = value.value
            found[field] = value
        return found

    # --- calls -----------------------------------------------------------------------------------------

    def _call(self, node: Call) -> Any:
        match node.function:
            case "_&&_":
                return self._logical(node.args, decides=False)
            case "_||_":
                return self._logical(node.args, decides=True)
            case "_?_:_":
                condition = self.value(node.args[0])
                if not isinstance(condition, bool):
                    raise no_overload()
                return self.value(node.args[1 if condition else 2])
        name, nodes, member = resolved(node)
        if member and name in ("or", "orValue") and len(nodes) == 2:
            return self._or(name, nodes)
        args = tuple(self.value(one) for one in nodes)
        return self._called(name, args)

    def _called(self, name: str, args: tuple[Any, ...]) -> Any:
        function = self._more.get(name) or FUNCTIONS.get(name)
        if function is None:
            raise no_overload()
        self._meter.work.left -= texts.work_of(name, args)
        if self._meter.work.left < 0:
            raise CostExceeded(_EXCEEDED)
        try:
            found = function(*args)
        except TypeError:
            raise no_overload() from None
        self._meter.cost += cost_of(name, args, found)
        return found

    def _or(self, name: str, nodes: tuple[Node, ...]) -> Any:
        first = self.value(nodes[0])
        if not isinstance(first, Optional):
            raise no_overload()
        if first.given:
            return first if name == "or" else first.value
        return self.value(nodes[1])

    def _logical(self, nodes: tuple[Node, ...], *, decides: bool) -> bool:
        """Of several, whatever their order: one that decides is enough, also beside errors."""
        error: CelError | None = None
        for one in nodes:
            try:
                value = self.value(one)
            except CostExceeded:
                raise
            except CelError as found:
                error = error or found
                continue
            if value is decides:
                return bool(value)
            if not isinstance(value, bool):
                error = error or no_overload()
        if error is not None:
            raise error
        return not decides

    # --- macros ----------------------------------------------------------------------------------------

    def _fold(self, node: Fold) -> Any:
        whole = self.value(node.range)
        if isinstance(whole, Optional):
            whole = whole.value if whole.given else ()
        if not isinstance(whole, list | tuple | dict):
            raise no_overload()
        before = self._variables
        self._variables = dict(before)
        try:
            return _FOLDS[node.macro](self, node, whole)
        finally:
            self._variables = before

    def _rounds(self, node: Fold, whole: Any, cost: int) -> Any:
        """Sets the names to each item in turn."""
        for index, one in enumerate(whole):
            self._meter.cost += cost
            if len(node.names) == 1:
                self._variables[node.names[0]] = one
            else:
                key, value = (one, whole[one]) if isinstance(whole, dict) else (index, one)
                self._variables[node.names[0]], self._variables[node.names[1]] = key, _unlazy(value)
            yield index

    def _all_or_one(self, node: Fold, whole: Any) -> bool:
        decides = node.macro == "exists"
        round_ = 4 if decides else 3  # Whether to go on, and the result so far.
        error: CelError | None = None
        for _index in self._rounds(node, whole, round_):
            try:
                value = self.value(node.parts[0])
            except CostExceeded:
                raise
            except CelError as found:
                error = found
                continue
            if value is decides:
                self._meter.cost += round_
                return bool(value)
            if not isinstance(value, bool):
                error = no_overload()
        self._meter.cost += 1
        if error is not None:
            raise error
        return not decides

    def _exactly_one(self, node: Fold, whole: Any) -> bool:
        count = 0
        for _index in self._rounds(node, whole, 1):
            value = self.value(node.parts[0])
            if not isinstance(value, bool):
                raise no_overload()
            count += value
            self._meter.cost += value
        self._meter.cost += 2
        return count == 1

    def _kept(self, node: Fold, whole: Any) -> Any:
        self._meter.cost += LIST + 1
        found: list[Any] = []
        for _index in self._rounds(node, whole, 1):
            if self._holds(node.parts[0]):
                self._meter.cost += 12
                found.append(self._variables[node.names[0]])
        return tuple(found)

    def _mapped_list(self, node: Fold, whole: Any) -> Any:
        self._meter.cost += LIST + 1
        found: list[Any] = []
        for _index in self._rounds(node, whole, 1):
            if len(node.parts) == 1 or self._holds(node.parts[0]):
                self._meter.cost += LIST + 1
                found.append(self.value(node.parts[-1]))
                if len(found) > LONGEST:
                    raise CostExceeded(_EXCEEDED)
        return tuple(found)

    def _mapped_map(self, node: Fold, whole: Any) -> Any:
        self._meter.cost += MAP + 1
        found: dict[Any, Any] = {}
        for index in self._rounds(node, whole, 3):
            if len(node.parts) == 1 or self._holds(node.parts[0]):
                key = self._variables[node.names[0]] if isinstance(whole, dict) else index
                found[key] = self.value(node.parts[-1])
        return found

    def _holds(self, node: Node) -> bool:
        value = self.value(node)
        if not isinstance(value, bool):
            raise no_overload()
        return value

    def _opt_mapped(self, node: Mapped) -> Any:
        operand = self.value(node.operand)
        if not isinstance(operand, Optional):
            raise no_overload()
        if not operand.given:
            return NOTHING
        before = self._variables
        self._variables = {**before, node.name: operand.value}
        try:
            found = self.value(node.body)
        finally:
            self._variables = before
        return found if node.flat else Optional(found, True)


def _unlazy(value: Any) -> Any:
    return value.value() if isinstance(value, Lazy) else value


_EVALUATIONS: Final[dict[type, Callable[[Evaluator, Any], Any]]] = {
    Literal: Evaluator._literal,
    Ident: Evaluator._ident,
    Select: Evaluator._select,
    Call: Evaluator._call,
    ListNode: Evaluator._list,
    MapNode: Evaluator._map,
    Message: Evaluator._message,
    Fold: Evaluator._fold,
    Mapped: Evaluator._opt_mapped,
}
_FOLDS: Final[dict[str, Callable[[Evaluator, Fold, Any], Any]]] = {
    "all": Evaluator._all_or_one,
    "exists": Evaluator._all_or_one,
    "existsOne": Evaluator._exactly_one,
    "filter": Evaluator._kept,
    "map": Evaluator._mapped_list,
    "transformList": Evaluator._mapped_list,
    "transformMap": Evaluator._mapped_map,
}
