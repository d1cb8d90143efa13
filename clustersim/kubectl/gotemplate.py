"""Go templates as kubectl takes them: -o go-template='{{range .items}}{{.metadata.name}}{{"\\n"}}{{end}}'.

Source: Go text/template (parse/lex.go, exec.go, funcs.go) as far as data of JSON goes; kubectl adds `exists`
and `base64decode` (v1.7.5 pkg/printers/template.go, v1.36 cli-runtime printers/template.go).
"""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from clustersim.api.goformat import go_text, is_true

LONGEST: Final = 4000
LONGEST_OUTPUT: Final = 512 * 1024
DEEPEST: Final = 20
_ACTION: Final = re.compile(
    r"\{\{(- )?((?:\"(?:[^\"\\]|\\.)*\"|`[^`]*`|/\*.*?\*/|(?!\}\}).)*?)( -)?\}\}", re.DOTALL
)
_TOKEN: Final = re.compile(
    r"\s*(\"(?:[^\"\\]|\\.)*\"|`[^`]*`|:=|=|\||\(|\)|,|\$\w*(?:\.\w+)*|(?:\.\w+)+|\.|-?\d+(?:\.\d+)?|\w+)"
)

_WORD: Final = re.compile(r"[A-Za-z_]\w*")


class TemplateError(ValueError):
    """The template is none, or does not fit what it is applied to."""


class _Piece(NamedTuple):
    action: bool
    text: str


class _Node(NamedTuple):
    """kind: text, show, set, if, range, with. branches: what is done if it holds, and if not."""

    kind: str
    text: str = ""
    words: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    body: "tuple[_Node, ...]" = ()
    otherwise: "tuple[_Node, ...]" = ()


class GoTemplate:
    """A compiled template. strict: a key that is not there is refused. added: functions that the program
    knows besides. Raises TemplateError."""

    def __init__(
        self, template: str, *, strict: bool = False, added: Mapping[str, Callable[..., Any]] | None = None
    ) -> None:
        if len(template) > LONGEST:
            raise TemplateError("template: output: the template is too long")
        self._strict = template if strict else ""
        self._functions = {**FUNCTIONS, **(added or {})}
        pieces = list(_pieces(template))
        self._nodes, end = _parse(pieces, 0)
        if end is not None:
            raise TemplateError(f"template: output:1: unexpected {{{{{end}}}}}")

    def text(self, data: Any) -> str:
        """What it prints of that data. Raises TemplateError."""
        run = _Run(data, self._strict, self._functions)
        run.nodes(self._nodes, data)
        return "".join(run.printed)


def _pieces(template: str) -> Iterator[_Piece]:
    index, trim = 0, False
    for match in _ACTION.finditer(template):
        text = template[index : match.start()]
        text = text.lstrip() if trim else text
        if text:
            yield _Piece(False, text.rstrip() if match[1] else text)
        inner = match[2].strip()
        if not inner.startswith("/*"):
            yield _Piece(True, inner)
        index, trim = match.end(), bool(match[3])
    rest = template[index:]
    if "{{" in rest:
        raise TemplateError("template: output:1: unclosed action")
    if rest:
        yield _Piece(False, rest.lstrip() if trim else rest)


def _parse(pieces: list[_Piece], depth: int) -> tuple[tuple[_Node, ...], str | None]:
    """Nodes up to {{end}} or {{else ...}}, which is returned; `pieces` are used up."""
    if depth > DEEPEST:
        raise TemplateError("template: output:1: too deep")
    nodes: list[_Node] = []
    while pieces:
        piece = pieces.pop(0)
        if not piece.action:
            nodes.append(_Node("text", piece.text))
            continue
        word, rest = _keyword(piece.text)
        if word in ("end", "else"):
            return tuple(nodes), piece.text
        if word in ("if", "range", "with"):
            nodes.append(_block(word, rest, pieces, depth))
        elif word in ("define", "template", "block", "break", "continue"):
            raise TemplateError(f"template: output:1: {word} is not known here")
        else:
            names, words = _named(_words(piece.text))
            nodes.append(_Node("set" if names else "show", words=words, names=names))
    return tuple(nodes), None


def _keyword(action: str) -> tuple[str, str]:
    """The word an action begins with, and the rest: no blank need stand between ("{{range.items}}")."""
    word = _WORD.match(action)
    return ("", action) if word is None else (word[0], action[word.end() :].strip())


