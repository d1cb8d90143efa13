"""Lines with variables, loops, conditions or pauses: run as a shell runs them, each command at the console.

    for node in n1 n2 n3; do ssh $node docker ps -q; done
    IP=$(kubectl get svc tomcat -o jsonpath={.spec.clusterIP}); curl $IP:8080
    while true; do kubectl get pods; sleep 5; done

What stands before the first `sleep` is done at once, and as simulated time passes the line goes on from
there. A command that asks something of a machine is such a pause, too, of no length: what it asks for is done
before the next command looks. Where a script stands is plain data (`Place`) that goes out with its answer and
comes back with the next question, so that nothing is kept of it here.
"""

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from clustersim.bounds import MOST_HELD
from clustersim.console.answer import Answer, Follow, Said
from clustersim.console.lines import read, words_of
from clustersim.console.places import ssh_words
from clustersim.console.shell import small_words
from clustersim.console.shell.filters import FILTERS
from clustersim.console.shell.variables import names_variables, with_values
from clustersim.digits import is_whole
from clustersim.engine.time import MILLISECOND
from clustersim.i18n import Message, _
from clustersim.programs import slept
from clustersim.shell.budget import MOST_COMMANDS, Budget, Printed
from clustersim.shell.expanding import Memory
from clustersim.shell.pausing import DEEPEST_PLACE, Frame, Paused, Place
from clustersim.shell.ran import Failed, Files, Ran
from clustersim.shell.shell import Run
from clustersim.shell.shell import Shell as Script
from clustersim.shell.words import ShellError

if TYPE_CHECKING:
    from clustersim.console.console import Shell

_KUBECTL: Final = 20
_PODS: Final = 100
"""One of kubectl counts as so many commands, and as one more for so many pods that there are."""
MOST_VARIABLES: Final = 20
LONGEST_VARIABLE: Final = 1000
"""What is remembered from one line to the next, and characters of one value."""

_QUOTED: Final = re.compile(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"|\\.")
_BEGINS: Final = re.compile(
    r"(?:^|[;|&({]|\b(?:do|then|else)\s)\s*(?:on\s\S+:?\s+(?=(?:for|while|until|if)\s))?"
    r"(?:(?:for|while|until|if|case|function|sleep)\s|!\s|[({]\s|[A-Za-z_][\w-]*\s?\(\)"
    r"|(?:export\s+)?[A-Za-z_]\w*=)"
)
_CHANGES: Final = re.compile(r"(?:^|[;|&])\s*(?:eval|local|read|set|shift|unset)\s|(?<!\$)\(")
"""What changes variables along a line, or has some of its own."""
_SEVERAL: Final = re.compile(r";|&&|\|\||\n")
_HOLDS_TOO_MUCH: Final = _(
    "This script ends at its pause: it would have to remember more than {most} characters."
)
_WAITS: Final = _("Within a script nothing waits but sleep.")


def script_of(text: str) -> str | None:
    """The script that a line is: as it stands, or what `watch` makes of its command. None: it is none. Raises
    Said."""
    if is_script(text):
        return text
    if "ssh" in text and (remote := _remote(text)) is not None:
        return remote
    first = text.strip()
    if not first.startswith("watch ") or len(steps := read(first)) != 1 or len(steps[0].stages) != 1:
        return None
    rest = list(words_of(first, lambda inner: f"$({inner})"))[1:]
    pause = "2"
    while rest and rest[0].startswith("-"):
        option, _equals, value = rest.pop(0).partition("=")
        if option in ("-n", "--interval"):
            pause = value or (rest.pop(0) if rest else pause)
        elif option[:2] == "-n":
            pause = option[2:]
    return f"while true; do\n{' '.join(rest)}\nsleep {pause}\ndone" if rest else None


def _remote(text: str) -> str | None:
    """A line by which a script runs on a machine, in one word or pasted below; None: there is none."""
    for step in (steps := read(text)):
        for stage in step.stages:
            if stage.text.split(maxsplit=1)[:1] != ["ssh"]:
                continue
            words = list(words_of(stage.text, lambda inner: f"$({inner})"))
            name, line = ssh_words(words[1:])
            if (
                line
                and stage.pasted is None
                and (is_script(line) or _SEVERAL.search(_QUOTED.sub("''", line)))
            ):
                return text
            if not line and stage.pasted is not None and len(steps) == len(step.stages) == 1:
                return f"ssh {name} {shlex.quote(stage.pasted)}"
    return None


def redraws(text: str) -> bool:
    """What it prints stands in place of what it has printed."""
    return text.lstrip().startswith("watch ")


def is_script(text: str) -> bool:
    """Its first line sets or names a variable, or has a loop, a condition or a pause."""
    first = text.partition("\n")[0]
    if "<<" in first:
        return False
    return _begins(first) or names_variables(first)


def _begins(first: str) -> bool:
    return _BEGINS.search(_QUOTED.sub("''", first)) is not None


def expanded(text: str, variables: Mapping[str, str]) -> str:
    """A line that only names variables, with their values; any other line as it stands."""
    first, newline, below = text.partition("\n")
    bare = _QUOTED.sub("''", first)
    if "<<" in bare or _begins(first) or _CHANGES.search(bare) or not names_variables(first):
        return text
    told = with_values(first, variables)
    return text if told is None else f"{told}{newline}{below}"


