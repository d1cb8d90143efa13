"""Inside a container, with kubectl exec or docker exec: what the model can say of it."""

import re
import shlex
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from clustersim.command import Command
from clustersim.console.answer import Answer, Said
from clustersim.console.nodes import container_files
from clustersim.console.nodes.container_environment import environment
from clustersim.console.nodes.container_files import ContainerFiles
from clustersim.console.nodes.host import Host
from clustersim.console.nodes.http import curl
from clustersim.console.nodes.lookup import address_within, nslookup_within
from clustersim.console.nodes.system import date
from clustersim.i18n import _
from clustersim.programs import program_of

_NAMED: Final = re.compile(r"((?:https?://)?)([a-z][-a-z0-9.]*)((?::\d+)?(?:/.*)?)")
SHELLS: Final = ("sh", "bash", "ash", "/bin/sh", "/bin/bash")
_WRITES: Final = re.compile(r"(.*?)\s*(>>?)\s*(/\S+)\Z", re.DOTALL)
_SIGTERM: Final = 143


def inside(api: Any, pod: Any, container: str, command: Sequence[str]) -> Answer:
    """A command in a container of a pod. Raises Said for what only a real program could answer."""
    words = list(command)
    specs = (*pod.spec.containers, *pod.spec.init_containers)
    spec = next(one for one in specs if one.name == container)
    here = _Inside(api, pod, spec, Host(api.cluster, pod.spec.node_name), ContainerFiles(api, pod, spec))
    if not words or words[0] not in SHELLS:
        return _joined(here, [_run(here, words)])
    if len(words) < 3 or re.fullmatch(r"-[elx]*c", words[1]) is None:
        raise Said(note=_("There is no shell to stay in; give the command: kubectl exec POD -- hostname"))
    return _joined(here, _script(here, words[2]))


class _Inside(NamedTuple):
    """Where the command runs."""

    api: Any
    pod: Any
    spec: Any
    host: Host
    files: ContainerFiles


def _script(here: _Inside, script: str) -> list[Answer]:
    """Commands one after the other, those after && only if all went well."""
    answers: list[Answer] = []
    for joint, statement in _statements(script):
        if joint != "&&" or all(answer.ok for answer in answers[-1:]):
            answers.append(_statement(here, statement))
    return answers


def _statements(script: str) -> list[tuple[str, str]]:
    """Each with what stands before it; what is between quotes is kept together."""
    parts = re.split(r"""(;|&&|\n)(?=(?:[^'"]|'[^']*'|"[^"]*")*\Z)""", script)
    joints = ["", *parts[1::2]]
    return [(joint, part.strip()) for joint, part in zip(joints, parts[::2], strict=True) if part.strip()]


def _statement(here: _Inside, statement: str) -> Answer:
    written = _WRITES.fullmatch(statement)
    try:
        words = shlex.split(written[1] if written is not None else statement)
    except ValueError:
        raise Said("sh: syntax error: unterminated quoted string") from None
    if written is None:
        return _run(here, words)
    said = _run(here, words) if words else Answer()
    before = (here.files.text(written[3]) or "") if written[2] == ">>" else ""
    here.files.write(written[3], "\n".join(text for text in (before, said.text) if text))
    return Answer(ok=said.ok)


def _run(here: _Inside, words: Sequence[str]) -> Answer:
    if not words:
        raise Said(note=_("There is no shell to stay in; give the command: kubectl exec POD -- hostname"))
    if (known := _ANSWERS.get(words[0].removeprefix("/bin/"))) is not None:
        return known(here, words)
    raise Said(
        f'rpc error: code = 2 desc = oci runtime error: exec failed: exec: "{words[0]}": '
        "executable file not found in $PATH",
        note=_("Programs of {image} are not modelled; inside a container this console knows {known}."),
        image=here.spec.image,
        known=", ".join(_ANSWERS),
    )


def _joined(here: _Inside, answers: Sequence[Answer]) -> Answer:
    commands = tuple(here.files.changes) + tuple(command for one in answers for command in one.commands)
    return Answer(
        text="\n".join(answer.text for answer in answers if answer.text),
        ok=all(answer.ok for answer in answers[-1:]),
        commands=commands,
    )


