"""jq as one types it: options, the program, and what comes out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from clustersim.console.answer import Answer, Said
from clustersim.console.shell.jq.evaluation import EVALUATION
from clustersim.console.shell.jq.functions import BUILTINS
from clustersim.console.shell.jq.inputs import NoJson, documents
from clustersim.console.shell.jq.names import undefined
from clustersim.console.shell.jq.naming import NAMING
from clustersim.console.shell.jq.parser import parse
from clustersim.console.shell.jq.running import Place, Run, Scope, TooMuch
from clustersim.console.shell.jq.tree import Json, Node
from clustersim.console.shell.jq.values import JqError, Wrong, is_true, written
from clustersim.console.shell.kept_files import KeptFiles, read
from clustersim.digits import is_whole
from clustersim.i18n import _
from clustersim.shell.budget import MOST_PRINTED

_USAGE: Final = """Usage:\tjq [OPTIONS] FILTER [FILES...]
\tjq [OPTIONS] -n FILTER
Use jq --help for help with command-line options,
or see the jq manpage, or online docs at https://jqlang.github.io/jq"""
_LETTERS: Final = "CMRSacejnrs"
_LONG: Final = {
    "ascii-output": "a",
    "color-output": "C",
    "compact-output": "c",
    "exit-status": "e",
    "join-output": "j",
    "monochrome-output": "M",
    "null-input": "n",
    "raw-input": "R",
    "raw-output": "r",
    "slurp": "s",
    "sort-keys": "S",
    "tab": "t",
}
_WIDEST: Final = 7


@dataclass
class _Asked:
    """options: one letter each; indent: of one level; named: what ``--arg`` and the like give."""

    program: str = ""
    files: list[str] = field(default_factory=list)
    options: set[str] = field(default_factory=set)
    indent: str = "  "
    named: dict[str, Json] = field(default_factory=dict)


def jq(files: KeptFiles, words: Sequence[str], stdin: str, now: float) -> Answer:
    """jq [OPTIONS] PROGRAM [FILE ...]. now: seconds since 1970. Raises Said."""
    try:
        asked = _read(words)
        text = "\n".join(read(files, name, "jq") for name in asked.files) if asked.files else stdin
        program = _compiled(asked.program, asked.named)
    except _Refused as refused:
        return Answer(text=refused.text, ok=False, code=refused.code)
    scope = Scope(variables={**asked.named, "ENV": {}})
    return _Printing(asked, _Reading(asked, text)).all(program, scope, now)


class _Refused(Exception):
    """Nothing was run."""

    def __init__(self, text: str, code: int = 2) -> None:
        super().__init__(text)
        self.text = text
        self.code = code


def _read(words: Sequence[str]) -> _Asked:
    asked, plain = _Asked(), list[str]()
    given = iter(words)
    for word in given:
        if word in ("--arg", "--argjson", "--indent"):
            _valued(asked, word, given)
        elif word in ("-h", "--help"):
            raise _Refused(_USAGE, 0)
        elif word.startswith("--") and word[2:] in _LONG:
            asked.options.add(_LONG[word[2:]])
        elif (
            word.startswith("-")
            and not word.startswith("--")
            and word != "-"
            and set(word[1:]) <= set(_LETTERS)
        ):
            asked.options |= set(word[1:])
        elif word.startswith("-") and (word[1:2].isalpha() or word.startswith("--")):
            raise _Refused(f"jq: Unknown option {word}\n{_USAGE}")
        else:
            plain.append(word)
    if not plain:
        raise _Refused(_USAGE)
    asked.program, asked.files = plain[0], [name for name in plain[1:] if name != "-"]
    if "t" in asked.options:
        asked.indent = "\t"
    return asked


def _valued(asked: _Asked, word: str, given: Iterator[str]) -> None:
    """An option with values behind it. Raises _Refused."""
    if word == "--indent":
        count = next(given, "")
        if not is_whole(count) or int(count[:2]) > _WIDEST:
            raise _Refused(f"jq: Cannot indent more than {_WIDEST} characters\n{_USAGE}")
        asked.indent = " " * int(count)
        return
    name, value = next(given, None), next(given, None)
    if name is None or value is None:
        raise _Refused(f"jq: {word} takes two parameters (e.g. {word} varname value)\n{_USAGE}")
    if word == "--argjson":
        try:
            ((asked.named[name], _line),) = documents(value)
        except (NoJson, ValueError):
            raise _Refused(f"jq: Invalid JSON text passed to --argjson\n{_USAGE}") from None
    else:
        asked.named[name] = value


