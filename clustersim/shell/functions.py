"""Functions of a script: which there are, and the words and variables that each call has for itself (POSIX,
Shell Command Language 2.9.5; `local` as busybox and bash have it)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from clustersim.digits import is_whole
from clustersim.shell.expanding import arguments, with_arguments
from clustersim.shell.grammar import Node
from clustersim.shell.own import Returned
from clustersim.shell.pausing import Frame, Paused
from clustersim.shell.ran import Ran


class Calls:
    """Of one shell. known: its functions, by name. variables: of the whole shell."""

    def __init__(self, variables: dict[str, str]) -> None:
        self.known: dict[str, Node] = {}
        self._variables = variables
        self._before: list[dict[str, str | None]] = []
        """What variables were before each call that is running; None: they were not there."""

    @contextmanager
    def call(self, words: Sequence[str], frame: Frame | None) -> Iterator[None]:
        """While a function runs. frame: where it stood, if it has begun: its name and, of the variables
        outside, those that are not there and those that are."""
        before: dict[str, str | None] = {}
        if frame is not None:
            before |= dict.fromkeys(frame.left[1:]) | frame.variables
        else:
            before |= self._taken()
            self._variables |= with_arguments(words[1:])
        self._before.append(before)
        try:
            yield
        except Returned:
            pass
        except Paused as paused:
            absent = (name for name, value in before.items() if value is None)
            there = {name: value for name, value in before.items() if value is not None}
            paused.frames.append(Frame(left=(words[0], *absent), variables=there))
            raise
        finally:
            self._before.pop()
        self._taken()
        for name, value in before.items():
            if value is None:
                self._variables.pop(name, None)
            else:
                self._variables[name] = value

    def own(self, words: Sequence[str]) -> Ran:
        """local and shift."""
        if words[0] == "shift":
            number = int(words[1][:4]) if words[1:] and is_whole(words[1]) else 1
            left = arguments(self._variables)[number:]
            self._taken()
            self._variables |= with_arguments(left)
            return Ran()
        if not self._before:
            return Ran(err="sh: local: not in a function\n", code=1)
        for name, equals, value in (word.partition("=") for word in words[1:]):
            self._before[-1].setdefault(name, self._variables.get(name))
            if equals:
                self._variables[name] = value
        return Ran()

    def _taken(self) -> dict[str, str]:
        """The words of the call that is running; they are gone."""
        names = [name for name in self._variables if name in ("#", "@", "*") or name.isdigit()]
        return {name: self._variables.pop(name) for name in names}
