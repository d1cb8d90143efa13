"""From the text of an expression to its tree (cel-go parser, with the macros of ext/comprehensions and of
optional values)."""

from typing import Final

from clustersim.api.cel_words import RESERVED
from clustersim.cel.lexer import Token, tokens
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
from clustersim.cel.values import MOST

DEEPEST: Final = 50
"""How deep expressions nest; the real parser goes to 250."""
_DEEPEST_TREE: Final = 200
"""How deep a tree may be, with chains of operators and selections."""
_LONGEST_CHAIN: Final = 250
"""Selections, calls and operators one after another."""

_CONSTANTS: Final = {"true": True, "false": False, "null": None}
_BEGINNINGS: Final = (
    "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, "
    "IDENTIFIER}"
)
_LEVELS: Final = (
    ("<", "<=", ">=", ">", "==", "!=", "in"),
    ("+", "-"),
    ("*", "/", "%"),
)
_FOLDS: Final = {"all": "all", "exists": "exists", "exists_one": "existsOne", "existsOne": "existsOne"}


def parse(source: str) -> Node:
    """Raises CompileError."""
    return _Parser(source).parse()


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._tokens = tokens(source)
        self._next = 0
        self._depth = 0
        self._negative = False
        """A sign stands before the number that comes next."""

    def parse(self) -> Node:
        found = self._expression()
        if self._peek.kind != "end":
            raise self._wrong(f"extraneous input {_shown(self._peek)} expecting <EOF>")
        if _depth(found) > _DEEPEST_TREE:
            raise self._issue(f"expression recursion limit exceeded: {_DEEPEST_TREE}", 0)
        return found

    # --- words ---------------------------------------------------------------------------------------

    @property
    def _peek(self) -> Token:
        return self._tokens[self._next]

    def _sign(self, *signs: str) -> Token | None:
        """The next word, taken, if it is one of these signs."""
        token = self._peek
        if token.text not in signs or token.kind not in ("sign", "name"):
            return None
        self._next += 1
        return token

    def _need(self, sign: str) -> Token:
        token = self._sign(sign)
        if token is None:
            raise self._wrong(f"mismatched input {_shown(self._peek)} expecting '{sign}'")
        return token

    def _wrong(self, why: str, at: int | None = None) -> CompileError:
        return self._issue(f"Syntax error: {why}", at)

    def _issue(self, why: str, at: int | None = None) -> CompileError:
        return CompileError(self._source, [Issue(self._peek.at if at is None else at, why)])

    # --- operators -----------------------------------------------------------------------------------

    def _expression(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._issue(f"expression recursion limit exceeded: {DEEPEST}", 0)
        condition = self._joined("||", "_||_")
        if (mark := self._sign("?")) is not None:
            yes = self._joined("||", "_||_")
            self._need(":")
            condition = Call(mark.at, "_?_:_", (condition, yes, self._expression()))
        self._depth -= 1
        return condition

    def _joined(self, sign: str, function: str) -> Node:
        """Terms of a chain of && or of ||, as one call of as many as there are."""
        terms = [self._conjunction() if sign == "||" else self._binary(0)]
        at = self._peek.at
        while self._sign(sign) is not None:
            terms.append(self._conjunction() if sign == "||" else self._binary(0))
        return terms[0] if len(terms) == 1 else Call(at, function, tuple(terms))

    def _conjunction(self) -> Node:
        return self._joined("&&", "_&&_")

    def _binary(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        left, length = self._binary(level + 1), 0
        while (sign := self._sign(*_LEVELS[level])) is not None:
            length = self._longer(length)
            function = "@in" if sign.text == "in" else f"_{sign.text}_"
            left = Call(sign.at, function, (left, self._binary(level + 1)))
        return left

    def _longer(self, length: int) -> int:
        if length >= _LONGEST_CHAIN:
            raise self._issue(f"expression recursion limit exceeded: {_LONGEST_CHAIN}", 0)
        return length + 1

    def _unary(self) -> Node:
        sign = self._sign("!", "-")
        if sign is None:
            return self._member()
        count = 1
        while self._sign(sign.text) is not None:
            count += 1
        if sign.text == "-" and type(self._peek.value) in (int, float):
            self._negative, count = True, count - 1
        inner = self._member()
        return Call(sign.at, f"{sign.text}_", (inner,)) if count % 2 else inner

    # --- members -------------------------------------------------------------------------------------

    def _member(self) -> Node:
        found, length = self._primary(), 0
        while (sign := self._sign(".", "[", "{" if qualified_name(found) else ".")) is not None:
            length = self._longer(length)
            if sign.text == "{":
                found = self._message(qualified_name(found), sign.at)
                continue
            optional = self._sign("?") is not None
            if sign.text == "[":
                index = self._expression()
                self._need("]")
                found = Call(sign.at, "_[?_]" if optional else "_[_]", (found, index))
                continue
            name = self._name()
            opening = None if optional or name.kind == "escaped" else self._sign("(")
            if opening is None:
                found = Select(sign.at, found, name.text.strip("`"), optional=optional)
            else:
                args = self._arguments(")")
                found = self._macro(found, name.text, args, opening.at)
        return found

    def _name(self) -> Token:
        token = self._peek
        if token.kind not in ("name", "escaped") or token.text in ("true", "false", "null", "in"):
            if token.text in ("true", "false", "null"):
                raise self._wrong(f"mismatched input '{token.text}' expecting IDENTIFIER")
            raise self._wrong(f"no viable alternative at input '.{token.text.replace('<EOF>', '')}'")
        self._next += 1
        return token

    def _arguments(self, closing: str) -> tuple[Node, ...]:
        found: list[Node] = []
        if self._sign(closing) is not None:
            return ()
        while True:
            found.append(self._expression())
            if self._sign(",") is None:
                self._need(closing)
                return tuple(found)

    def _primary(self) -> Node:
        token = self._peek
        if token.kind == "value":
            self._next += 1
            value, self._negative = (-token.value if self._negative else token.value), False
            if type(value) is int and value > MOST:
                raise self._issue("invalid int literal", token.at)
            return Literal(token.at, value)
        if token.kind == "name" and token.text in _CONSTANTS:
            self._next += 1
            return Literal(token.at, _CONSTANTS[token.text])
        if token.kind == "name" and token.text != "in":
            return self._identifier()
        if self._sign("(") is not None:
            inner = self._expression()
            self._need(")")
            return inner
        if self._sign("[") is not None:
            return self._list(token.at)
        if self._sign("{") is not None:
            return self._map(token.at)
        if self._sign(".") is not None and self._peek.kind == "name":
            return self._identifier()
        raise self._wrong(f"mismatched input {_shown(token)} expecting {_BEGINNINGS}")

    def _identifier(self) -> Node:
        token = self._peek
        self._next += 1
        if token.text in RESERVED:
            raise self._issue(f"reserved identifier: {token.text}", token.at)
        if (opening := self._sign("(")) is None:
            return Ident(token.at, token.text)
        args = self._arguments(")")
        if token.text == "has" and len(args) == 1:
            chosen = args[0]
            if not isinstance(chosen, Select) or chosen.optional:
                raise self._issue("invalid argument to has() macro", chosen.at)
            return Select(opening.at, chosen.operand, chosen.field, test=True)
        return Call(opening.at, token.text, args)

    def _list(self, at: int) -> Node:
        items: list[Node] = []
        optional: set[int] = set()
        while self._sign("]") is None:
            if self._sign("?") is not None:
                optional.add(len(items))
            items.append(self._expression())
            if self._sign(",") is None:
                self._need("]")
                break
            if self._peek.text == "<EOF>":
                raise self._wrong("missing ']' at '<EOF>'")
        return ListNode(at, tuple(items), frozenset(optional))

    def _message(self, name: str, at: int) -> Node:
        fields: list[tuple[str, Node]] = []
        optional: set[int] = set()
        while self._sign("}") is None:
            if self._sign("?") is not None:
                optional.add(len(fields))
            field = self._name().text.strip("`")
            self._need(":")
            fields.append((field, self._expression()))
            if self._sign(",") is None:
                self._need("}")
                break
        return Message(at, name, tuple(fields), frozenset(optional))

    def _map(self, at: int) -> Node:
        entries: list[tuple[Node, Node]] = []
        optional: set[int] = set()
        while self._sign("}") is None:
            if self._sign("?") is not None:
                optional.add(len(entries))
            key = self._expression()
            self._need(":")
            entries.append((key, self._expression()))
            if self._sign(",") is None:
                self._need("}")
                break
        return MapNode(at, tuple(entries), frozenset(optional))

    # --- macros --------------------------------------------------------------------------------------

    def _macro(self, target: Node, name: str, args: tuple[Node, ...], at: int) -> Node:
        count = len(args)
        if name in _FOLDS and count in (2, 3):
            return Fold(at, _FOLDS[name], target, self._names(args[:-1]), args[-1:])
        if name == "map" and count in (2, 3):
            return Fold(at, "map", target, self._names(args[:1]), args[1:])
        if name == "filter" and count == 2:
            return Fold(at, "filter", target, self._names(args[:1]), args[1:])
        if name in ("transformList", "transformMap") and count in (3, 4):
            return Fold(at, name, target, self._names(args[:2]), args[2:])
        if name in ("optMap", "optFlatMap") and count == 2:
            return Mapped(at, target, self._names(args[:1])[0], args[1], name == "optFlatMap")
        return Call(at, name, args, target)

    def _names(self, args: tuple[Node, ...]) -> tuple[str, ...]:
        names = []
        for one in args:
            if not isinstance(one, Ident):
                raise self._issue("argument must be a simple name", one.at)
            names.append(one.name)
        return tuple(names)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes right below one."""
    match node:
        case Select(operand=operand):
            return (operand,)
        case Call(args=args, target=target):
            return args if target is None else (target, *args)
        case ListNode(items=items):
            return items
        case MapNode(entries=entries):
            return tuple(one for entry in entries for one in entry)
        case Message(fields=fields):
            return tuple(value for _name, value in fields)
        case Fold(range=inner, parts=parts):
            return (inner, *parts)
        case Mapped(operand=operand, body=body):
            return (operand, body)
    return ()


def _depth(node: Node) -> int:
    deepest, waiting = 0, [(node, 1)]
    while waiting:
        one, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting += ((inner, depth + 1) for inner in children(one))
    return deepest


def _shown(token: Token) -> str:
    return "'" + token.text + "'"