def _compiled(program: str, named: Mapping[str, Json]) -> Node:
    """Raises _Refused for what is no program, and for names that nobody defined."""
    try:
        node = parse(program)
    except Wrong as wrong:
        raise _not_compiled(
            program, [f"syntax error, unexpected {wrong} (Unix shell quoting issues?)"]
        ) from None
    unknown = list(dict.fromkeys(undefined(node, BUILTINS, {*named, "ENV"})))
    if unknown:
        raise _not_compiled(program, [f"{name} is not defined" for name in unknown])
    return node


def _not_compiled(program: str, wrong: Sequence[str]) -> _Refused:
    told = [f"jq: error: {one} at <top-level>, line 1:\n{program}" for one in wrong]
    count = f"jq: {len(wrong)} compile error{'s' if len(wrong) > 1 else ''}"
    return _Refused("\n".join([*told, count]), 3)


class _Reading:
    """What comes in, as the options say; where it stands is what errors name."""

    def __init__(self, asked: _Asked, text: str) -> None:
        self._options = asked.options
        self._text = text
        self.line = "<unknown>"
        self.values = self._all()

    def _all(self) -> Iterator[Json]:
        if "R" in self._options:
            whole = f"{self._text}\n" if self._text else ""
            yield from [whole] if "s" in self._options else self._lines(whole)
        elif "s" in self._options:
            found = [value for value, _line in documents(self._text)]
            self.line = f"<stdin>:{self._text.count(chr(10)) + 1}"
            yield found
        else:
            for value, line in documents(self._text):
                self.line = f"<stdin>:{line}"
                yield value

    def _lines(self, whole: str) -> Iterator[str]:
        for number, one in enumerate(whole.split("\n")[:-1], 1):
            self.line = f"<stdin>:{number}"
            yield one


class _Printing:
    """What comes out; errors go to the standard error, and the next value is read."""

    def __init__(self, asked: _Asked, reading: _Reading) -> None:
        self._asked = asked
        self._reading = reading
        self._out: list[str] = []
        self._size = 0
        self._last: Json = False
        self._printed = False
        self._wrong: list[str] = []

    def all(self, program: Node, scope: Scope, now: float) -> Answer:
        """Raises Said for what would take too long."""
        run = Run({**EVALUATION, **NAMING}, BUILTINS, self._reading.values, now)
        code = 0
        try:
            for value in iter([None]) if "n" in self._asked.options else self._reading.values:
                code = self._one(run, program, scope, value) or code
        except NoJson as error:
            self._wrong.append(f"jq: parse error: {error}")
            code = 2
        if "e" in self._asked.options and not code:
            code = 4 if not self._printed else 0 if is_true(self._last) else 1
        return Answer(text=self._text(), complaints="\n".join(self._wrong), ok=not code, code=code)

    def _one(self, run: Run, program: Node, scope: Scope, value: Json) -> int:
        try:
            for place in run.results(program, Place(value), scope):
                self._print(place.value)
        except JqError as error:
            self._wrong.append(f"jq: error (at {self._reading.line}){_told(error.value)}")
            return 5
        except TooMuch:
            raise Said(note=_("This is too much for the jq of this console; ask for less at once.")) from None
        return 0

    def _print(self, value: Json) -> None:
        options = self._asked.options
        indent = "" if "c" in options else self._asked.indent
        raw = isinstance(value, str) and options & {"r", "j"}
        text = value if raw else written(value, indent, by_name="S" in options, ascii_only="a" in options)
        self._out.append(text + ("" if "j" in options else "\n"))
        self._size += len(text)
        self._last, self._printed = value, True
        if self._size > MOST_PRINTED:
            raise TooMuch

    def _text(self) -> str:
        return "".join(self._out).removesuffix("\n")


def _told(value: Json) -> str:
    if isinstance(value, str):
        return f": {value}"
    return f" (not a string): {written(value)}"