def _hostname(here: _Inside, words: Sequence[str]) -> Answer:
    return Answer(text=here.pod.status.pod_ip if "-i" in words else here.pod.metadata.name)


def _env(here: _Inside, words: Sequence[str]) -> Answer:
    variables = environment(here.api, here.pod, here.spec)
    if len(words) > 1:
        return Answer(text=variables.get(words[1], ""), ok=words[1] in variables)
    return Answer(text="\n".join(f"{name}={value}" for name, value in variables.items()))


def _echo(here: _Inside, words: Sequence[str]) -> Answer:
    variables = environment(here.api, here.pod, here.spec) if "$" in " ".join(words) else {}
    text = " ".join(word for word in words[1:] if word not in ("-n", "-e"))
    return Answer(text=re.sub(r"\$\{?(\w+)\}?", lambda name: variables.get(name[1], ""), text))


def _ps(here: _Inside, words: Sequence[str]) -> Answer:
    spec = here.spec
    program = " ".join([*spec.command, *spec.args]) or spec.image.rpartition("/")[2].partition(":")[0]
    return Answer(
        text=f"PID   USER     TIME   COMMAND\n    1 root       0:00 {program}\n   42 root       0:00 ps"
    )


def _kill(here: _Inside, words: Sequence[str]) -> Answer:
    """The first process of a container gets only the signals that it handles; SIGKILL from inside never."""
    plain = [word for word in words[1:] if not word.startswith("-")]
    signals = {word.lstrip("-").removeprefix("SIG") for word in words[1:] if word.startswith("-")}
    if plain != ["1"]:
        return Answer(
            text="".join(f"kill: can't kill pid {word}: No such process" for word in plain[:1]), ok=False
        )
    program = program_of(here.pod, here.spec.name)
    if signals - {"15", "TERM"} or (program is not None and not program.stops):
        return Answer()
    args = {"container": here.spec.name, "code": _SIGTERM}
    return Answer(commands=(Command("crash-container", here.pod.metadata.uid, args),))


def _urls(here: _Inside, words: Sequence[str]) -> Answer:
    return _curl(here, [word for word in words[1:] if not word.startswith("-")][-1:])


def _curl(here: _Inside, words: Sequence[str]) -> Answer:
    """As from the node, but that names of Services lead to their addresses."""
    return curl(here.host, here.host, [_addressed(here, word) for word in words])


def _addressed(here: _Inside, word: str) -> str:
    told = _NAMED.fullmatch(word)
    found = address_within(here.api, here.pod.metadata.namespace, told[2]) if told is not None else None
    return word if told is None or found is None or not found[1] else f"{told[1]}{found[1][0]}{told[3]}"


_ANSWERS: Final[dict[str, Callable[[_Inside, Sequence[str]], Answer]]] = {
    "[": lambda here, words: container_files.test(here.files, words[1:]),
    "cat": lambda here, words: container_files.cat(here.files, words[1:]),
    "curl": lambda here, words: _curl(here, words[1:]),
    "date": lambda here, words: date(here.host, words[1:], ""),
    "echo": _echo,
    "env": _env,
    "false": lambda here, words: Answer(ok=False),
    "hostname": _hostname,
    "kill": _kill,
    "ls": lambda here, words: container_files.ls(here.files, words[1:]),
    "mkdir": lambda here, words: Answer(),
    "mv": lambda here, words: container_files.mv(here.files, words[1:]),
    "nslookup": lambda here, words: nslookup_within(here.api, here.pod.metadata.namespace, words[1:]),
    "printenv": _env,
    "ps": _ps,
    "rm": lambda here, words: container_files.rm(here.files, words[1:]),
    "sleep": lambda here, words: Answer(),
    "test": lambda here, words: container_files.test(here.files, words[1:]),
    "touch": lambda here, words: container_files.touch(here.files, words[1:]),
    "true": lambda here, words: Answer(),
    "wget": _urls,
    "whoami": lambda here, words: Answer(text="root"),
}
