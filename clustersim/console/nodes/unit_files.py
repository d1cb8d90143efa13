"""Unit files of the control plane: what people change in ExecStart counts when systemd has read the file
(daemon-reload) and the program starts anew, as with systemd itself (systemd.service(5)).
"""

import re
import shlex
from collections.abc import Sequence
from typing import Final, NamedTuple

from clustersim.command import Command, CommandError
from clustersim.console.answer import Answer, Said
from clustersim.console.nodes import systemd
from clustersim.console.nodes.host import Host, kind_of
from clustersim.console.nodes.machine_files import READ_UNITS, MachineFiles, unit_path
from clustersim.engine.process import STOPPED
from clustersim.flags import FlagError, Origin, find
from clustersim.i18n import Message, _

_EXEC_START: Final = re.compile(r"^ExecStart=(.*)$", re.MULTILINE)
_CHANGED: Final = (
    "Warning: The unit file, source configuration file or drop-ins of {unit}.service changed on disk. "
    "Run 'systemctl daemon-reload' to reload units."
)
_REFUSED: Final = _("{unit} would not start with this file: {why}. It is left as it is.")
_ELSE: Final = _("ExecStart does not name that program")
_UNHEEDED: Final = _("The model does not act on {names}; the file is written without that.")


class Started(NamedTuple):
    """What a unit file says of a program. flags: those that it is given, "true" where no value is."""

    program: str
    flags: dict[str, str]


def started(text: str) -> Started:
    """Of a unit file, whose lines may go on behind a backslash. Raises Said."""
    match = _EXEC_START.search(text.replace("\\\n", " "))
    try:
        program, *words = shlex.split(match[1]) if match else [""]
    except ValueError:
        raise Said(note=_("A quote in ExecStart is not closed.")) from None
    flags: dict[str, str] = {}
    name = ""
    for word in words:
        if word.startswith("-"):
            name, sign, value = word.lstrip("-").partition("=")
            flags[name] = value if sign else "true"
            name = "" if sign else name
        elif name:
            flags[name], name = word, ""
    return Started(program, flags)


def systemctl(host: Host, files: MachineFiles, words: Sequence[str], stdin: str) -> Answer:
    """systemctl, on a machine where somebody may have changed unit files. Raises Said."""
    verb, *names = [word for word in words if not word.startswith("-")] or ["list-units"]
    if verb == "daemon-reload":
        return _daemon_reload(host, files)
    changed = [unit for unit in host.units() if files.kept(unit_path(unit)) is not None]
    named = [unit for unit in changed if unit in [name.removesuffix(".service") for name in names]]
    if not named:
        return systemd.systemctl(host, words, stdin)
    if verb == "cat":
        return Answer(text="\n\n".join(str(files.text(unit_path(unit))).rstrip("\n") for unit in named))
    unread = [unit for unit in named if files.kept(unit_path(unit)) != files.kept(READ_UNITS + unit)]
    warnings = "\n".join(_CHANGED.format(unit=unit) for unit in unread)
    if verb in ("restart", "start"):
        return _anew(host, files, verb, names, warnings)
    answer = systemd.systemctl(host, words, stdin)
    if verb not in ("status", "stop") or not warnings:
        return answer
    text = f"{warnings}\n{answer.text}".rstrip("\n")
    return Answer(text=text, ok=answer.ok, code=answer.code, commands=answer.commands)


def _daemon_reload(host: Host, files: MachineFiles) -> Answer:
    for unit in host.units():
        if (text := files.kept(unit_path(unit))) is not None and text != files.kept(READ_UNITS + unit):
            files.keep(READ_UNITS + unit, text)
    return Answer(commands=tuple(files.commands))


def _anew(host: Host, files: MachineFiles, verb: str, names: Sequence[str], warnings: str) -> Answer:
    """Programs start as their files say that systemd has read. Raises Said for what they refuse."""
    commands: list[Command] = []
    unheeded: list[str] = []
    for unit in [systemd.unit_named(host, name) for name in names]:
        runs = host.process(unit).status.phase != STOPPED
        text = files.kept(READ_UNITS + unit)
        if text is None or (verb == "start" and runs):
            commands += systemd.steps(host, unit, verb)
            continue
        texts, others = _changes(host, unit, text)
        if _refuses(host, unit, texts):
            line = " ".join(f"--{name}={value}" for name, value in texts.items())
            commands.append(Command("refuse-flags", kind_of(unit), {"flags": line}))
            continue
        if texts or host.process(unit).status.refusal:
            commands.append(Command("set-flags", kind_of(unit), dict(texts)))
            commands += [] if runs else systemd.steps(host, unit, "start")
        else:
            commands += systemd.steps(host, unit, verb)
        unheeded += [f"--{name}" for name in others]
        files.forget(READ_UNITS + unit)
        files.forget(unit_path(unit))
    note = Message(_UNHEEDED, {"names": ", ".join(unheeded)}) if unheeded else None
    return Answer(text=warnings, commands=(*commands, *files.commands), note=note)


def _changes(host: Host, unit: str, text: str) -> tuple[dict[str, str], list[str]]:
    """What is another value than the program has now, and what the model does not know. Raises Said."""
    component, release = kind_of(unit), host.release
    given = started(text)
    if given.program.rpartition("/")[2] != unit:
        raise _refused(unit, Message(_ELSE))
    wanted: dict[str, str] = {}
    others: list[str] = []
    for name, value in given.flags.items():
        try:
            info = find(component, name, release.name)
        except FlagError:
            others.append(name)
            continue
        if info.origin is Origin.FLAG:
            wanted[name] = value
        else:
            others.append(name)
    now = host.cluster.flags.texts().get(component, {})
    usual = release.flags.texts().get(component, {})
    for name in host.cluster.flags.texts(release.flags).get(component, {}):
        if name not in wanted and find(component, name).origin is Origin.FLAG:
            wanted[name] = usual[name]
    return {name: value for name, value in wanted.items() if now.get(name) != value}, others


def _refuses(host: Host, unit: str, texts: dict[str, str]) -> bool:
    """The program ends as soon as it is started so. Raises Said for what only this model refuses."""
    try:
        return bool(host.cluster.words_of_refusal(kind_of(unit), texts))
    except CommandError as error:
        raise _refused(unit, error.message) from None


def _refused(unit: str, why: Message) -> Said:
    return Said(note=_REFUSED, unit=unit, why=why)
