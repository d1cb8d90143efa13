"""systemctl, service, journalctl, and the journals that they show."""

from collections.abc import Callable, Sequence
from typing import Final

from clustersim.command import Command
from clustersim.console.answer import Answer, Follow, Said
from clustersim.console.arguments import Flags, parse
from clustersim.console.nodes.host import DESCRIPTIONS, Host, fault
from clustersim.digits import is_whole
from clustersim.engine.calendar import calendar
from clustersim.engine.process import STOPPED, Process
from clustersim.engine.time import SECOND, Micros
from clustersim.i18n import Message, _

DEFAULT_LINES: Final = 30
_NOT_ACTIVE: Final = 3
"""The exit code of systemctl (systemctl(1), "program is not running")."""
MOST_LINES: Final = 400
_VERBS: Final = (
    "cat",
    "daemon-reload",
    "disable",
    "edit",
    "enable",
    "is-active",
    "is-enabled",
    "is-failed",
    "kill",
    "list-units",
    "reload",
    "restart",
    "revert",
    "show",
    "start",
    "status",
    "stop",
)


def unit_named(host: Host, name: str) -> str:
    """Raises Said for a service that is not here."""
    name = name.removesuffix(".service")
    if name not in host.units():
        raise Said(
            f"Unit {name}.service could not be found.",
            note=_("Here are the units {units}."),
            units=", ".join(host.units()),
        )
    return name


_SYSTEMCTL: Final = Flags(
    {"n": "lines", "lines": "lines", "s": "signal", "signal": "signal", "t": "type", "type": "type"},
    {
        "no-pager": "no-pager",
        "l": "full",
        "full": "full",
        "all": "all",
        "a": "all",
        "now": "now",
        "q": "quiet",
    },
)