class _Screen(Printed):
    """Complaints stand where they were made."""

    def add(self, out: str, err: str) -> None:
        super().add(out + err, "")


class Running:
    """One run of a script, up to its next pause. place: where it stands, if it has begun."""

    def __init__(self, shell: "Shell", place: Place | None = None) -> None:
        self._shell = shell
        self._place = place
        self._budget = Budget(MOST_COMMANDS - (place.spent if place is not None else 0))
        self._printed = _Screen()
        self._note: Message | None = None

    def run(self, text: str) -> Answer:
        """To its end, or to the next pause. Raises Said where it is no script."""
        shell = self._shell
        frames = self._place.frames if self._place is not None else ()
        begin = frames[0] if frames else Frame(variables=shell.variables)
        memory, elsewhere = Memory(dict(begin.variables), begin.code, begin.errexit), self._elsewhere
        follow, code = None, 0
        try:
            files, run = elsewhere("")
            script = Script(files, run, memory, self._budget, self._printed, elsewhere, pausing=True)
            ran = script.script(text, None, frames[1:])
            self._note, code = ran.note or self._note, ran.code
            if not self._printed.out and ran.err:
                raise Said(_told(ran.err))
        except ShellError as error:
            raise Said(_told(str(error))) from None
        except Paused as paused:
            outermost = Frame(variables=memory.variables, code=memory.code, errexit=memory.errexit)
            follow = self._follow(paused, (outermost, *reversed(paused.frames)))
        return Answer(
            text=self._printed.out.removesuffix("\n"),
            note=self._note,
            ok=not code,
            code=code,
            variables=kept(memory.variables),
            follow=follow,
        )

    def _follow(self, paused: Paused, frames: tuple[Frame, ...]) -> Follow | None:
        """From where it goes on; None where too much is held."""
        now = max(self._shell.cluster.now, 0)
        since = min(now + paused.milliseconds * MILLISECOND, 2**53)
        spent = 0 if paused.milliseconds else MOST_COMMANDS - self._budget.left
        place = Place(frames, spent)
        if len(msgspec.json.encode(place)) > MOST_HELD or len(frames) > DEEPEST_PLACE:
            self._note = Message(_HOLDS_TOO_MUCH, {"most": MOST_HELD})
            return None
        return Follow(since=since, at_once=since <= now, place=place)

    def _elsewhere(self, place: str) -> tuple[Files, Run]:
        """Files and programs of a machine, "": of where the script runs."""
        files = self._shell.files_at(place)
        noticing = FilesHere(files, lambda path, text: self._wrote(files, path, text, place))
        return noticing, lambda words, stdin: self._command(words, stdin, place)

    def _wrote(self, files: Files, path: str, text: str | None, place: str) -> None:
        """What is written on a machine is to be there for the next command."""
        files.write(path, text)
        if place or self._shell.place:
            self._budget.owe(0)

    def _command(self, words: Sequence[str], stdin: str, place: str) -> Ran:
        if words[0] == "sleep":
            return _sleep(words[1:])
        if words[0] in ("kubectl", "k", "ssh", "on"):
            self._budget.spend(_KUBECTL + len(self._shell.api.store.get("pods", ())) // _PODS)
        if not place and (inner := self._shell.inner(words, stdin)) is not None:
            return Ran(inner=inner)
        piped = bool(stdin) or words[0] == "xargs" or _filters_nothing(words)
        answer = self._shell.within(list(words), stdin, piped=piped, place=place)
        if answer.follow is not None or answer.edit is not None:
            self._note = Message(_WAITS)
        text, complaints = answer.streams
        told = [*self._shell.api.warnings, *([complaints] if complaints else [])]
        self._shell.api.warnings.clear()
        out = f"{text}\n" if text else ""
        pause = 0 if answer.commands else None
        return Ran(out, "".join(f"{line}\n" for line in told), answer.status, answer.note, pause)


def _sleep(words: Sequence[str]) -> Ran:
    milliseconds = slept(words)
    if milliseconds is None:
        missing = "sleep: missing operand" if not words else f"sleep: invalid time interval '{words[0]}'"
        raise Failed(missing)
    return Ran(pause=milliseconds)


def _told(error: str) -> str:
    return error.rstrip("\n").replace("sh:", "-bash:", 1)


def _filters_nothing(words: Sequence[str]) -> bool:
    """A filter that names no file: what it reads is empty."""
    names = [word for word in words[1:] if not word.startswith("-") and not is_whole(word)]
    return words[0] in FILTERS and len(names) <= (words[0] in ("awk", "grep", "sed", "tr"))


def kept(variables: Mapping[str, str]) -> dict[str, str]:
    """What of them is remembered: the latest, as far as there is room, beside what every shell has."""
    usual = small_words.usual("")
    small = [(name, value) for name, value in variables.items() if len(value) <= LONGEST_VARIABLE]
    return dict([(name, value) for name, value in small if name not in usual][-MOST_VARIABLES:])


class FilesHere(Files):
    """Files where a line is typed. write: keeps one of them, or removes it."""

    def __init__(self, files: Files, write: Callable[[str, str | None], None]) -> None:
        self._files = files
        self._write = write

    def text(self, path: str) -> str | None:
        return self._files.text(path)

    def write(self, path: str, text: str | None) -> None:
        self._write(path, text)

    def is_directory(self, path: str) -> bool:
        return self._files.is_directory(path)
