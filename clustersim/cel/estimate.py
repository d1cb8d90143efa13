"""What an expression costs at most, before anybody evaluates it (cel-go checker/cost.go).

Macros count as what they stand for: a loop that looks at what it has so far, and at one item more.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from clustersim.cel.call_estimates import Argument, estimate
from clustersim.cel.checker import Checked, resolved
from clustersim.cel.costs import LIST, MAP, STRUCT
from clustersim.cel.sizes import MOST, NOTHING, ONE, UNKNOWN, Bound, Range, fixed
from clustersim.cel.syntax import Call, Fold, Ident, ListNode, Literal, MapNode, Mapped, Message, Node, Select
from clustersim.cel.types import DYN, Type

_SCALARS: Final = ("bool", "double", "duration", "int", "timestamp", "uint")
_LISTS: Final = ("map", "filter", "transformList")


class _Name:
    """A variable of a macro: where its value comes from, how large it is, and what is in it."""

    def __init__(self, path: tuple[str, ...], size: Range | None, entry: Range | None = None) -> None:
        self.path = path
        self.size = size
        self.entry = entry


def most(tree: Node, checked: Checked, bounds: Bound) -> int:
    """Of an expression about `self`, and `oldSelf`, which are as large as their schema allows."""
    return _Estimator(checked, bounds).cost(tree).most


class _Estimator:
    def __init__(self, checked: Checked, bounds: Bound) -> None:
        self._checked = checked
        self._bounds = bounds
        self._paths: dict[int, tuple[str, ...]] = {}
        self._sizes: dict[int, Range] = {}
        self._entries: dict[int, Range] = {}
        self._names: dict[str, list[_Name]] = {}

    # --- what things cost ------------------------------------------------------------------------------

    def cost(self, node: Node) -> Range:
        match node:
            case Literal():
                return NOTHING
            case Ident(name=name):
                known = self._known(name)
                self._paths[id(node)] = known.path if known is not None else (name,)
                return ONE
            case Select():
                return self._of_select(node)
            case ListNode(items=items):
                return self._of_items(node, [(one,) for one in items]) + fixed(LIST)
            case MapNode(entries=entries):
                return self._of_items(node, entries) + fixed(MAP)
            case Message(fields=fields):
                return _sum([self.cost(value) for _name, value in fields]) + fixed(STRUCT)
            case Fold():
                return self._of_fold(node)
            case Mapped():
                return self._of_mapped(node)
            case Call():
                return self._of_call(node)
        raise TypeError(type(node).__name__)

    def _of_select(self, node: Select) -> Range:
        operand = self.cost(node.operand)
        if node.test or node.optional:  # Whether something is there costs nothing.
            return operand + (ONE if node.optional else NOTHING)
        self._paths[id(node)] = (*self._path(node.operand), node.field)
        return operand + (ONE if self._type(node.operand).kind in ("map", "object") else NOTHING)

    def _of_items(self, node: Node, entries: Sequence[tuple[Node, ...]]) -> Range:
        """What is in a list or map, whose values are as large as the smallest to the largest."""
        costs = [self.cost(one) for entry in entries for one in entry]
        values = [self._size(entry[-1]) or UNKNOWN for entry in entries]
        self._entries[id(node)] = _union(values) if values else NOTHING
        return _sum(costs)

    def _of_mapped(self, node: Mapped) -> Range:
        operand = self.cost(node.operand)
        self._push(node.name, _Name((), None))
        body = self.cost(node.body)
        self._names[node.name].pop()
        there = fixed(LIST) + operand + ONE + body + (NOTHING if node.flat else ONE)
        return operand + ONE + there.or_(ONE)

    def _of_call(self, node: Call) -> Range:
        function, args, member = resolved(node)
        if function == "dyn":
            inner = self.cost(args[0])
            self._copy(node, args[0])
            return inner + ONE
        costs = [self.cost(one) for one in args]
        if function in ("_&&_", "_||_"):
            return Range(costs[0].least, _sum(costs).most)
        if function == "_?_:_":
            return self._of_choice(node, args, costs)
        given = [self._argument(one) for one in args]
        found, size = Range(MOST, 0), None
        for kinds in self._checked.ways.get(id(node), ()):
            one = estimate(function, kinds, given, member=member)
            found = found.or_(one.cost)
            if one.size is not None:
                size = one.size if size is None else size.or_(one.size)
            if function == "_[_]" and kinds[0].kind in ("list", "map"):
                size = self._entry(args[0])
                step = "@items" if kinds[0].kind == "list" else "@values"
                self._paths[id(node)] = (*self._path(args[0]), step)
            size = self._size(node) if size is None else size
        if function == "_+_":
            self._add_entries(node, args)
        if size is not None:
            self._sizes[id(node)] = size
        return _sum(costs) + found

    def _of_choice(self, node: Call, args: Sequence[Node], costs: Sequence[Range]) -> Range:
        one, other = (self._size(arg) or UNKNOWN for arg in args[1:])
        self._sizes[id(node)] = one.or_(other)
        self._add_entries(node, args[1:])
        return costs[0] + costs[1].or_(costs[2])

    def _add_entries(self, node: Node, args: Sequence[Node]) -> None:
        one, other = (self._entry(arg) for arg in args)
        if one is not None and other is not None:
            self._entries[id(node)] = one.or_(other)

    # --- macros ----------------------------------------------------------------------------------------

    def _of_fold(self, node: Fold) -> Range:
        of_range = self.cost(node.range)
        self._push_items(node)
        parts = [self.cost(part) for part in node.parts]
        step, entry = self._step(node, parts)
        for name in node.names:
            self._names[name].pop()
        count = self._size(node.range) or UNKNOWN
        begin, end, check = _FRAMES[node.macro]
        if node.macro in _LISTS or node.macro == "transformMap":
            self._sizes[id(node)] = count
            if entry is not None:
                self._entries[id(node)] = entry
        else:
            self._sizes[id(node)] = ONE
        return of_range + fixed(begin) + fixed(end) + count.times(step + fixed(check))

    def _step(self, node: Fold, parts: list[Range]) -> tuple[Range, Range | None]:
        """What one item costs, and how large what it becomes is."""
        if node.macro in ("all", "exists"):
            return Range(1, min(MOST, parts[0].most + 1)), None
        if node.macro == "existsOne":
            return parts[0] + Range(1, 2), None
        if node.macro == "filter":
            entry = self._size(Ident(node.at, node.names[0])) or UNKNOWN
            return parts[0] + Range(1, LIST + 3), Range(0, entry.most)
        made = fixed(3) if node.macro == "transformMap" else fixed(LIST + 2)
        step = parts[-1] + made
        if len(parts) > 1:
            step = parts[0] + step.or_(ONE)
        size = self._size(node.parts[-1]) or UNKNOWN
        return step, None if node.macro == "transformMap" else Range(0, size.most)

    def _push_items(self, node: Fold) -> None:
        """The item, or its index or key and its value."""
        path, entry = self._path(node.range), self._entry(node.range)
        listed = self._type(node.range).kind == "list"
        if len(node.names) == 1:
            size = entry if listed else None
            self._push(node.names[0], _Name((*path, "@items" if listed else "@keys"), size))
            return
        key, value = ("@indices", "@items") if listed else ("@keys", "@values")
        self._push(node.names[0], _Name((*path, key), ONE if listed and entry is not None else None))
        self._push(node.names[1], _Name((*path, value), entry))

    def _push(self, name: str, known: _Name) -> None:
        self._names.setdefault(name, []).append(known)

    def _known(self, name: str) -> _Name | None:
        known = self._names.get(name)
        return known[-1] if known else None

    # --- how large things are --------------------------------------------------------------------------

    def _argument(self, node: Node) -> Argument:
        found = self._type(node)
        path, item = self._path(node), None
        if found.inner and path:
            item = self._bounds.at((*path[1:], "@items"))
        return Argument(node, found, self._size(node), item)

    def _type(self, node: Node) -> Type:
        return self._checked.types.get(id(node), DYN)

    def _path(self, node: Node) -> tuple[str, ...]:
        if isinstance(node, Ident) and (known := self._known(node.name)) is not None:
            return known.path
        return self._paths.get(id(node), ())

    def _copy(self, node: Node, source: Node) -> None:
        size, entry = self._size(source), self._entry(source)
        if size is not None:
            self._sizes[id(node)] = size
        if entry is not None:
            self._entries[id(node)] = entry

    def _size(self, node: Node) -> Range | None:
        if id(node) in self._sizes:
            return self._sizes[id(node)]
        match node:
            case Literal(value=str() | bytes() as text):
                return fixed(len(text))
            case Literal():
                return ONE
            case ListNode(items=items):
                return fixed(len(items))
            case MapNode(entries=entries):
                return fixed(len(entries))
        path = self._path(node)
        if path and (found := self._bounds.at(path[1:])) is not None:
            return found
        if _is_scalar(self._type(node)):
            return ONE
        known = self._known(node.name) if isinstance(node, Ident) else None
        return known.size if known is not None else None

    def _entry(self, node: Node) -> Range | None:
        if id(node) in self._entries:
            return self._entries[id(node)]
        known = self._known(node.name) if isinstance(node, Ident) else None
        return known.entry if known is not None else None


def _is_scalar(found: Type) -> bool:
    if found.kind == "optional_type" and found.inner:
        return _is_scalar(found.inner[0])
    return found.kind in _SCALARS


def _sum(costs: Sequence[Range]) -> Range:
    found = NOTHING
    for one in costs:
        found += one
    return found


def _union(sizes: Sequence[Range]) -> Range:
    found = Range(MOST, 0)
    for one in sizes:
        found = found.or_(one)
    return found


_FRAMES: Final[Mapping[str, tuple[int, int, int]]] = {
    "all": (0, 1, 2),
    "exists": (0, 1, 3),
    "existsOne": (0, 2, 0),
    "map": (LIST, 1, 0),
    "filter": (LIST, 1, 0),
    "transformList": (LIST, 1, 0),
    "transformMap": (MAP, 1, 0),
}
"""What a loop begins with, what comes of it, and what it costs to see whether it goes on."""
