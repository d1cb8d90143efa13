"""One command line: whose it is, and what it answers."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from clustersim.console import home, nodes
from clustersim.console.answer import Answer, Follow, Said
from clustersim.console.api import Api
from clustersim.console.kubectl.verbs import GO_ON, INTERRUPTED, divided
from clustersim.console.lines import Stage, Step, read, words_of
from clustersim.console.nodes import reading_files
from clustersim.console.nodes.host import Host
from clustersim.console.nodes.machine_files import MachineFiles
from clustersim.console.nodes.names import LEAVING
from clustersim.console.nodes.sessions import session_of
from clustersim.console.nodes.systemd import journalctl
from clustersim.console.pasted import Reading
from clustersim.console.places import compound, on_words, ssh_words, without_sudo
from clustersim.console.shell import file_commands, kept_files, small_words
from clustersim.console.shell.filters import FILTERS
from clustersim.console.shell.kept_files import KeptFiles
from clustersim.console.shell.redirections import NOWHERE, Redirections, redirected
from clustersim.console.shell.scripts import FilesHere, Running
from clustersim.i18n import Message, _
from clustersim.shell.pausing import Frame, Place
from clustersim.shell.ran import Files

if TYPE_CHECKING:
    from clustersim.cluster import Cluster

MOST_SUBSTITUTIONS: Final = 10


class Shell:
    """One line at one place: its commands share what they have changed."""

    def __init__(
        self,
        cluster: "Cluster",
        where: str,
        pasted: Mapping[str, Reading] | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self.cluster: Cluster = cluster
        self.where = where
        self.variables = {**small_words.usual(where), **(variables or {})}
        self._at: str | None = None
        """Where the commands of this pipe run, if not where one is."""
        self.api = Api(cluster, pasted)
        self._substitutions = 0
        self._count = 0
        """Commands that ran on machines."""
        self._status = 0
        self._told_of_file: Message | None = None
        """What is to be said of the file that was written last."""
        self._changed = False
        """Something was asked of a machine, which is to be done before more of the line can see it."""
        self.answer = Answer(where=where)

    @property
    def place(self) -> str:
        """Where commands run now."""
        return self.where if self._at is None else self._at

    @property
    def files(self) -> Files:
        """Files there."""
        return self.files_at(self.place)

    def files_at(self, place: str) -> Files:
        """Files of a machine, or of the workstation."""
        place = place or self.place
        host = nodes.host_named(self.cluster, place) if place else None
        if host is None:
            return KeptFiles(self.api)
        written = MachineFiles(self.api, host)

        def keep(path: str, text: str | None) -> None:
            written.commands.clear()
            written.write(path, text)
            self._changed = True
            self._told_of_file = written.note
            self.api.commands += written.commands

        return FilesHere(written, keep)

    def known(self) -> tuple[str, ...]:
        """The commands that there are."""
        host = nodes.host_named(self.cluster, self.place) if self.place else None
        return (*small_words.NAMES, *(home.HERE if host is None else nodes.known_on(host)))

    def script(self, text: str, begun: Place | None = None) -> Answer:
        """A line with variables, loops, conditions or pauses; begun: where it stands. Raises Said."""
        before = self._at
        name, text = compound(text)
        try:
            self._at = _host(self.cluster, name).name if name else before
            answer = Running(self, begun).run(text)
        finally:
            self._at = before
        at_once = answer.follow is not None and answer.follow.at_once
        return replace(answer, commands=self.api.in_order(at_once=at_once), where=self.where)

    def inner(self, words: Sequence[str], stdin: str) -> Frame | None:
        """The script that a command of a script runs at another place: `ssh n1 '...'`. None: it is another
        command. Raises Said."""
        if words[0] == "ssh" and not self.place:
            name, line = ssh_words(words[1:])
            if line:
                host = self._reached(name)
                variables = small_words.usual(host.name)
                return Frame(stdin=stdin, text=line, place=host.name, variables=variables)
        return None

    def within(self, words: list[str], stdin: str, *, piped: bool, place: str = "") -> Answer:
        """One command of a script, at that place; those after it see what it does."""
        before = self._at
        try:
            self._at = place or before
            if words[0] == "on" and len(words) > 2:
                self._at, words = _host(self.cluster, words[1].removesuffix(":")).name, words[2:]
            answer = self.words(words, stdin, piped=piped)
        except Said as said:
            return said.answer(self.where)
        finally:
            self._at = before
        self.api.commands += answer.commands
        return answer

    def run(self, steps: Sequence[Step], *, first: int = 0, ok: bool = True) -> Answer:
        """The pipes of a line from one on, one after the other, until one goes on while time passes: the rest
        of the line waits for it. ok: what the pipe before it came to."""
        texts: list[str] = []
        note, edit, follow = None, None, None
        for index, step in enumerate(steps[first:], first):
            if (step.join == "&&" and not ok) or (step.join == "||" and ok):
                continue
            answer = self.pipe(step.stages)
            self._status = answer.status
            texts += [answer.text] if answer.text else []
            note, ok = answer.note or note, answer.ok
            edit, follow = answer.edit, answer.follow
            self.where = answer.where
            if session_of(self.where) is not None:
                break
            if follow is not None:
                follow = replace(follow, step=index)
                break
            if self._changed and index < len(steps) - 1:
                follow = Follow(since=max(self.cluster.now, 0), step=index + 1, ok=ok, at_once=True)
                break
        return Answer(
            text="\n".join(texts),
            note=note,
            ok=ok,
            commands=self.api.in_order(at_once=follow is not None and follow.at_once),
            where=self.where,
            follow=follow,
            edit=edit,
        )

    def go_on(self, steps: Sequence[Step], position: Follow) -> Answer:
        """What a command prints since it was last looked at; when it has ended, the rest of its line."""
        if position.at_once:
            return self.run(steps, first=position.step, ok=position.ok)
        try:
            answer = self._goes_on(steps[position.step], position)
        except Said as said:
            answer = said.answer(self.where)
        if answer.follow is not None:
            goes_on = replace(answer.follow, step=position.step)
            text = _lines(*answer.streams)
            return replace(answer, text=text, complaints=None, follow=goes_on, where=self.where)
        if session_of(answer.where) is not None:
            return replace(answer, text=_lines(*answer.streams), complaints=None)
        rest = self.run(steps, first=position.step + 1, ok=answer.ok)
        texts = (*answer.streams, rest.text)
        return replace(rest, text=_lines(*texts), note=answer.note or rest.note)

    def interrupted(self, steps: Sequence[Step], position: Follow) -> Answer:
        """Ctrl-C at the command that goes on: what it does of that. Raises Said."""
        words = list(words_of(steps[position.step].stages[0].text, lambda _inner: ""))
        verb, rest = divided(words[1:]) if words[:1] in (["kubectl"], ["k"]) else ("", [])
        return INTERRUPTED[verb](self.api, rest, position) if verb in INTERRUPTED else Answer()

    def _goes_on(self, step: Step, position: Follow) -> Answer:
        text, redirections = redirected(step.stages[0].text, self._words_of)
        return self._directed(self._later(text, step, position), redirections.going_on())

    def _later(self, text: str, step: Step, position: Follow) -> Answer:
        """What the command itself prints further on."""
        words, place = list(words_of(text, lambda _inner: "")), self.where
        if words[:1] == ["on"] and len(words) > 2:
            place, words = words[1].removesuffix(":"), words[2:]
        elif words[:1] == ["ssh"]:
            name, line = ssh_words(words[1:])
            place, words = name, line.split()
        if words[:1] == ["journalctl"] and place:
            return journalctl(_host(self.cluster, place), words[1:], "", position.since)
        if words[:1] == ["tail"] and place:
            return reading_files.goes_on(_host(self.cluster, place), words[1:], position.since)
        verb, rest = divided(words[1:]) if words[:1] in (["kubectl"], ["k"]) else ("", [])
        if len(step.stages) > 1 or verb not in GO_ON:
            raise Said(note=_("This command does not go on."))
        return GO_ON[verb](self.api, rest, position)

    def pipe(self, stages: Sequence[Stage]) -> Answer:
        """Commands that hand their text on; what went wrong is told beside it, as on a terminal."""
        told, answer = self._piped(stages)
        return replace(answer, text="\n".join([*told, *(text for text in answer.streams if text)]))

    def _piped(self, stages: Sequence[Stage]) -> tuple[list[str], Answer]:
        """What is told beside it, and the answer of the last command."""
        before = self._at
        try:
            self._at, stages = self._placed(stages)
            return self._commands(stages)
        except Said as said:
            return [], said.answer(self.where)
        finally:
            self._at = before

    def _placed(self, stages: Sequence[Stage]) -> tuple[str | None, Sequence[Stage]]:
        """Where a pipe runs, and its commands: `on n1: docker ps -q | wc -l`. Raises Said."""
        found = on_words(stages[0].text)
        if found is None:
            return self._at, stages
        return _host(self.cluster, found[0]).name, (stages[0]._replace(text=found[1]), *stages[1:])

    def _commands(self, stages: Sequence[Stage]) -> tuple[list[str], Answer]:
        told: list[str] = []
        answer = Answer(where=self.where)
        note: Message | None = None
        for index, stage in enumerate(stages):
            stdin = stage.pasted if stage.pasted is not None else answer.text if index else ""
            last = index == len(stages) - 1
            try:
                answer = self.command(stage.text, stdin or "", piped=index > 0)
            except Said as said:
                answer = said.answer(self.where)
            note = answer.note or note
            told += self.api.warnings
            self.api.warnings.clear()
            if not last:
                text, complaints = answer.streams
                told += [complaints] if complaints else []
                answer = replace(answer, text=text, complaints="")
        return told, replace(answer, note=note)

    def command(self, text: str, stdin: str, *, piped: bool = False) -> Answer:
        """One command. Raises Said."""
        text, redirections = redirected(text, self._words_of)
        if redirections.text is not None:
            stdin, piped = redirections.text, True
        elif redirections.source:
            stdin, piped = self._read(redirections.source), True
        try:
            answer = self._answered(self._words_of(text), stdin, piped=piped)
        except Said as said:
            if redirections.err is None:
                raise
            answer = said.answer(self.where)
        answer = self._directed(answer, redirections)
        self._changed = self._changed or bool(answer.commands)
        self.api.commands += answer.commands
        return replace(answer, commands=())

    def words_in(self, text: str) -> list[str]:
        """The words of one command. Raises Said."""
        return self._words_of(text)

    def _words_of(self, text: str) -> list[str]:
        return list(words_of(text, self._substitute, status=self._status))

    def _answered(self, words: list[str], stdin: str, *, piped: bool) -> Answer:
        return self.words(words, stdin, piped=piped) if words else Answer(where=self.where)

    def _directed(self, answer: Answer, to: Redirections) -> Answer:
        """What is left to be printed when files, or nobody, got the rest."""
        text, complaints = answer.streams
        if to.joined or to.err is not None:
            complaints = _lines(*self.api.warnings, complaints)
            self.api.warnings.clear()
        if to.joined:
            text, complaints = _lines(text, complaints), ""
        written = {one: "" for one in (to.out, to.err) if one is not None and one.name != NOWHERE}
        for one, part in ((to.out, text), (to.err, complaints)):
            if one in written and one is not None:
                written[one] = _lines(written[one], part)
        self._told_of_file = None
        for one, whole in written.items():
            file_commands.write_lines(self.files, one, whole)
        left = text if to.out is None else "", complaints if to.err is None else ""
        return replace(answer, text=left[0], complaints=left[1], note=answer.note or self._told_of_file)

    def _read(self, path: str) -> str:
        """What `< FILE` gives. Raises Said."""
        if not self.place or path == NOWHERE:
            return kept_files.read(KeptFiles(self.api), path, "-bash")
        if (text := self.files.text(path)) is None:
            raise Said(f"-bash: {path}: No such file or directory")
        return text

    def _substitute(self, text: str) -> str:
        self._substitutions += 1
        if self._substitutions > MOST_SUBSTITUTIONS:
            raise Said(note=_("This line has more than {most} commands."), most=MOST_SUBSTITUTIONS)
        texts: list[str] = []
        for step in read(text):
            told, answer = self._piped(step.stages)
            text, complaints = answer.streams
            self.api.warnings += [*told, *([complaints] if complaints else [])]
            texts.append(text)
        return "\n".join(texts)

    def words(self, words: list[str], stdin: str, *, piped: bool) -> Answer:
        """One command by its words. Raises Said."""
        if words[0] == "sudo":
            words = without_sudo(words)
        if not words or words[0] == "su":
            return Answer(where=self.where)
        if (small := small_words.answered(self, words)) is not None:
            return replace(small, where=self.where)
        if words[0] == "exit" and len(words) == 1:
            text = f"Connection to {self.where} closed." if self.where else ""
            return Answer(text=text, note=None if self.where else Message(home.KNOWN))
        if words[0] in ("help", "man"):
            return home.help_(self)
        if piped or (stdin and words[0] in FILTERS):
            if words[0] == "tee" and not self.place:
                return file_commands.tee(self.files, words[1:], stdin)
            if words[0] in FILTERS:
                filtered = FILTERS[words[0]](words[1:], stdin)
                return Answer(text=filtered.text, ok=filtered.ok, where=self.where)
            if words[0] == "xargs":
                return self._xargs(words[1:], stdin)
        host_here = nodes.host_named(self.cluster, self.place) if self.place else None
        if host_here is not None:
            self._count += 1
            host_here = host_here._replace(nth=self._count)
            answer = nodes.on_host(host_here, words, stdin, MachineFiles(self.api, host_here))
            enters = session_of(answer.where) is not None and not piped
            leaves = (words[0] in LEAVING or enters) and self._at is None
            return answer if leaves else replace(answer, where=self.where)
        return home.answered(self, words, stdin)

    def _xargs(self, words: list[str], stdin: str) -> Answer:
        rest = list(words)
        while rest and rest[0].startswith("-"):
            option = rest.pop(0)
            if option in ("-n", "-I", "-L", "-P") and rest:
                rest.pop(0)
        given = stdin.split()
        if not given:
            return Answer(where=self.where)
        return self.words([*(rest or ["echo"]), *given], "", piped=False)

    def ssh(self, words: Sequence[str], stdin: str) -> Answer:
        """ssh HOST: one is there; ssh HOST COMMAND: its shell runs that line. Raises Said."""
        name, line = ssh_words(words)
        host = self._reached(name)
        if line:
            steps = read(line)
            if stdin and steps and steps[0].stages[0].pasted is None:
                first, *others = steps[0].stages
                steps = (steps[0]._replace(stages=(first._replace(pasted=stdin), *others)), *steps[1:])
            there = Shell(self.cluster, host.name)
            there.api, there._count = self.api, self._count
            answer = there.run(steps)
            self._count, self._changed = there._count, self._changed or there._changed
            return replace(
                answer, commands=(), where=self.where, follow=answer.follow if len(steps) == 1 else None
            )
        note = None
        if self.cluster.network.is_away(host.name):
            note = Message(
                _("The network of {node} is cut: this is its own screen and keyboard."), {"node": host.name}
            )
        return Answer(note=note, where=host.name)

    def _reached(self, name: str) -> Host:
        """The machine of that name, by ssh. Raises Said."""
        if not name:
            raise Said(note=_("ssh wants the name of a node."))
        host = _host(self.cluster, name)
        if not host.machine.state.powered:
            raise Said(f"ssh: connect to host {host.name} port 22: No route to host")
        return host


def _lines(*texts: str) -> str:
    return "\n".join(text for text in texts if text)


def _host(cluster: "Cluster", name: str) -> Host:
    found = nodes.host_named(cluster, name)
    if found is None:
        raise Said(f"ssh: Could not resolve hostname {name}: Name or service not known")
    return found
