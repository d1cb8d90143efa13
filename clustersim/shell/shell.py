"""The shell: runs what grammar.py reads.

It answers at once: that a `sleep` takes its time is the business of whoever runs that program, and a loop
without end is cut off.
"""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

import msgspec

from clustersim.digits import is_whole
from clustersim.i18n import Message, _
from clustersim.shell.arithmetic import reckoned
from clustersim.shell.grammar import (
    For,
    Group,
    If,
    List,
    Node,
    Pipeline,
    Redirection,
    ShellError,
    Simple,
    While,
    Word,
    parse,
    substitution_end,
)
from clustersim.shell.plain import absolute
from clustersim.shell.ran import Failed, Files, Ran

MOST_COMMANDS: Final = 1000
MOST_PRINTED: Final = 256 * 1024
"""Of one script, in commands and in characters."""
DEEPEST: Final = 12
"""Shells that one starts in another."""
_PRICE: Final = 1000
"""Characters that count as another command when one reads or prints them."""
_DEAR: Final = {"curl": 20, "wget": 20, "nslookup": 20}
"""Commands for which much is looked up."""

_TOO_LONG: Final = _("This goes on without end, or for long; it is cut off after {most} commands.")
_VARIABLE: Final = re.compile(r"\$(?:(\w+|[?$#@*!])|\{(\w+|\?)(?:(:?[-=+])([^}]*))?\})")
_ESCAPED: Final = re.compile(r'\\([$`"\\])')


class Memory(msgspec.Struct):
    """What a shell remembers between two lines; ended: somebody typed exit."""

    variables: dict[str, str] = msgspec.field(default_factory=dict)
    code: int = 0
    errexit: bool = False
    ended: bool = False


Run = Callable[[Sequence[str], str], Ran]
"""Runs a program, given its words and what it reads."""


class Budget:
    """How much a script, and all that it starts, may still do, and how deep its shells are."""

    def __init__(self, most: int = MOST_COMMANDS) -> None:
        self.left = most
        self.depth = 0

    def enter(self) -> None:
        """One more shell begins. Raises _Endless where it would be one of very many."""
        self.depth += 1
        if self.depth > DEEPEST:
            self.left = -1  # nothing goes on after that
            raise _Endless

    def spend(self, cost: int = 1) -> None:
        """Raises _Endless."""
        self.left -= cost
        if self.left < 0:
            raise _Endless


class _Ended(Exception):
    """The shell exits."""


class _Broken(Exception):
    """A loop is left; `goes_on`: with its next turn."""

    def __init__(self, *, goes_on: bool) -> None:
        super().__init__()
        self.goes_on = goes_on


class _Endless(Exception):
    """Too much was done, or printed."""


class Printed:
    """Both outputs, as they grow."""

    def __init__(self) -> None:
        self.out = ""
        self.err = ""

    def add(self, out: str, err: str) -> None:
        """More of them. Raises _Endless."""
        self.out += out
        self.err += err
        if len(self.out) + len(self.err) > MOST_PRINTED:
            raise _Endless


