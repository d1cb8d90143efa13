"""What people type at a shell, and write into scripts, read: lists, pipes, redirections, loops, conditions,
functions.

```
  list     = pipeline { (";" | newline | "&&" | "||") pipeline }
  pipeline = ["!"] command { "|" command }
  command  = simple | "for" NAME "in" words do | "while" list do | "if" list "then" … "fi"
           | "case" word "in" { word { "|" word } ")" list ";;" } "esac"
           | "(" list ")" | "{" list "}" | NAME "(" ")" command
  simple   = { NAME=word | NAME=( words ) | word | redirection }
```
(POSIX, Shell Command Language 2.9, as far as people use it in `sh -c`.)
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from clustersim.shell.words import Piece, ShellError, Word, shown, tokens_of

MOST_TOKENS: Final = 4000
DEEPEST: Final = 20
"""Words and operators of a script, and how deep its loops may stand in one another."""

_REDIRECTIONS: Final = ("2>&1", "1>&2", ">&2", "&>", "2>>", "2>", ">>", ">", "<")
_ENDS: Final = ("do", "done", "then", "else", "elif", "fi", "esac", ";;", "}", ")")
_NAME: Final = re.compile(r"[A-Za-z_]\w*")
_FUNCTION: Final = re.compile(r"[A-Za-z_][\w-]*")


class Redirection(NamedTuple):
    """Where output goes, or input comes from; target: a file, () for one of the two outputs."""

    operator: str
    target: Word = ()


class Simple(NamedTuple):
    """A program with its arguments, or variables that are set; arrays: those of bash that are."""

    assigned: tuple[tuple[str, Word], ...]
    words: tuple[Word, ...]
    redirections: tuple[Redirection, ...]
    arrays: tuple[tuple[str, tuple[Word, ...]], ...] = ()


class For(NamedTuple):
    """The body, once for each word."""

    name: str
    words: tuple[Word, ...]
    body: "List"


class While(NamedTuple):
    """The body, as long as the condition holds; until: as long as it does not."""

    condition: "List"
    body: "List"
    until: bool


class If(NamedTuple):
    """Conditions with what follows them, and what follows where none holds."""

    branches: tuple[tuple["List", "List"], ...]
    otherwise: "List"


class Case(NamedTuple):
    """Patterns with what follows where one of them fits the word."""

    word: Word
    branches: tuple[tuple[tuple[Word, ...], "List"], ...]


class Function(NamedTuple):
    """A command that gets a name."""

    name: str
    body: "Node"


class Group(NamedTuple):
    """Several commands as one."""

    body: "List"
    redirections: tuple[Redirection, ...] = ()


Node = Simple | For | While | If | Case | Group | Function


class Pipeline(NamedTuple):
    """Programs of which each reads what the one before prints. joint: "" (always), "&&" or "||"."""

    joint: str
    negated: bool
    nodes: tuple[Node, ...]


List = tuple[Pipeline, ...]


def parse(script: str) -> List:
    """Raises ShellError."""
    tokens = list(tokens_of(script))
    if len(tokens) > MOST_TOKENS:
        raise ShellError("sh: script too long")
    reader = _Reader(tokens)
    found = reader.list_(0)
    if reader.next is not None:
        raise ShellError(f'sh: syntax error: unexpected "{shown(reader.next)}"')
    return found


def functions_in(part: object) -> Iterator[Function]:
    """All that a script gives a name."""
    if isinstance(part, Function):
        yield part
    if isinstance(part, tuple):
        for one in part:
            yield from functions_in(one)


# --- commands ----------------------------------------------------------------------------------------------


class _Reader:
    """Goes through the tokens of a script."""

    def __init__(self, tokens: list[str | Word]) -> None:
        self._tokens = tokens
        self._index = 0

    @property
    def next(self) -> str | Word | None:
        """The next one."""
        return self._tokens[self._index] if self._index < len(self._tokens) else None

    @property
    def _key(self) -> str:
        """The next one where it may be a word of the shell's own."""
        token = self.next
        if token is None or isinstance(token, str):
            return token or ""
        return token[0].text if len(token) == 1 and not token[0].quote else ""

    def _take(self) -> str | Word:
        token = self.next
        if token is None:
            raise ShellError("sh: syntax error: unexpected end of file", unfinished=True)
        self._index += 1
        return token

    def _expect(self, key: str) -> None:
        if self._key != key:
            if self.next is None:
                raise ShellError(
                    f'sh: syntax error: unexpected end of file (expecting "{key}")', unfinished=True
                )
            raise ShellError(f'sh: syntax error: unexpected "{shown(self.next)}" (expecting "{key}")')
        self._index += 1

    def list_(self, depth: int) -> List:
        """Pipelines, up to a word that ends what they stand in."""
        if depth > DEEPEST:
            raise ShellError("sh: too deep")
        found: list[Pipeline] = []
        joint = ""
        while True:
            while self.next in (";", "&"):
                self._index += 1
            if self.next is None or self._key in _ENDS:
                if joint and self.next is None:
                    raise ShellError("sh: syntax error: unexpected end of file", unfinished=True)
                return tuple(found)
            found.append(self._pipeline(joint, depth))
            joint = ""
            if self.next in ("&&", "||"):
                joint = str(self._take())
            elif self.next not in (";", "&", None) and self._key not in _ENDS:
                raise ShellError(f'sh: syntax error: unexpected "{shown(self._take())}"')

    def _pipeline(self, joint: str, depth: int) -> Pipeline:
        negated = self._key == "!"
        self._index += negated
        nodes = [self._command(depth)]
        while self.next == "|":
            self._index += 1
            nodes.append(self._command(depth))
        return Pipeline(joint, negated, tuple(nodes))

    def _command(self, depth: int) -> Node:
        node = self._compound(depth)
        if isinstance(node, Simple | Group | Function) or not (redirections := self._redirections()):
            return node
        return Group((Pipeline("", negated=False, nodes=(node,)),), redirections)

    def _compound(self, depth: int) -> Node:
        called = self._tokens[self._index + 1 : self._index + 3] == ["(", ")"] and not self._key.endswith("=")
        if called or self._key == "function":
            return self._function(depth)
        match self._key:
            case "case":
                return self._case(depth)
            case "for":
                return self._for(depth)
            case "while" | "until":
                until = self._key == "until"
                self._index += 1
                condition = self.list_(depth + 1)
                return While(condition, self._body(depth), until)
            case "if":
                return self._if(depth)
            case "(" | "{":
                end = ")" if self._take() == "(" else "}"
                body = self.list_(depth + 1)
                self._expect(end)
                return Group(body, self._redirections())
        return self._simple()

    def _for(self, depth: int) -> For:
        self._index += 1
        name = shown(self._take())
        words: list[Word] = []
        if self._key == "in":
            self._index += 1
            while isinstance(self.next, tuple):
                words.append(self.next)
                self._index += 1
        self._pass_over_lines()
        if _NAME.fullmatch(name) is None:
            raise ShellError("sh: syntax error: bad for loop variable")
        return For(name, tuple(words), self._body(depth))

    def _body(self, depth: int) -> List:
        self._expect("do")
        body = self.list_(depth + 1)
        self._expect("done")
        return body

    def _if(self, depth: int) -> If:
        branches: list[tuple[List, List]] = []
        otherwise: List = ()
        while self._key in ("if", "elif"):
            self._index += 1
            condition = self.list_(depth + 1)
            self._expect("then")
            branches.append((condition, self.list_(depth + 1)))
        if self._key == "else":
            self._index += 1
            otherwise = self.list_(depth + 1)
        self._expect("fi")
        return If(tuple(branches), otherwise)

    def _case(self, depth: int) -> Case:
        self._index += 1
        word, branches = self._plain_word(), list[tuple[tuple[Word, ...], List]]()
        self._pass_over_lines()
        self._expect("in")
        self._pass_over_lines()
        while self._key != "esac":
            self._index += self._key == "("
            patterns = [self._plain_word()]
            while self.next == "|":
                self._index += 1
                patterns.append(self._plain_word())
            self._expect(")")
            branches.append((tuple(patterns), self.list_(depth + 1)))
            if self.next != ";;":
                break
            self._index += 1
            self._pass_over_lines()
        self._expect("esac")
        return Case(word, tuple(branches))

    def _function(self, depth: int) -> Function:
        self._index += self._key == "function"
        name = shown(self._take())
        if _FUNCTION.fullmatch(name) is None:
            raise ShellError("sh: syntax error: bad function name")
        if self.next == "(":
            self._index += 1
            self._expect(")")
        self._pass_over_lines()
        if depth > DEEPEST:
            raise ShellError("sh: too deep")
        return Function(name, self._command(depth + 1))

    def _plain_word(self) -> Word:
        token = self._take()
        if isinstance(token, str):
            raise ShellError(f'sh: syntax error: unexpected "{token}"')
        return token

    def _pass_over_lines(self) -> None:
        while self.next == ";":
            self._index += 1

    def _redirections(self) -> tuple[Redirection, ...]:
        found: list[Redirection] = []
        while isinstance(self.next, str) and self.next in _REDIRECTIONS:
            found.append(self._redirection())
        return tuple(found)

    def _redirection(self) -> Redirection:
        operator = str(self._take())
        if operator in ("2>&1", "1>&2", ">&2"):
            return Redirection(operator)
        return Redirection(operator, self._plain_word())

    def _simple(self) -> Simple:
        assigned: list[tuple[str, Word]] = []
        words: list[Word] = []
        redirections: list[Redirection] = []
        arrays: list[tuple[str, tuple[Word, ...]]] = []
        while (token := self.next) is not None:
            if isinstance(token, str):
                if token not in _REDIRECTIONS:
                    break
                redirections.append(self._redirection())
                continue
            self._index += 1
            name, equals, rest = token[0].text.partition("=") if token else ("", "", "")
            is_set = not words and equals and not token[0].quote and _NAME.fullmatch(name)
            if is_set and self.next == "(" and not rest and len(token) == 1:
                arrays.append((name, self._elements()))
            elif is_set:
                assigned.append((name, (Piece(rest), *token[1:])))
            else:
                words.append(token)
        if not (assigned or words or redirections or arrays):
            raise ShellError(f'sh: syntax error: unexpected "{shown(self._take())}"')
        return Simple(tuple(assigned), tuple(words), tuple(redirections), tuple(arrays))

    def _elements(self) -> tuple[Word, ...]:
        """The words between the parentheses of an array; lines may end among them."""
        found: list[Word] = []
        self._index += 1
        while (element := self._take()) != ")":
            if isinstance(element, tuple):
                found.append(element)
            elif element != ";":
                raise ShellError(f'sh: syntax error: unexpected "{shown(element)}"')
        return tuple(found)