def _block(word: str, rest: str, pieces: list[_Piece], depth: int) -> _Node:
    names, words = _named(_words(rest))
    if not words:
        raise TemplateError(f"template: output:1: missing value for {word}")
    body, end = _parse(pieces, depth + 1)
    otherwise: tuple[_Node, ...] = ()
    if end is not None and end != "end":
        following = end.removeprefix("else").strip()
        if following:
            kind, more = _keyword(following)
            otherwise = (_block(kind, more, pieces, depth + 1),)
            return _Node(word, words=words, names=names, body=body, otherwise=otherwise)
        otherwise, end = _parse(pieces, depth + 1)
    if end != "end":
        raise TemplateError("template: output:1: unexpected EOF")
    return _Node(word, words=words, names=names, body=body, otherwise=otherwise)


def _words(text: str) -> tuple[str, ...]:
    found, index = [], 0
    while text[index:].strip():
        match = _TOKEN.match(text, index)
        if match is None:
            raise TemplateError(f"template: output:1: unexpected {text[index:].strip()[:1]!r} in command")
        found.append(match[1])
        index = match.end()
    if not found:
        raise TemplateError("template: output:1: missing value for command")
    return tuple(found)


def _named(words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The variables of "$i, $x := ...", and what they are set to."""
    for sign in (":=", "="):
        if sign in words:
            place = words.index(sign)
            names = tuple(word for word in words[:place] if word != ",")
            if not 1 <= len(names) <= 2 or not all(re.fullmatch(r"\$\w+", name) for name in names):
                raise TemplateError("template: output:1: unexpected variable in command")
            return names, words[place + 1 :]
    return (), words


class _Run:
    """One execution: variables, and what was printed."""

    def __init__(self, data: Any, strict: str, functions: Mapping[str, Callable[..., Any]]) -> None:
        self._strict = strict
        self._functions = functions
        self.printed: list[str] = []
        self._variables: dict[str, Any] = {"$": data}
        self._length = 0

    def nodes(self, nodes: tuple[_Node, ...], dot: Any) -> None:
        for node in nodes:
            self._node(node, dot)

    def _node(self, node: _Node, dot: Any) -> None:
        if node.kind == "text":
            self._put(node.text)
            return
        value = self._pipeline(node.words, dot)
        match node.kind:
            case "show":
                self._put(go_text(value, missing="<no value>"))
            case "set":
                self._variables[node.names[0]] = value
            case "range":
                self._range(node, value, dot)
            case _:
                if node.names:
                    self._variables[node.names[0]] = value
                chosen = is_true(value)
                inner = value if node.kind == "with" and chosen else dot
                self.nodes(node.body if chosen else node.otherwise, inner)

    def _put(self, text: str) -> None:
        self._length += len(text)
        if self._length > LONGEST_OUTPUT:
            raise TemplateError("template: output: it prints too much")
        self.printed.append(text)

    def _range(self, node: _Node, value: Any, dot: Any) -> None:
        if value is not None and not isinstance(value, list | dict):
            raise TemplateError(f"range can't iterate over {go_text(value)}")
        items = sorted(value.items()) if isinstance(value, dict) else list(enumerate(value or ()))
        for index, item in items:
            if len(node.names) == 2:
                self._variables[node.names[0]] = index
            if node.names:
                self._variables[node.names[-1]] = item
            self.nodes(node.body, item)
        if not items:
            self.nodes(node.otherwise, dot)

    # --- values -----------------------------------------------------------------------------------

    def _pipeline(self, words: tuple[str, ...], dot: Any) -> Any:
        commands: list[list[str]] = [[]]
        depth = 0
        for word in words:
            depth += (word == "(") - (word == ")")
            if word == "|" and depth == 0:
                commands.append([])
            else:
                commands[-1].append(word)
        value: tuple[Any, ...] = ()
        for command in commands:
            value = (self._command(command, dot, value),)
        return value[0]

    def _command(self, words: list[str], dot: Any, piped: tuple[Any, ...]) -> Any:
        if not words:
            raise TemplateError("template: output:1: missing value for command")
        if (called := self._functions.get(words[0])) is not None:
            return self._call(words[0], called, [*self._operands(words[1:], dot), *piped])
        operands = self._operands(words, dot)
        if len(operands) != 1 or piped:
            raise TemplateError(f"can't give argument to non-function {words[0]}")
        return operands[0]

    def _call(self, name: str, called: Callable[..., Any], arguments: list[Any]) -> Any:
        try:
            return called(*arguments)
        except TemplateError:
            raise
        except (TypeError, ValueError, KeyError, IndexError) as error:
            raise TemplateError(f"error calling {name}: {error}") from None

    def _operands(self, words: list[str], dot: Any) -> list[Any]:
        found: list[Any] = []
        index = 0
        while index < len(words):
            word = words[index]
            if word == "(":
                depth, end = 1, index + 1
                while end < len(words) and depth:
                    depth += (words[end] == "(") - (words[end] == ")")
                    end += 1
                if depth:
                    raise TemplateError("template: output:1: unclosed left paren")
                value = self._pipeline(tuple(words[index + 1 : end - 1]), dot)
                index = end
                if index < len(words) and words[index].startswith(".") and len(words[index]) > 1:
                    value = _fields(value, words[index])
                    index += 1
                found.append(value)
                continue
            found.append(self._operand(word, dot))
            index += 1
        return found

    def _check(self, value: Any, path: str) -> None:
        """Refuse a key that is not there, as --allow-missing-template-keys=false has it."""
        for name in path.strip(".").split(".") if self._strict else ():
            if not isinstance(value, dict):
                return
            if name not in value:
                place = self._strict.find(path) + path.rfind(".")
                where = f'template: output:1:{place}: executing "output" at <{path}>'
                raise TemplateError(f'{where}: map has no entry for key "{name}"')
            value = value[name]

    def _operand(self, word: str, dot: Any) -> Any:
        if word == ".":
            return dot
        if word[0] == ".":
            self._check(dot, word)
            return _fields(dot, word)
        if word[0] == "$":
            name, fields, rest = word.partition(".")
            if name not in self._variables:
                raise TemplateError(f"undefined variable: {name}")
            return _fields(self._variables[name], fields + rest) if fields else self._variables[name]
        if word[0] in '"`':
            return word[1:-1] if word[0] == "`" else json.loads(word.replace("\\'", "'"))
        if word in ("true", "false"):
            return word == "true"
        if word in ("nil",):
            return None
        if word in self._functions:
            return self._functions[word]()
        if re.fullmatch(r"-?\d+(\.\d+)?", word):
            return float(word) if "." in word else int(word)
        raise TemplateError(f'function "{word}" not defined')


def _fields(value: Any, path: str) -> Any:
    for name in path.strip(".").split("."):
        if value is None:
            return None
        if not isinstance(value, dict):
            raise TemplateError(f"can't evaluate field {name} in type interface {{}}")
        value = value.get(name)
    return value


# --- functions ---------------------------------------------------------------------------------------------


def _index(value: Any, *keys: Any) -> Any:
    for key in keys:
        if value is None:
            raise TemplateError("error calling index: index of untyped nil")
        if isinstance(value, dict):
            value = value.get(str(key))
        elif isinstance(value, list | str):
            if not isinstance(key, int) or not 0 <= key < len(value):
                raise TemplateError(f"error calling index: index out of range: {go_text(key)}")
            value = value[key]
        else:
            raise TemplateError(f"error calling index: can't index item of type {type(value).__name__}")
    return value


def _exists(value: Any, *keys: Any) -> bool:
    try:
        return _index(value, *keys) is not None
    except TemplateError:
        return False


def _printf(form: str, *values: Any) -> str:
    rest = list(values)

    def told(match: re.Match[str]) -> str:
        flags, verb = match[1], match[2]
        if verb == "%":
            return "%"
        if not rest:
            return f"%!{verb}(MISSING)"
        value = rest.pop(0)
        text = json.dumps(go_text(value)) if verb == "q" else go_text(value)
        if verb == "d" and isinstance(value, int | float):
            text = str(int(value))
        left, _dot, _precision = flags.lstrip("-").partition(".")
        width = min(int(left or 0), 200)
        return text.ljust(width) if flags.startswith("-") else text.rjust(width)

    return re.sub(r"%(-?\d{0,4}(?:\.\d{0,4})?)([%a-zA-Z])", told, form)


def _and(*values: Any) -> Any:
    return next((value for value in values if not is_true(value)), values[-1])


def _or(*values: Any) -> Any:
    return next((value for value in values if is_true(value)), values[-1])


def _compared(one: Any, other: Any) -> int:
    if isinstance(one, bool) or isinstance(other, bool) or isinstance(one, str) != isinstance(other, str):
        raise TemplateError("incompatible types for comparison")
    return int(one > other) - int(one < other)


def _eq(one: Any, *others: Any) -> bool:
    for other in others:
        if isinstance(one, str) != isinstance(other, str) and None not in (one, other):
            raise TemplateError("error calling eq: incompatible types for comparison")
    return any(one == other for other in others)


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "and": _and,
    "base64decode": lambda text: base64.b64decode(text).decode("utf-8", "replace"),
    "eq": _eq,
    "exists": _exists,
    "ge": lambda a, b: _compared(a, b) >= 0,
    "gt": lambda a, b: _compared(a, b) > 0,
    "index": _index,
    "le": lambda a, b: _compared(a, b) <= 0,
    "len": len,
    "lt": lambda a, b: _compared(a, b) < 0,
    "ne": lambda a, b: not _eq(a, b),
    "not": lambda value: not is_true(value),
    "or": _or,
    "print": lambda *values: "".join(go_text(value) for value in values),
    "printf": _printf,
    "println": lambda *values: " ".join(go_text(value) for value in values) + "\n",
}