def systemctl(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """Raises Said."""
    arguments = parse(words, _SYSTEMCTL)
    verb, *names = arguments.words or ("list-units",)
    if verb not in _VERBS:
        raise Said(
            f"Unknown operation {verb}.",
            note=_("This console knows systemctl {verbs}."),
            verbs=", ".join(_VERBS),
        )
    if verb == "daemon-reload":
        return Answer()
    if verb == "list-units" or (verb == "status" and not names):
        return Answer(text=_listed(host))
    if not names:
        raise Said("Too few arguments.")
    units = [unit_named(host, name) for name in names]
    match verb:
        case "is-active" | "is-failed":
            words_ = [_activity(host.process(unit)) for unit in units]
            ok = all(word == ("active" if verb == "is-active" else "failed") for word in words_)
            failed = _NOT_ACTIVE if verb == "is-active" else 1
            return Answer(text="\n".join(words_), complaints="", ok=ok, code=0 if ok else failed)
        case "is-enabled":
            return Answer(text="\n".join("enabled" for _unit in units))
        case "enable" | "disable":
            return Answer(note=Message(_("Services of this model start with their machine.")))
        case "cat":
            return Answer(text="\n\n".join(unit_file(host, unit) for unit in units))
        case "show":
            return Answer(text="\n\n".join(_shown(host, unit) for unit in units))
        case "status":
            texts = [status(host, unit) for unit in units]
            ok = all(host.process(unit).status.phase != STOPPED for unit in units)
            return Answer(text="\n\n".join(texts), complaints="", ok=ok, code=0 if ok else _NOT_ACTIVE)
        case "reload":
            return Answer(commands=tuple(_reloaded(host, unit) for unit in units))
    return Answer(commands=tuple(command for unit in units for command in steps(host, unit, verb)))


def _reloaded(host: Host, unit: str) -> Command:
    """Of all units that are here only that of docker says how to (ExecReload). Raises Said."""
    if unit != "docker":
        raise Said(
            f"Failed to reload {unit}.service: Job type reload is not applicable for unit {unit}.service."
        )
    if host.process(unit).status.phase == STOPPED:
        raise Said("docker.service is not active, cannot reload.")
    return Command("reload-docker", host.name)


def steps(host: Host, unit: str, verb: str) -> list[Command]:
    """What start, stop, restart and kill do."""
    process = host.process(unit)
    active = process.status.phase != STOPPED
    target = None if host.is_master else host.name
    found = []
    if (verb in ("stop", "restart", "kill") and active) or (verb == "stop" and process.status.exited):
        found.append(Command(fault("stop", process), target))
    if verb == "restart" or (verb == "start" and not active):
        found.append(Command(fault("start", process), target))
    return found


def service(host: Host, words: Sequence[str], asked: Callable[[Sequence[str]], Answer]) -> Answer:
    """service NAME start|stop|restart|status; asked: systemctl, which it asks. Raises Said."""
    if list(words) == ["--status-all"]:
        return Answer(
            text="\n".join(
                f" [ {'+' if host.process(unit).status.phase != STOPPED else '-'} ]  {unit}"
                for unit in host.units()
            )
        )
    if len(words) != 2:
        raise Said("Usage: service < option > | --status-all | [ service_name [ command | --full-restart ] ]")
    answer = asked([words[1], words[0]])
    return (
        answer
        if words[1] == "status"
        else Answer(
            text=f"Redirecting to /bin/systemctl {words[1]} {words[0]}.service",
            commands=answer.commands,
            note=answer.note,
        )
    )


def _activity(process: Process) -> str:
    if process.status.phase != STOPPED:
        return "active"
    return "failed" if process.status.exited else "inactive"


def _listed(host: Host) -> str:
    lines = [f"  {'UNIT':<32}{'LOAD':<7}{'ACTIVE':<9}{'SUB':<9}DESCRIPTION"]
    for unit in host.units():
        activity = _activity(host.process(unit))
        sub = {"active": "running", "failed": "failed", "inactive": "dead"}[activity]
        mark = "●" if activity == "failed" else " "
        lines.append(f"{mark} {unit + '.service':<32}{'loaded':<7}{activity:<9}{sub:<9}{DESCRIPTIONS[unit]}")
    return "\n".join(lines)


def status(host: Host, unit: str) -> str:
    """systemctl status: the unit, since when, and the last lines of its journal."""
    process = host.process(unit)
    since = process.status.since
    word = _activity(process)
    active = {
        "active": "active (running)",
        "failed": "failed (Result: exit-code)",
        "inactive": "inactive (dead)",
    }[word]
    lines = [
        f"● {unit}.service - {DESCRIPTIONS[unit]}",
        f"   Loaded: loaded (/etc/systemd/system/{unit}.service; enabled; vendor preset: disabled)",
        f"   Active: {active} since {date_text(host.machine.wall(since))}; {_ago(host.now - since)} ago",
    ]
    if process.status.phase != STOPPED:
        lines.append(f" Main PID: {host.pid(unit)} ({unit if unit != 'docker' else 'dockerd'})")
        lines += [
            f"   CGroup: /system.slice/{unit}.service",
            f"           └─{host.pid(unit)} {host.program(unit)}",
        ]
    return "\n".join([*lines, "", *journal(host, unit, 10)])


def unit_file(host: Host, unit: str) -> str:
    """The unit's file, as systemctl cat shows it."""
    return "\n".join(
        (
            f"# /etc/systemd/system/{unit}.service",
            "[Unit]",
            f"Description={DESCRIPTIONS[unit]}",
            "",
            "[Service]",
            f"ExecStart={host.program(unit, own=True)}",
            *(("ExecReload=/bin/kill -s HUP $MAINPID",) if unit == "docker" else ()),
            "Restart=always",
            "RestartSec=10" if unit == "kubelet" else "RestartSec=5",
            "",
            "[Install]",
            "WantedBy=multi-user.target",
        )
    )


def _shown(host: Host, unit: str) -> str:
    process = host.process(unit)
    sub = {"active": "running", "failed": "failed", "inactive": "dead"}[_activity(process)]
    pid = 0 if process.status.phase == STOPPED else host.pid(unit)
    return (
        f"Id={unit}.service\nActiveState={_activity(process)}\nSubState={sub}\nMainPID={pid}\n"
        f"ExecStart={host.program(unit)}"
    )


# --- the journal -------------------------------------------------------------------------------------------

_JOURNAL: Final = Flags(
    {
        "u": "unit",
        "unit": "unit",
        "n": "lines",
        "lines": "lines",
        "o": "output",
        "S": "since",
        "since": "since",
        "U": "until",
        "g": "grep",
        "grep": "grep",
        "p": "priority",
    },
    {
        "no-pager": "no-pager",
        "e": "end",
        "f": "follow",
        "follow": "follow",
        "r": "reverse",
        "x": "catalog",
        "k": "dmesg",
        "b": "boot",
    },
)


def journalctl(host: Host, words: Sequence[str], stdin: str, since: Micros | None = None) -> Answer:
    """journalctl [-u UNIT] [-n LINES] [-f] [-r]; `since`: what -f goes on from. Raises Said."""
    arguments = parse(_letters(words), _JOURNAL)
    count = arguments.value("lines", "10" if arguments.has("follow") else str(DEFAULT_LINES))
    if arguments.words or not (is_whole(count) or count == "all"):
        raise Said(note=_("This console knows journalctl -u UNIT [-n LINES] [-f] [-r]."))
    units = [unit_named(host, name) for name in arguments.several("unit")] or list(host.units())
    entries = sorted(
        (line.t, index, line.text, unit)
        for unit in units
        for index, line in enumerate(host.process(unit).journal)
        if since is None or line.t > since
    )
    wanted = arguments.value("grep")
    entries = [entry for entry in entries if wanted.lower() in entry[2].lower()] if wanted else entries
    most = MOST_LINES if count == "all" else min(int(count), MOST_LINES)
    shown = entries if since is not None else entries[len(entries) - min(most, len(entries)) :]
    lines = [_entry(host, unit, t, text) for t, _index, text, unit in shown]
    if arguments.has("reverse"):
        lines.reverse()
    going_on = Follow(max(host.now, 0)) if arguments.has("follow") else None
    empty = "-- No entries --" if since is None and going_on is None else ""
    return Answer(text="\n".join(lines) if lines else empty, follow=going_on)


def _letters(words: Sequence[str]) -> list[str]:
    """-xeu and -fu end with a flag that takes a value; they are taken apart so."""
    found: list[str] = []
    for word in words:
        if word[:1] == "-" and word[:2] != "--" and len(word) > 2 and word[-1] == "u":
            found += [f"-{letter}" for letter in word[1:]]
        else:
            found.append(word)
    return found


def _entry(host: Host, unit: str, t: Micros, text: str) -> str:
    name = "dockerd" if unit == "docker" else unit
    return f"{stamp(host.machine.wall(t))} {host.name} {name}[{host.pid(unit)}]: {text}"


def journal(host: Host, unit: str, count: int) -> list[str]:
    """The last lines of a service's journal, each with what the clock of its machine showed."""
    kept = host.process(unit).journal[-count:] if count else []
    return [f"{stamp(host.machine.wall(line.t))} {host.name} {unit}: {line.text}" for line in kept]


def stamp(t: Micros) -> str:
    """ "Sep 26 07:00:00"."""
    return calendar().moment(t).strftime("%b %d %H:%M:%S")


def date_text(t: Micros) -> str:
    """ "Tue 2017-09-26 07:00:00 UTC"."""
    return calendar().moment(t).strftime("%a %Y-%m-%d %H:%M:%S UTC")


def _ago(span: Micros) -> str:
    seconds = max(0, span) // SECOND
    if seconds < 60:
        return f"{seconds}s"
    if seconds < 3600:
        return f"{seconds // 60}min {seconds % 60}s"
    return f"{seconds // 3600}h {seconds // 60 % 60}min"
