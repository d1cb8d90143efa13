"""Reads a program of jq: from the pipe, which binds least, to what follows a value, which binds most."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from clustersim.console.shell.jq import tree
from clustersim.console.shell.jq.cursor import Cursor
from clustersim.console.shell.jq.tokens import END, Token, tokens
from clustersim.console.shell.jq.tree import Node
from clustersim.console.shell.jq.values import Wrong

LONGEST: Final = 4000
"""Characters of a program."""
MOST_JOINED: Final = 60
"""Parts that pipes, commas and signs of one kind join."""

_ASSIGNS: Final = ("=", "|=", "+=", "-=", "*=", "/=", "%=", "//=")
_COMPARES: Final = ("==", "!=", "<", "<=", ">", ">=")
_CONSTANTS: Final = {"true": True, "false": False, "null": None}


@lru_cache(maxsize=32)
def parse(program: str) -> Node:
    """The tree of a program; of an empty one that of ``.``. Raises Wrong."""
    if len(program) > LONGEST:
        raise Wrong("INVALID_CHARACTER")
    found = tokens(program)
    return tree.Identity() if found == [END] else _Parser(found).all()


class _Parser(Cursor):
    def all(self) -> Node:
        node = self._pipe()
        if self.next.kind != "end":
            raise self.unexpected()
        return node

    # --- precedences ---------------------------------------------------------------------------------------

    def _pipe(self, commas: bool = True) -> Node:
        self.deeper()
        parts: list[Node] = []
        while len(parts) < MOST_JOINED:
            parts.append(self._definition_and_rest(commas) if self.is_next("def") else self._part(commas))
            if not self.takes("|"):
                self.depth -= 1
                return _folded(tree.Pipe, parts)
        raise self.unexpected()

    def _part(self, commas: bool) -> Node:
        return self._joined(self._alternative, {",": tree.Comma}) if commas else self._alternative()

    def _definition_and_rest(self, commas: bool) -> Node:
        name, parameters, body = self._definition()
        return tree.Define(name, parameters, body, self._pipe(commas))

    def _definition(self) -> tuple[str, tuple[str, ...], Node]:
        """``def name(f; $x): body;``; a parameter with ``$`` is both a function and a variable."""
        self.must("def")
        if self.next.kind != "name":
            raise self.unexpected()
        name = self.take().text
        parameters: list[str] = []
        if self.takes("("):
            while True:
                if self.next.kind not in ("name", "variable"):
                    raise self.unexpected()
                parameters.append(self.take().text)
                if self.takes(")"):
                    break
                self.must(";")
        self.must(":")
        body = self._pipe()
        self.must(";")
        for parameter in reversed(parameters):
            if parameter.startswith("$"):
                body = tree.Bind(tree.Call(parameter[1:], ()), tree.Bound(parameter[1:]), body)
        return name, tuple(one.removeprefix("$") for one in parameters), body

    def _alternative(self) -> Node:
        parts = [self._assign()]
        while self.takes("//"):
            parts.append(self._assign())
            if len(parts) > MOST_JOINED:
                raise self.unexpected()
        return _folded(tree.Alternative, parts)

    def _assign(self) -> Node:
        left = self._or()
        if not self.is_next(*_ASSIGNS):
            return left
        sign = self.take().text.removesuffix("=")
        return tree.Assign(left, self._or(), sign)

    def _or(self) -> Node:
        return self._joined(self._and, {"or": tree.Either})

    def _and(self) -> Node:
        return self._joined(self._compare, {"and": tree.Both})

    def _compare(self) -> Node:
        left = self._sum()
        if self.is_next(*_COMPARES):
            sign = self.take().text
            left = tree.Binary(left, self._sum(), sign)
            if self.is_next(*_COMPARES):
                raise self.unexpected()
        return left

    def _sum(self) -> Node:
        return self._joined(self._product, {"+": _binary("+"), "-": _binary("-")})

    def _product(self) -> Node:
        return self._joined(self._negated, {sign: _binary(sign) for sign in "*/%"})

    def _joined(self, part: Callable[[], Node], signs: dict[str, Callable[[Node, Node], Node]]) -> Node:
        node = part()
        for _ in range(MOST_JOINED):
            if not self.is_next(*signs):
                return node
            node = signs[self.take().text](node, part())
        raise self.unexpected()

    def _negated(self) -> Node:
        return tree.Negated(self._bound()) if self.takes("-") else self._bound()

    def _bound(self) -> Node:
        """A value, or ``value as $name | all that follows``."""
        of = self._postfix()
        if not self.takes("as"):
            return of
        pattern = self._pattern()
        self.must("|")
        return tree.Bind(of, pattern, self._pipe())

    # --- values and what stands behind them ----------------------------------------------------------------

    def _postfix(self) -> Node:
        node = self._term()
        for _ in range(MOST_JOINED):
            if self.next.kind == "field":
                node = tree.Index(node, tree.Text((self.take().text[1:],)))
            elif self.is_next(".") and self.after.kind == "string":
                self.take()
                node = tree.Index(node, self._text("text"))
            elif self.is_next(".") and self.after == Token("sign", "["):
                self.take()
            elif self.takes("["):
                node = self._bracket(node)
            elif self.takes("?"):
                node = tree.Try(node, None)
            else:
                return node
        raise self.unexpected()

    def _bracket(self, of: Node) -> Node:
        if self.takes("]"):
            return tree.Iterate(of)
        if self.takes(":"):
            end = self._pipe()
            self.must("]")
            return tree.Range(of, None, end)
        key = self._pipe()
        if self.takes(":"):
            last = None if self.is_next("]") else self._pipe()
            self.must("]")
            return tree.Range(of, key, last)
        self.must("]")
        return tree.Index(of, key)

    def _term(self) -> Node:
        token = self.next
        match token.kind:
            case "number":
                return tree.Literal(_number(self.take().text))
            case "string":
                return self._text("text")
            case "format":
                form = self.take().text[1:]
                return self._text(form) if self.next.kind == "string" else tree.Format(form)
            case "variable":
                return tree.Variable(self.take().text[1:])
            case "field":
                return tree.Index(tree.Identity(), tree.Text((self.take().text[1:],)))
            case "name":
                return self._call()
            case "keyword":
                return self._keyword()
            case "sign":
                return self._sign()
        raise self.unexpected()

    def _sign(self) -> Node:
        if self.takes(".."):
            return tree.Call("recurse", ())
        if self.takes("."):
            if self.next.kind == "string":
                return tree.Index(tree.Identity(), self._text("text"))
            return tree.Identity()
        if self.takes("("):
            node = self._pipe()
            self.must(")")
            return node
        if self.takes("["):
            if self.takes("]"):
                return tree.Array(None)
            node = tree.Array(self._pipe())
            self.must("]")
            return node
        if self.takes("{"):
            return self._object()
        raise self.unexpected()

    def _text(self, form: str) -> Node:
        parts = tuple(p if isinstance(p, str) else _Parser(list(p)).all() for p in self.take().parts)
        return tree.Text(parts, form)

    def _call(self) -> Node:
        name = self.take().text
        if name in _CONSTANTS:
            return tree.Literal(_CONSTANTS[name])
        arguments: list[Node] = []
        if self.takes("("):
            arguments.append(self._pipe())
            while self.takes(";"):
                arguments.append(self._pipe())
            self.must(")")
        return tree.Call(name, tuple(arguments))

    def _object(self) -> Node:
        entries: list[tuple[Node, Node]] = []
        while not self.takes("}"):
            entries.append(self._entry())
            if not self.takes(","):
                self.must("}")
                break
        return tree.Object(tuple(entries))

    def _entry(self) -> tuple[Node, Node]:
        """``key: value``; of a name, a string or ``$name`` alone, what has that name."""
        token = self.next
        match token.kind:
            case "variable":
                name = self.take().text[1:]
                return tree.Text((name,)), tree.Variable(name)
            case "name" | "keyword":
                key: Node = tree.Text((self.take().text,))
            case "number":
                key = tree.Literal(_number(self.take().text))
            case "string":
                key = self._text("text")
            case "format":
                form = self.take().text[1:]
                key = self._text(form) if self.next.kind == "string" else tree.Format(form)
            case _:
                self.must("(")
                key = self._pipe()
                self.must(")")
                self.must(":")
                return key, self._pipe(commas=False)
        if self.takes(":"):
            return key, self._pipe(commas=False)
        return key, tree.Index(tree.Identity(), key)

    # --- keywords ------------------------------------------------------------------------------------------

    def _keyword(self) -> Node:
        match self.next.text:
            case "if":
                self.take()
                return self._if()
            case "try":
                self.take()
                of = self._postfix()
                return tree.Try(of, self._postfix() if self.takes("catch") else None)
            case "reduce" | "foreach":
                return self._loop(self.take().text)
            case "def":
                return self._definition_and_rest(commas=True)
            case "break":
                self.take()
                return tree.Break(self.variable())
            case "label":
                self.take()
                name = self.variable()
                self.must("|")
                return tree.Label(name, self._pipe())
        raise self.unexpected()

    def _if(self) -> Node:
        chosen: list[tuple[Node, Node]] = []
        otherwise: Node = tree.Identity()
        while not chosen or self.takes("elif"):
            condition = self._pipe()
            self.must("then")
            chosen.append((condition, self._pipe()))
        if self.takes("else"):
            otherwise = self._pipe()
        self.must("end")
        for condition, then in reversed(chosen):
            otherwise = tree.If(condition, then, otherwise)
        return otherwise

    def _loop(self, word: str) -> Node:
        of = self._postfix()
        self.must("as")
        pattern = self._pattern()
        self.must("(")
        parts = [self._pipe()]
        while self.takes(";"):
            parts.append(self._pipe())
        self.must(")")
        if word == "reduce" and len(parts) == 2:
            return tree.Reduce(of, pattern, *parts)
        if word == "foreach" and len(parts) in (2, 3):
            extract = parts[2] if len(parts) == 3 else tree.Identity()
            return tree.Foreach(of, pattern, parts[0], parts[1], extract)
        raise Wrong("')'")

    def _pattern(self) -> Node:
        if self.next.kind == "variable":
            return tree.Bound(self.variable())
        self.deeper()
        node = self._elements() if self.takes("[") else self._entries()
        self.depth -= 1
        return node

    def _elements(self) -> Node:
        patterns = [self._pattern()]
        while self.takes(","):
            patterns.append(self._pattern())
        self.must("]")
        return tree.Elements(tuple(patterns))

    def _entries(self) -> Node:
        self.must("{")
        patterns: list[tuple[Node, str, Node | None]] = []
        while True:
            name = ""
            match self.next.kind:
                case "variable":
                    name = self.variable()
                    key: Node = tree.Text((name,))
                case "name" | "keyword":
                    key = tree.Text((self.take().text,))
                case "string":
                    key = self._text("text")
                case _:
                    self.must("(")
                    key = self._pipe()
                    self.must(")")
            given = self._pattern() if self.takes(":") else None
            if given is None and not name:
                raise self.unexpected()
            patterns.append((key, name, given))
            if self.takes("}"):
                return tree.Entries(tuple(patterns))
            self.must(",")


def _folded(joins: Callable[[Node, Node], Node], parts: list[Node]) -> Node:
    """``a | (b | c)``"""
    node = parts[-1]
    for part in reversed(parts[:-1]):
        node = joins(part, node)
    return node


def _binary(sign: str) -> Callable[[Node, Node], Node]:
    return lambda left, right: tree.Binary(left, right, sign)


def _number(text: str) -> int | float:
    return int(text) if text.isdigit() and len(text) < 17 else float(text)