class Shell:
    """Runs scripts. `run`: a program that is not the shell's own. budget: of the script that started it.
    printed: where what it prints goes.
    """

    def __init__(
        self,
        files: Files,
        run: Run,
        memory: Memory,
        budget: Budget | None = None,
        printed: Printed | None = None,
    ) -> None:
        self._files = files
        self._run = run
        self._memory = memory
        self.budget = budget or Budget()
        self._done = printed or Printed()
        self._note: Message | None = None

    def script(self, text: str, stdin: str = "") -> Ran:
        """Run a script to its end. Raises ShellError where it is unfinished."""
        try:
            commands = parse(text)
        except ShellError as error:
            if error.unfinished:
                raise
            return Ran(err=f"{error}\n", code=2)
        try:
            self.budget.enter()
            self._list(commands, stdin, self._done)
        except (_Ended, _Broken):
            pass
        except _Endless:
            self._note = Message(_TOO_LONG, {"most": MOST_COMMANDS})
            self._memory.code = 130
        finally:
            self.budget.depth -= 1
        return Ran(self._done.out, self._done.err, self._memory.code, self._note)

    # --- commands ---------------------------------------------------------------------------------

    def _list(self, commands: List, stdin: str, printed: Printed) -> None:
        for pipeline, following in pairwise((*commands, None)):
            assert pipeline is not None
            went_well = self._memory.code == 0
            if pipeline.joint and went_well != (pipeline.joint == "&&"):
                continue
            self._pipeline(pipeline, stdin, printed)
            tested = pipeline.negated or (following is not None and following.joint)
            if self._memory.errexit and self._memory.code and not tested:
                raise _Ended

    def _pipeline(self, pipeline: Pipeline, stdin: str, printed: Printed) -> None:
        *first, last = pipeline.nodes
        for node in first:
            between = Printed()
            self._node(node, stdin, between)
            printed.add("", between.err)
            stdin = between.out
        self._node(last, stdin, printed)
        if pipeline.negated:
            self._memory.code = int(not self._memory.code)

    def _node(self, node: Node, stdin: str, printed: Printed) -> None:
        memory = self._memory
        match node:
            case Simple():
                self._simple(node, stdin, printed)
            case Group():
                inner = Printed()
                self._list(node.body, stdin, inner)
                self._redirected(Ran(inner.out, inner.err, memory.code), node.redirections, printed)
            case For():
                memory.code = 0
                for value in self._words(node.words):
                    memory.variables[node.name] = value
                    if not self._turn(node.body, stdin, printed):
                        break
            case While():
                self._while(node, stdin, printed)
            case If():
                for condition, body in node.branches:
                    if self._holds(condition, stdin, printed):
                        memory.code = 0
                        self._list(body, stdin, printed)
                        return
                memory.code = 0
                self._list(node.otherwise, stdin, printed)

    def _while(self, node: While, stdin: str, printed: Printed) -> None:
        code = 0
        while self._holds(node.condition, stdin, printed) is not node.until:
            goes_on = self._turn(node.body, stdin, printed)
            code = self._memory.code
            self.budget.spend()
            if not goes_on:
                break
        self._memory.code = code

    def _turn(self, body: List, stdin: str, printed: Printed) -> bool:
        """A turn of a loop; False: it is the last."""
        try:
            self._list(body, stdin, printed)
        except _Broken as broken:
            return broken.goes_on
        return True

    def _holds(self, condition: List, stdin: str, printed: Printed) -> bool:
        errexit, self._memory.errexit = self._memory.errexit, False
        self._list(condition, stdin, printed)
        self._memory.errexit = errexit
        return self._memory.code == 0

    def _simple(self, node: Simple, stdin: str, printed: Printed) -> None:
        memory = self._memory
        for name, value in node.assigned:
            memory.variables[name] = self._text(value)
            self.budget.spend(len(memory.variables[name]) // _PRICE)
        words = self._words(node.words)
        self.budget.spend(sum(map(len, words)) // _PRICE)
        self.budget.spend(_DEAR.get(words[0], 1) if words else 1)
        try:
            for redirection in node.redirections:
                if redirection.operator == "<":
                    stdin = self._read(redirection)
            ran = self._own(words, stdin) if words else Ran()
            self.budget.spend((len(stdin) + len(ran.out)) // _PRICE)
            self._redirected(ran, node.redirections, printed)
        except Failed as failed:
            ran = Ran("", f"{failed.text}\n" if failed.text else "", 1, failed.note)
            printed.add("", ran.err)
        memory.code = ran.code
        self._note = self._note or ran.note

    def _read(self, redirection: Redirection) -> str:
        path = self._path(redirection)
        text = self._files.text(path)
        if text is None:
            raise Failed(f"sh: can't open {path}: no such file")
        return text

    def _own(self, words: list[str], stdin: str) -> Ran:
        """Programs of the shell itself, and all others."""
        memory = self._memory
        match words[0]:
            case "exit":
                memory.code = int(words[1][-9:]) % 256 if words[1:] and is_whole(words[1]) else memory.code
                memory.ended = True
                raise _Ended
            case "break" | "continue":
                raise _Broken(goes_on=words[0] == "continue")
            case "export":
                for name, _equals, value in (word.partition("=") for word in words[1:] if "=" in word):
                    memory.variables[name] = value
                return Ran()
            case "set":
                memory.errexit = any(word.startswith("-") and "e" in word for word in words[1:])
                return Ran()
            case "cd":
                memory.variables["PWD"] = words[1] if words[1:] else "/root"
                return Ran()
            case "read":
                line, _newline, _rest = stdin.partition("\n")
                memory.variables.update({name: line for name in words[-1:] if words[1:]})
                return Ran(code=0 if stdin else 1)
        return self._run(words, stdin)

    def _redirected(self, ran: Ran, redirections: Sequence[Redirection], printed: Printed) -> None:
        out, err = ran.out, ran.err
        for redirection in redirections:
            match redirection.operator:
                case "2>&1":
                    out, err = out + err, ""
                case "1>&2" | ">&2":
                    out, err = "", err + out
                case ">" | ">>" | "&>":
                    both = out + err if redirection.operator == "&>" else out
                    err = "" if redirection.operator == "&>" else err
                    self._write(redirection, both)
                    out = ""
                case "2>" | "2>>":
                    self._write(redirection, err)
                    err = ""
        printed.add(out, err)

    def _write(self, redirection: Redirection, text: str) -> None:
        path = self._path(redirection)
        if path == "/dev/null":
            return
        before = (self._files.text(path) or "") if redirection.operator.endswith(">>") else ""
        self._files.write(path, before + text)

    def _path(self, redirection: Redirection) -> str:
        return absolute(self._text(redirection.target), self._memory.variables.get("PWD", "/"))

    # --- words ------------------------------------------------------------------------------------

    def _words(self, words: Sequence[Word]) -> list[str]:
        return [text for word in words for text in self._divided(word)]

    def _divided(self, word: Word) -> list[str]:
        """A word after its expansions: several where one of them that is not quoted has spaces."""
        found: list[str] = []
        current: str | None = None
        for piece in word:
            if piece.quote or ("$" not in piece.text and "`" not in piece.text):
                current = (current or "") + self._expanded(piece.text, piece.quote)
                continue
            text = self._expanded(piece.text, "")
            parts = text.split()
            if text[:1].isspace() and current is not None:
                found, current = [*found, current], None
            for index, part in enumerate(parts):
                if index and current is not None:
                    found, current = [*found, current], None
                current = (current or "") + part
            if parts and text[-1:].isspace() and current is not None:
                found, current = [*found, current], None
        return found if current is None else [*found, current]

    def _text(self, word: Word) -> str:
        return "".join(self._expanded(piece.text, piece.quote) for piece in word)

    def _expanded(self, text: str, quote: str) -> str:
        if quote == "'":
            return text
        done, index = "", 0
        while index < len(text):
            if quote and (escaped := _ESCAPED.match(text, index)) is not None:
                done, index = done + escaped[1], index + 2
            elif text.startswith("$(", index) or text[index] == "`":
                end = substitution_end(text, index)
                done, index = done + self._substituted(text[index:end]), end
            elif (named := _VARIABLE.match(text, index)) is not None:
                done, index = done + self._variable(named), named.end()
            else:
                done, index = done + text[index], index + 1
        return done

    def _variable(self, named: re.Match[str]) -> str:
        name = named[1] or named[2]
        if name == "?":
            return str(self._memory.code)
        value = {"$": "42", "#": "0", "0": "sh"}.get(name, self._memory.variables.get(name, ""))
        if named[3] and named[3].endswith(("-", "=")) and not value:
            value = self._expanded(named[4], '"')
            if named[3].endswith("="):
                self._memory.variables[name] = value
        elif named[3] and named[3].endswith("+"):
            value = self._expanded(named[4], '"') if value else ""
        return value

    def _substituted(self, text: str) -> str:
        if text.startswith("$((") and text.endswith("))"):
            return str(self._sum(text[3:-2]))
        memory = Memory(dict(self._memory.variables), self._memory.code)
        inner = Shell(self._files, self._run, memory, self.budget)
        ran = inner.script(text[1:-1] if text[0] == "`" else text[2:-1])
        self._done.add("", ran.err)
        self._memory.code = ran.code
        return ran.out.rstrip("\n")

    def _sum(self, text: str) -> int:
        found = reckoned(self._expanded(text, ""), self._memory.variables)
        if found is None:
            self._done.add("", f"sh: arithmetic syntax error: {text.strip()}\n")
            self._memory.code = 2
            raise _Ended
        return found
