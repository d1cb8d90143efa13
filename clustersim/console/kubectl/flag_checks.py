"""Flags of today's kubectl that do not go together, and values that cannot be: told before anything is looked
at. Source: v1.36 k8s.io/kubectl pkg/cmd, Complete and Validate of each command.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from clustersim.console.answer import Said
from clustersim.console.arguments import Arguments

Test = Callable[[Arguments], bool]


class Check(NamedTuple):
    """What is said where it fails; hint: with a word about the help."""

    told: str
    fails: Test
    hint: bool = False


def check_flags(command: str, arguments: Arguments) -> None:
    """Raises Said for the first check of a command that fails."""
    for check in CHECKS.get(command, ()):
        if check.fails(arguments):
            hint = f"\nSee 'kubectl {command} -h' for help and examples" if check.hint else ""
            words = " ".join(arguments.words)
            told = check.told.format(
                words=words,
                output=arguments.value("output"),
                container=arguments.value("container"),
                revision=arguments.value("revision"),
                validate=arguments.value("validate"),
            )
            raise Said(f"error: {told}{hint}")


_NUMBERS: Final = frozenset(
    [
        "chunk-size",
        "current-replicas",
        "grace-period",
        "limit-bytes",
        "max",
        "max-log-requests",
        "min",
        "replicas",
        "revision",
        "skip-wait-for-delete-timeout",
        "tail",
        "to-revision",
    ]
)
_DURATIONS: Final = frozenset(["duration", "pod-running-timeout", "since", "timeout"])
_DURATION: Final = re.compile(r"[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)")
_UNIT: Final = re.compile(r"\A[-+]?\d+(?!(?:ns|us|µs|μs|ms|s|m|h)(?:\d|\Z))([^\d.]+)")
_NUMBER: Final = re.compile(r"[-+]?\d+", re.ASCII)


def check_values(arguments: Arguments) -> None:
    """Raises Said for a flag that wants a number or a duration and has none, in the words of spf13/pflag."""
    for flag, text in arguments.written:
        if flag in _NUMBERS and not _NUMBER.fullmatch(text):
            why = f'strconv.ParseInt: parsing "{text}": invalid syntax'
        elif flag in _DURATIONS and not _DURATION.fullmatch(text):
            unit = _UNIT.search(text)
            wrong = f'unknown unit "{unit[1]}" in' if unit else "invalid"
            why = f'time: {"missing unit in" if _NUMBER.fullmatch(text) else wrong} duration "{text}"'
        else:
            continue
        raise Said(f'Error: invalid argument "{text}" for "--{flag}" flag: {why}')


def _both(*flags: str) -> Test:
    return lambda arguments: all(_set(arguments, flag) for flag in flags)


def _set(arguments: Arguments, flag: str) -> bool:
    """A switch is on, or a flag has a value; "dry-run=server": just that value."""
    name, equals, value = flag.partition("=")
    return arguments.value(name) == value if equals else arguments.has(name) or bool(arguments.value(name))


def _without(flag: str, other: str) -> Test:
    return lambda arguments: _set(arguments, flag) and not _set(arguments, other)


def _below(flag: str, least: int) -> Test:
    def fails(arguments: Arguments) -> bool:
        text = arguments.value(flag)
        return text.removeprefix("-").isdecimal() and int(text[:19]) < least

    return fails


def _more_words(most: int) -> Test:
    return lambda arguments: len(arguments.words) > most


_VALIDATION: Final = ("", "strict", "warn", "ignore")
_TRUTH: Final = ("1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False")


def _validates_oddly(arguments: Arguments) -> bool:
    return arguments.value("validate").lower() not in (*_VALIDATION, *_TRUTH)


_ALL_OR_SOME: Final = Check("cannot set --all and --selector at the same time", _both("all", "selector"))
_ALL_OR_FIELDS: Final = Check(
    "cannot set --all and --field-selector at the same time", _both("all", "field-selector")
)
_LIST_OR_OUTPUT: Final = Check("--list and --output may not be specified together", _both("list", "output"))
_LOCAL_OR_SERVER: Final = Check(
    "cannot specify --local and --dry-run=server - did you mean --dry-run=client?",
    _both("local", "dry-run=server"),
)
_OF_METADATA: Final = (_LIST_OR_OUTPUT, _ALL_OR_SOME, _ALL_OR_FIELDS, _LOCAL_OR_SERVER)
_OF_SET: Final = (_ALL_OR_SOME, _LOCAL_OR_SERVER)
_REVISION: Final = (Check("revision must be a positive integer: {revision}", _below("revision", 0)),)
_VALIDATE: Final = Check(
    'invalid - validate option "{validate}"; must be one of: strict (or true), warn, ignore (or false)',
    _validates_oddly,
)
_UNEXPECTED: Final = Check("unexpected arguments: [{words}]", _more_words(0), hint=True)


def _name_and_selector(arguments: Arguments) -> bool:
    return bool(arguments.words) and _set(arguments, "selector")


_LOGS: Final = (
    "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument "
    "for the logs command"
)

CHECKS: Final[dict[str, Sequence[Check]]] = {
    "annotate": _OF_METADATA[1:],
    "api-resources": (_UNEXPECTED,),
    "api-versions": (_UNEXPECTED,),
    "apply": (
        Check("--force-conflicts only works with --server-side", _without("force-conflicts", "server-side")),
        Check("--force cannot be used with --server-side", _both("server-side", "force")),
        Check("--dry-run=server cannot be used with --force", _both("dry-run=server", "force")),
        _ALL_OR_SOME,
        Check("--force cannot be used with --prune", _both("prune", "force")),
        _VALIDATE,
    ),
    "create": (_VALIDATE,),
    "delete": (
        Check(
            "unexpected -o output mode: {output}. We only support '-o name'",
            lambda arguments: arguments.value("output") not in ("", "name"),
        ),
        Check(
            "setting 'all' parameter but found a non empty selector. ",
            lambda arguments: (
                arguments.has("all") and (_set(arguments, "selector") or _set(arguments, "field-selector"))
            ),
        ),
        Check(
            "--force and --grace-period greater than 0 cannot be specified together",
            lambda arguments: arguments.has("force") and not _below("grace-period", 1)(arguments)
            and arguments.value("grace-period") != "",
        ),
    ),
    "exec": (
        Check(
            "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead",
            lambda arguments: len(arguments.words) > 1 and arguments.after is None,
            hint=True,
        ),
    ),
    "label": _OF_METADATA,
    "logs": (
        Check("only a selector (-l) or a POD name is allowed", _name_and_selector, hint=True),
        Check(_LOGS, _more_words(2), hint=True),
    ),
    "patch": (_LOCAL_OR_SERVER,),
    "replace": (Check("--dry-run can not be used when --force is set", _both("dry-run", "force")), _VALIDATE),
    "rollout history": _REVISION,
    "rollout status": _REVISION,
    "run": (
        Check(
            "-i/--stdin is required for containers with -t/--tty=true", _without("tty", "stdin"), hint=True
        ),
        Check(
            "--rm should only be used for attached containers",
            lambda arguments: (
                arguments.has("rm") and not arguments.has("attach", any(map(arguments.has, ("stdin", "tty"))))
            ),
            hint=True,
        ),
    ),
    "scale": (
        Check(
            "The --current-replicas must specify an integer of -1 or greater", _below("current-replicas", -1)
        ),
    ),
    "set env": (*_OF_SET, _LIST_OR_OUTPUT),
    "set image": _OF_SET,
    "set resources": _OF_SET,
    "set serviceaccount": (_LOCAL_OR_SERVER,),
    "set subject": _OF_SET,
    "taint": (
        Check("setting 'all' parameter with a non empty selector is prohibited", _both("all", "selector")),
    ),
    "top node": (
        Check("node [NAME | -l label]", _more_words(1), hint=True),
        Check("only one of NAME or --selector can be provided", _name_and_selector),
    ),
    "top pod": (
        Check("pod [NAME | -l label]", _more_words(1), hint=True),
        Check("only one of NAME or selector can be provided", _name_and_selector),
    ),
    "version": (Check("extra arguments: [{words}]", _more_words(0)),),
}  # fmt: skip
"""In the order in which kubectl looks."""
