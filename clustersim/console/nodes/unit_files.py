"""Unit files: what people change in ExecStart, there or in drop-ins, counts when systemd has read the file
(daemon-reload) and the program starts anew, as with systemd itself (systemd.service(5)).
"""

from collections.abc import Sequence
from typing import Final

from clustersim.command import Argument, Command, CommandError
from clustersim.console.answer import Answer, Said
from clustersim.console.nodes import systemd
from clustersim.console.nodes.drop_ins import check, drop_ins, shown, wanted
from clustersim.console.nodes.host import Host, kind_of
from clustersim.console.nodes.machine_files import MachineFiles
from clustersim.console.nodes.unit_paths import override_path, unit_path
from clustersim.engine.process import STOPPED
from clustersim.faults.configurations import GONE, configuration_files
from clustersim.flags import FlagError, Origin, find
from clustersim.flags.configuration import READ_UNITS
from clustersim.flags.flag_names import is_real
from clustersim.flags.unit_files import Started, UnclosedQuote, is_flag, started, unheeded
from clustersim.i18n import Message, _

_CHANGED: Final = (
    "Warning: The unit file, source configuration file or drop-ins of {unit}.service changed on disk. "
    "Run 'systemctl daemon-reload' to reload units."
)
_REFUSED: Final = _("{unit} would not start with this file: {why}. It is left as it is.")
_ELSE: Final = _("ExecStart does not name that program")
_LEFT: Final = _("The model does not act on {names}.")
_UNHEEDED: Final = _("The model does not act on {names}; the file is written without that.")


def _started(text: str) -> Started:
    """Raises Said."""
    try:
        return started(text)
    except UnclosedQuote:
        raise Said(note=_("A quote in ExecStart is not closed.")) from None


def systemctl(host: Host, files: MachineFiles, words: Sequence[str], stdin: str) -> Answer:
    """systemctl, on a machine where somebody may have changed unit files. Raises Said."""
    verb, *names = [word for word in words if not word.startswith("-")] or ["list-units"]
    if verb == "daemon-reload":
        return _daemon_reload(host, files)
    if verb in ("edit", "revert"):
        return _edited(host, files, words, stdin)
    texts = {unit: wanted(files, unit) for unit in host.units()}
    read = {unit: files.kept(READ_UNITS + unit) for unit in host.units()}
    changed = [unit for unit in host.units() if texts[unit] is not None or read[unit] is not None]
    named = [unit for unit in changed if unit in [name.removesuffix(".service") for name in names]]
    if not named:
        return systemd.systemctl(host, words, stdin)
    if verb == "cat":
        return Answer(text="\n\n".join(shown(files, unit) for unit in named))
    unread = [unit for unit in named if texts[unit] != read[unit]]
    warnings = "\n".join(_CHANGED.format(unit=unit) for unit in unread)
    if verb in ("restart", "start"):
        return _anew(host, files, verb, names, warnings)
    answer = systemd.systemctl(host, words, stdin)
    if verb not in ("status", "stop") or not warnings:
        return answer
    text = f"{warnings}\n{answer.text}".rstrip("\n")
    return Answer(text=text, ok=answer.ok, code=answer.code, commands=answer.commands)


def _edited(host: Host, files: MachineFiles, words: Sequence[str], stdin: str) -> Answer:
    """systemctl edit [--full] UNIT, and systemctl revert UNIT; systemd reads what has come of it. Raises
    Said."""
    verb, *names = [word for word in words if not word.startswith("-")]
    if not names:
        raise Said("Too few arguments.")
    unit = systemd.unit_named(host, names[0])
    if verb == "revert":
        for path in [*drop_ins(files, unit), unit_path(unit)]:
            files.forget(path)
        return _daemon_reload(host, files)
    path = unit_path(unit) if "--full" in words else override_path(unit)
    if not stdin:
        return Answer(edit=files.text(path) or "\n")
    files.write(path, stdin.removesuffix("\n") + "\n")
    return _daemon_reload(host, files)


def _daemon_reload(host: Host, files: MachineFiles) -> Answer:
    for unit in host.units():
        text = wanted(files, unit)
        if text == files.kept(READ_UNITS + unit):
            continue
        if text is None:
            files.forget(READ_UNITS + unit)
        else:
            files.keep(READ_UNITS + unit, text)
        if READ_UNITS + unit in configuration_files(host.release.name) and not host.is_master:
            arguments: dict[str, Argument] = {"path": READ_UNITS + unit, "text": text or ""}
            arguments |= {"file": GONE} if text is None else {}
            files.commands.append(Command("write-configuration", host.name, arguments))
    return Answer(commands=tuple(files.commands))


def _anew(host: Host, files: MachineFiles, verb: str, names: Sequence[str], warnings: str) -> Answer:
    """Programs start as their files say that systemd has read. Raises Said for what they refuse."""
    commands: list[Command] = []
    left: list[str] = []
    for unit in [systemd.unit_named(host, name) for name in names]:
        runs = host.process(unit).status.phase != STOPPED
        text = files.kept(READ_UNITS + unit)
        if text is not None:
            check(unit, text, verb)
        if text is None or (verb == "start" and runs):
            commands += systemd.steps(host, unit, verb)
            continue
        if not host.is_master:
            commands += systemd.steps(host, unit, verb)
            left += [f"--{name}" for name in _unheeded(host, unit, text)]
            continue
        texts, others = _changes(host, unit, text)
        if _refuses(host, unit, texts):
            line = " ".join(f"--{name}={value}" for name, value in texts.items())
            commands.append(Command("refuse-flags", kind_of(unit), {"line": line}))
            continue
        if texts or host.process(unit).status.refusal:
            commands.append(Command("set-flags", kind_of(unit), dict(texts)))
            commands += [] if runs else systemd.steps(host, unit, "start")
        else:
            commands += systemd.steps(host, unit, verb)
        left += [f"--{name}" for name in others]
        if not drop_ins(files, unit):  # the machine writes the file itself again
            files.forget(READ_UNITS + unit)
            files.forget(unit_path(unit))
    told = _UNHEEDED if host.is_master else _LEFT
    note = Message(told, {"names": ", ".join(left)}) if left else None
    return Answer(text=warnings, commands=(*commands, *files.commands), note=note)


def _changes(host: Host, unit: str, text: str) -> tuple[dict[str, str], list[str]]:
    """What is another value than the program has now, and what the model does not know. Raises Said."""
    component, release = kind_of(unit), host.release
    given = _started(text)
    if given.program.rpartition("/")[2] != unit:
        raise _refused(unit, Message(_ELSE))
    wanted: dict[str, str] = {}
    others: list[str] = []
    for name, value in given.flags.items():
        try:
            info = find(component, name, release.name)
        except FlagError:
            if is_flag(component, name) or not is_real(name, release.name):
                wanted[name] = value
            else:
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


def _unheeded(host: Host, unit: str, text: str) -> list[str]:
    try:
        return unheeded(text, host.cluster.flags, host.release.name, unit)
    except UnclosedQuote:
        return []


def _refuses(host: Host, unit: str, texts: dict[str, str]) -> bool:
    """The program ends as soon as it is started so. Raises Said for what only this model refuses."""
    try:
        return bool(host.cluster.words_of_refusal(kind_of(unit), texts))
    except CommandError as error:
        raise _refused(unit, error.message) from None


def _refused(unit: str, why: Message) -> Said:
    return Said(note=_REFUSED, unit=unit, why=why)
