"""Lines with variables, loops, conditions or pauses: run as a shell runs them, each command at the console.

    for node in n1 n2 n3; do ssh $node docker ps -q; done
    IP=$(kubectl get svc tomcat -o jsonpath={.spec.clusterIP}); curl $IP:8080
    while true; do kubectl get pods; sleep 5; done

What stands before the first `sleep` is done at once. As simulated time passes the line goes on: it is run
anew to the same pause, of which nothing is printed or done, and then to the next. So nothing needs to be kept
of it, and its conditions hold or fail as things are by then.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from clustersim.console.answer import Answer, Follow, Said
from clustersim.console.lines import read, words_of
from clustersim.console.shell import small_words
from clustersim.console.shell.filters import FILTERS
from clustersim.digits import is_whole
from clustersim.engine.time import MILLISECOND
from clustersim.i18n import Message, _
from clustersim.programs import slept
from clustersim.shell.grammar import Pipeline, ShellError, Simple, While, parse
from clustersim.shell.ran import Failed, Files, Ran
from clustersim.shell.shell import Budget, Memory, Printed
from clustersim.shell.shell import Shell as Script

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
    r"(?:^|[;|&({]|\b(?:do|then|else)\s)\s*"
    r"(?:(?:for|while|until|if|sleep)\s|!\s|[({]\s|(?:export\s+)?[A-Za-z_]\w*=)"
)
_VARIABLE: Final = re.compile(r"\$(?:[A-Za-z_]|\{)")
_WAITS: Final = _("Within a script nothing waits but sleep.")


class _Asleep(Exception):
    """The line pauses, for so many milliseconds."""

    def __init__(self, milliseconds: int) -> None:
        super().__init__()
        self.milliseconds = milliseconds


def script_of(text: str) -> str | None:
    """The script that a line is: as it stands, or what `watch` makes of its command. None: it is none. Raises
    Said."""
    if is_script(text):
        return text
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


def redraws(text: str) -> bool:
    """What it prints stands in place of what it has printed."""
    return text.lstrip().startswith("watch ")


def is_script(text: str) -> bool:
    """Its first line sets or names a variable, or has a loop, a condition or a pause."""
    first = text.partition("\n")[0]
    if "<<" in first:
        return False
    bare = _QUOTED.sub("''", first)
    return _BEGINS.search(bare) is not None or _VARIABLE.search(bare) is not None


class _Screen(Printed):
    """Complaints stand where they were made."""

    def add(self, out: str, err: str) -> None:
        super().add(out + err, "")


class Running:
    """One run of a script. passed: the pauses of it that are over."""

    def __init__(self, shell: "Shell", passed: int = 0) -> None:
        self._shell = shell
        self._passed = passed
        self._pauses = 0
        self._budget = Budget()
        self._printed = _Screen()
        self._note: Message | None = None

    def run(self, text: str) -> Answer:
        """To its end, or to the next pause. Raises Said where it is no script."""
        shell, memory = self._shell, Memory(self._shell.variables)
        follow, code = None, 0
        self._passed = _same_place(text, self._passed)
        try:
            ran = Script(shell.files, self._command, memory, self._budget, self._printed).script(text)
            self._note, code = ran.note or self._note, ran.code
            if not self._printed.out and ran.err:
                raise Said(ran.err.rstrip("\n").replace("sh:", "-bash:", 1))
        except ShellError as error:
            raise Said(str(error).replace("sh:", "-bash:", 1)) from None
        except _Asleep as asleep:
            awake = max(shell.cluster.now, 0) + asleep.milliseconds * MILLISECOND
            follow = Follow(since=min(awake, 2**53), told=self._pauses)
        return Answer(
            text=self._printed.out.removesuffix("\n"),
            note=self._note,
            ok=not code,
            code=code,
            variables=kept(memory.variables),
            follow=follow,
        )

    def _command(self, words: Sequence[str], stdin: str) -> Ran:
        if words[0] == "sleep":
            return self._sleep(words[1:])
        if words[0] in ("kubectl", "k", "ssh", "on"):
            self._budget.spend(_KUBECTL + len(self._shell.api.store.get("pods", ())) // _PODS)
        piped = bool(stdin) or words[0] == "xargs" or _filters_nothing(words)
        answer = self._shell.within(list(words), stdin, piped=piped)
        if answer.follow is not None or answer.edit is not None:
            self._note = Message(_WAITS)
        text, complaints = answer.streams
        told = [*self._shell.api.warnings, *([complaints] if complaints else [])]
        self._shell.api.warnings.clear()
        out = f"{text}\n" if text else ""
        return Ran(out, "".join(f"{line}\n" for line in told), answer.status, answer.note)

    def _sleep(self, words: Sequence[str]) -> Ran:
        milliseconds = slept(words)
        if milliseconds is None:
            missing = "sleep: missing operand" if not words else f"sleep: invalid time interval '{words[0]}'"
            raise Failed(missing)
        if self._pauses == self._passed:
            self._pauses += 1
            raise _Asleep(milliseconds)
        self._pauses += 1
        self._printed.out = ""
        self._shell.forget()
        return Ran()


def _same_place(text: str, passed: int) -> int:
    """The earliest pause after which a script goes on as after this one: a loop without end that remembers
    nothing is in each turn what it was in the first."""
    try:
        commands = parse(text)
    except ShellError:
        return passed
    match commands:
        case (Pipeline(nodes=(While(until=False) as loop,)),) if _is_true(loop.condition):
            simple = [node for pipeline in loop.body for node in pipeline.nodes if isinstance(node, Simple)]
            plain = len(simple) == sum(len(pipeline.nodes) for pipeline in loop.body)
            pauses = sum(_word(node) == "sleep" for node in simple)
            if plain and pauses and not any(node.assigned or _word(node) == "break" for node in simple):
                return (passed - 1) % pauses + 1 if passed else 0
    return passed


def _is_true(condition: tuple[Pipeline, ...]) -> bool:
    nodes = [node for pipeline in condition for node in pipeline.nodes]
    return len(nodes) == 1 and isinstance(nodes[0], Simple) and _word(nodes[0]) in ("true", ":")


def _word(node: Simple) -> str:
    return "".join(piece.text for piece in node.words[0]) if node.words else ""


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
    """Files where a line is typed. text: what is in one; write: keeps one, or removes it."""

    def __init__(self, text: Callable[[str], str | None], write: Callable[[str, str | None], None]) -> None:
        self._text = text
        self._write = write

    def text(self, path: str) -> str | None:
        return self._text(path)

    def write(self, path: str, text: str | None) -> None:
        self._write(path, text)

    def is_directory(self, path: str) -> bool:
        return path in ("/", "/root", "/tmp", "/etc")  # noqa: S108 (a path in a model)
