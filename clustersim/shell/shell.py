"""The shell: runs what grammar.py reads.

A loop without end is cut off. A program may ask for a pause (`Ran.pause`): where somebody can go on from
there, the script stops after that program, and says where it stands.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

import msgspec

from clustersim.i18n import Message, _
from clustersim.shell import arrays
from clustersim.shell.arithmetic import reckoned
from clustersim.shell.budget import MOST_COMMANDS, Budget, Endless, Printed
from clustersim.shell.expanding import Expander, Memory
from clustersim.shell.functions import Calls
from clustersim.shell.grammar import (
    Case,
    For,
    Function,
    Group,
    If,
    List,
    Node,
    Pipeline,
    Simple,
    While,
    functions_in,
    parse,
)
from clustersim.shell.own import Broken, Ended, Returned, own
from clustersim.shell.patterns import fits
from clustersim.shell.pausing import Frame, Paused, standing
from clustersim.shell.ran import Failed, Files, Ran
from clustersim.shell.reading import Input
from clustersim.shell.redirected import Redirected
from clustersim.shell.words import ShellError

_PRICE: Final = 1000
"""Characters that count as another command when one reads or prints them."""
_DEAR: Final = {"curl": 20, "wget": 20, "nslookup": 20}
"""Commands for which much is looked up."""

_TOO_LONG: Final = _("This goes on without end, or for long; it is cut off after {most} commands.")


Run = Callable[[Sequence[str], str], Ran]
"""Runs a program, given its words and what it reads."""


class Shell:
    """Runs scripts. `run`: a program that is not the shell's own. budget: of the script that started it.
    printed: where what it prints goes. elsewhere: files and programs of another place. pausing: it stops at
    pauses, which else are passed over. folders: it goes only into those that there are.
    """

    def __init__(
        self,
        files: Files,
        run: Run,
        memory: Memory,
        budget: Budget | None = None,
        printed: Printed | None = None,
        elsewhere: Callable[[str], tuple[Files, Run]] | None = None,
        *,
        pausing: bool = False,
        folders: bool = False,
    ) -> None:
        self._files = files
        self._run = run
        self._memory = memory
        self.budget = budget or Budget()
        self._done = printed or Printed()
        self._elsewhere = elsewhere
        self._pausing, self._folders = pausing, folders
        self._expand = Expander(memory, self._substituted, braces=elsewhere is not None)
        self._calls = Calls(memory.variables)
        self._redirected = Redirected(files, memory.variables, self._expand)
        self._note: Message | None = None

    def script(self, text: str, stdin: Input | None = None, back: Sequence[Frame] = ()) -> Ran:
        """Run a script to its end. back: where it stood, if it has begun. Raises ShellError where it is
        unfinished, Paused where it stops on its way."""
        try:
            commands = parse(text)
        except ShellError as error:
            if error.unfinished:
                raise
            return Ran(err=f"{error}\n", code=2)
        if back:
            self._calls.known |= {one.name: one.body for one in functions_in(commands)}
        try:
            self.budget.enter()
            self._list(commands, stdin or Input(), self._done, back)
        except (Ended, Broken, Returned):
            pass
        except Endless:
            self._note = Message(_TOO_LONG, {"most": MOST_COMMANDS})
            self._memory.code = 130
        finally:
            self.budget.depth -= 1
        return Ran(self._done.out, self._done.err, self._memory.code, self._note)

    # --- commands ---------------------------------------------------------------------------------

    def _list(self, commands: List, stdin: Input, printed: Printed, back: Sequence[Frame] = ()) -> None:
        first = back[0].at if back else 0
        for index, (pipeline, following) in enumerate(pairwise((*commands, None))):
            assert pipeline is not None
            inside = back[1:] if back and index == first else ()
            went_well = self._memory.code == 0
            passed_over = pipeline.joint and went_well != (pipeline.joint == "&&")
            if index < first or (passed_over and not inside):
                continue
            with standing(Frame(at=index)):
                self._pipeline(pipeline, stdin, printed, inside)
            tested = pipeline.negated or (following is not None and following.joint)
            if self._memory.errexit and self._memory.code and not tested:
                raise Ended

    def _pipeline(self, pipeline: Pipeline, stdin: Input, printed: Printed, back: Sequence[Frame]) -> None:
        *first, last = pipeline.nodes
        begin = back[0].at if back else 0
        stdin = Input(back[0].stdin) if begin else stdin
        for index, node in enumerate(first):
            if index < begin:
                continue
            between, inside = Printed(), back[1:] if index == begin else ()
            between.out = back[0].out if back and index == begin else ""
            try:
                if not back or index != begin or inside:
                    self._node(node, stdin, between, inside)
            except Paused as paused:
                paused.frames.append(Frame(at=index, stdin=stdin.text, out=between.out))
                raise
            finally:
                printed.add("", between.err)
            stdin = Input(between.out)
        inside = back[1:] if begin == len(first) else ()
        if not back or begin < len(first) or inside:
            try:
                self._node(last, stdin, printed, inside)
            except Paused as paused:
                paused.frames.append(Frame(at=len(first), stdin=stdin.text if first else ""))
                raise
        if pipeline.negated:
            self._memory.code = int(not self._memory.code)

    def _node(self, node: Node, stdin: Input, printed: Printed, back: Sequence[Frame] = ()) -> None:
        match node:
            case Simple():
                self._simple(node, stdin, printed, back)
            case Group():
                self._group(node, stdin, printed, back)
            case For():
                self._for(node, stdin, printed, back)
            case While():
                self._while(node, stdin, printed, back)
            case If():
                self._if(node, stdin, printed, back)
            case Case():
                self._case(node, stdin, printed, back)
            case Function():
                self._calls.known[node.name] = node.body
                self._memory.code = 0

    def _group(self, node: Group, stdin: Input, printed: Printed, back: Sequence[Frame]) -> None:
        inner, fed = Printed() if node.redirections else printed, False
        if node.redirections and back:
            inner.out = back[0].out
        try:
            for redirection in node.redirections:
                if redirection.operator == "<":
                    stdin, fed = Input(back[0].stdin if back else self._redirected.read(redirection)), True
            self._list(node.body, stdin, inner, back[1:])
        except Failed as failed:
            printed.add("", f"{failed.text}\n")
            self._memory.code = 1
        except Paused as paused:
            held = Frame(out=inner.out if node.redirections else "", stdin=stdin.text if fed else "")
            paused.frames.append(held)
            raise
        if node.redirections:
            self._redirected.put(Ran(inner.out, inner.err, self._memory.code), node.redirections, printed)

    def _for(self, node: For, stdin: Input, printed: Printed, back: Sequence[Frame]) -> None:
        if not back:
            self._memory.code = 0
        left = [*back[0].left] if back else self._expand.words(node.words)
        goes_on, inside = True, back[1:]
        while goes_on and (left or inside):
            if not inside:
                self._memory.variables[node.name] = left.pop(0)
            with standing(Frame(left=tuple(left))):
                goes_on = self._turn(node.body, stdin, printed, inside)
            inside = ()

    def _if(self, node: If, stdin: Input, printed: Printed, back: Sequence[Frame]) -> None:
        """`at` of its frame: 2 for each branch, and 1 more within what follows its condition."""
        first, within = divmod(back[0].at, 2) if back else (0, 0)
        for index, (condition, body) in enumerate(node.branches[first:], first):
            inside = back[1:] if index == first else ()
            if not (inside and within):
                with standing(Frame(at=2 * index)):
                    holds = self._holds(condition, stdin, printed, inside)
                inside = ()
                if not holds:
                    continue
                self._memory.code = 0
            with standing(Frame(at=2 * index + 1)):
                self._list(body, stdin, printed, inside)
            return
        inside = back[1:] if first == len(node.branches) else ()
        if not inside:
            self._memory.code = 0
        with standing(Frame(at=2 * len(node.branches))):
            self._list(node.otherwise, stdin, printed, inside)

    def _case(self, node: Case, stdin: Input, printed: Printed, back: Sequence[Frame]) -> None:
        first = back[0].at if back else 0
        text = "" if back else self._expand.text(node.word)
        for index, (patterns, body) in enumerate(node.branches[first:], first):
            if back or any(fits(self._expand.pattern(one), text) for one in patterns):
                self._memory.code = self._memory.code if back else 0
                with standing(Frame(at=index)):
                    self._list(body, stdin, printed, back[1:])
                return
        self._memory.code = 0

    def _call(
        self, words: Sequence[str], node: Simple, stdin: Input, printed: Printed, back: Sequence[Frame] = ()
    ) -> None:
        """A function of the script: a group of commands that has words of its own."""
        if (body := self._calls.known.get(words[0])) is None:
            return
        pipeline = Pipeline("", negated=False, nodes=(body,))
        try:
            self.budget.enter()
            with self._calls.call(words, back[0] if back else None):
                self._group(Group((pipeline,), node.redirections), stdin, printed, back[1:])
        finally:
            self.budget.depth -= 1

    def _while(self, node: While, stdin: Input, printed: Printed, back: Sequence[Frame]) -> None:
        """`at` of its frame: 0 within the condition, 1 within the body; its exit code: of the last turn."""
        code, inside, within = (back[0].code, back[1:], back[0].at) if back else (0, (), 0)
        goes_on = True
        while goes_on:
            if not within:
                with standing(Frame(at=0, code=code)):
                    holds = self._holds(node.condition, stdin, printed, inside)
                inside = ()
                if holds is node.until:
                    break
            with standing(Frame(at=1, code=code)):
                goes_on = self._turn(node.body, stdin, printed, inside)
            code, inside, within = self._memory.code, (), 0
            self.budget.spend()
        self._memory.code = code

    def _turn(self, body: List, stdin: Input, printed: Printed, back: Sequence[Frame]) -> bool:
        """A turn of a loop; False: it is the last."""
        try:
            self._list(body, stdin, printed, back)
        except Broken as broken:
            return broken.goes_on
        return True

    def _holds(self, condition: List, stdin: Input, printed: Printed, back: Sequence[Frame]) -> bool:
        errexit, self._memory.errexit = self._memory.errexit, False
        try:
            self._list(condition, stdin, printed, back)
        finally:
            self._memory.errexit = errexit
        return self._memory.code == 0

    def _simple(self, node: Simple, stdin: Input, printed: Printed, back: Sequence[Frame] = ()) -> None:
        memory = self._memory
        if back and back[0].left:
            self._call(back[0].left, node, stdin, printed, back)
            return
        if back:
            self._inner(node, back[0], printed, back[1:])
            return
        for name, value in node.assigned:
            memory.variables[name] = self._expand.text(value)
            self.budget.spend(len(memory.variables[name]) // _PRICE)
        for name, elements in node.arrays:
            arrays.assign(memory.variables, name, self._expand.words(elements))
        words = self._expand.words(node.words)
        self.budget.spend(sum(map(len, words)) // _PRICE)
        self.budget.spend(_DEAR.get(words[0], 1) if words else 1)
        if words and words[0] in self._calls.known:
            self._call(words, node, stdin, printed)
            return
        try:
            for redirection in node.redirections:
                if redirection.operator == "<":
                    stdin = Input(self._redirected.read(redirection))
            ran = self._program(words, stdin) if words else Ran()
            if ran.inner is not None:
                self._inner(node, ran.inner, printed)
                return
            self.budget.spend((len(stdin.text) + len(ran.out)) // _PRICE)
            self._redirected.put(ran, node.redirections, printed)
        except Failed as failed:
            ran = Ran("", f"{failed.text}\n" if failed.text else "", 1, failed.note)
            printed.add("", ran.err)
        memory.code = ran.code
        self._note = self._note or ran.note
        self.budget.owe(ran.pause)
        if self._pausing and self.budget.owed is not None:
            raise Paused(self.budget.paid())

    def _inner(self, node: Simple, frame: Frame, printed: Printed, back: Sequence[Frame] = ()) -> None:
        """A script of its own, at its place (`ssh n1 '...'`)."""
        assert self._elsewhere is not None
        files, run = self._elsewhere(frame.place)
        held = Printed() if node.redirections else printed
        if node.redirections:
            held.out = frame.out
        memory, fed = Memory(dict(frame.variables), frame.code, frame.errexit), Input(frame.stdin)
        shell = Shell(files, run, memory, self.budget, held, self._elsewhere, pausing=self._pausing)
        try:
            ran = shell.script(frame.text, fed, back)
        except ShellError as error:
            ran = Ran(err=f"{error}\n".replace("sh:", "bash: line 1:", 1), code=2)
            held.add("", ran.err)
        except Paused as paused:
            place = msgspec.structs.replace(
                frame,
                stdin=fed.text,
                out=held.out if node.redirections else "",
                variables=memory.variables,
                code=memory.code,
                errexit=memory.errexit,
            )
            paused.frames.append(place)
            raise
        if node.redirections:
            self._redirected.put(Ran(held.out, held.err, ran.code), node.redirections, printed)
        self._memory.code = ran.code
        self._note = self._note or ran.note

    def _program(self, words: list[str], stdin: Input) -> Ran:
        """One of the shell itself, or any other."""
        if words[0] in ("local", "shift"):
            return self._calls.own(words)
        ran = own(words, stdin, self._memory, self._files if self._folders else None)
        return self._run(words, stdin.text) if ran is None else ran

    # --- what stands in $(...) --------------------------------------------------------------------

    def _substituted(self, text: str) -> str:
        if text.startswith("$((") and text.endswith("))"):
            return str(self._sum(text[3:-2]))
        memory = Memory(dict(self._memory.variables), self._memory.code)
        inner = Shell(self._files, self._run, memory, self.budget, None, self._elsewhere)
        inner._calls.known |= self._calls.known
        ran = inner.script(text[1:-1] if text[0] == "`" else text[2:-1])
        self._done.add("", ran.err)
        self._memory.code = ran.code
        return ran.out.rstrip("\n")

    def _sum(self, text: str) -> int:
        found = reckoned(self._expand.expanded(text, ""), self._memory.variables)
        if found is None:
            self._done.add("", f"sh: arithmetic syntax error: {text.strip()}\n")
            self._memory.code = 2
            raise Ended
        return found
