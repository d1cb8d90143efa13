"""Inside a container, with kubectl exec or docker exec: what the model can say of it."""

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final, NamedTuple

from clustersim.api.pod_containers import every_container
from clustersim.command import Command
from clustersim.console.answer import Answer, Said
from clustersim.console.nodes.container_environment import environment
from clustersim.console.nodes.container_files import ContainerFiles, ReadOnlyError
from clustersim.console.nodes.container_programs import PROGRAMS, READERS, Inside, Program, program
from clustersim.console.nodes.host import Host
from clustersim.console.nodes.image_programs import NotModelled
from clustersim.console.nodes.sessions import entered
from clustersim.i18n import Message, _
from clustersim.programs import lacks_shells
from clustersim.programs.executables import has
from clustersim.shell.budget import Budget
from clustersim.shell.expanding import Memory
from clustersim.shell.plain import SHELLS, plain_name
from clustersim.shell.ran import Ran
from clustersim.shell.reading import Input
from clustersim.shell.shell import Shell
from clustersim.shell.words import ShellError

NOT_FOUND: Final = 127
NOT_STARTED: Final = 126
NOT_EXECUTED: Final = "error executing command in container"
"""How the kubelet of today begins to say that a program was not started: an error, and no exit code."""
_BASH: Final = ("bash", "/bin/bash")
FORGOTTEN: Final = _("The API server knows this pod no longer; what is inside it is not told here.")
"""Of a container that runs on, and whose pod is gone."""
_OUTSIDE: Final = ("kubectl", "k", "ssh", "docker", "crictl", "systemctl")
_IS_INSIDE: Final = _("This is inside a container; exit leaves it.")
_INSTALLERS: Final = ("apk", "apt", "apt-get", "dnf", "yum")
_NOT_INSTALLED: Final = _(
    "Nothing is installed in containers of this model; curl, wget, nslookup, nc and ps are there already."
)
_UNKNOWN: Final = _("Programs of {image} are not modelled; inside a container this console knows {known}.")


class Executed(NamedTuple):
    """How a command went, and what is to be done to the cluster for it."""

    ran: Ran
    commands: tuple[Command, ...] = ()


def execute(
    api: Any,
    pod: Any,
    container: str,
    command: Sequence[str],
    *,
    stdin: str = "",
    memory: Memory | None = None,
    terminal: bool = False,
) -> Executed:
    """A command in a container of a pod. memory: of the shell that people type into; terminal: people see
    what it prints. Raises Said for what only a real program could answer, ShellError where a script is not
    finished."""
    spec = next(one for one in every_container(pod) if one.name == container)
    files = ContainerFiles(api, pod, spec)
    remembered = memory or Memory()
    if not remembered.variables:
        remembered.variables.update(environment(api, pod, spec))
    if spec.working_dir:
        remembered.variables.setdefault("PWD", spec.working_dir)
    here = Inside(
        api, pod, spec, Host(api.cluster, pod.spec.node_name), files, [], remembered.variables, terminal
    )
    script = script_of(command, stdin)
    if script is not None and not _has_shell(spec.image, command[0], small=files.small):
        return Executed(Ran(err=not_started(api, pod, command[0]), code=NOT_STARTED))
    if script is None:
        if (known := program(command, spec.image)) is None:
            if has(spec.image, command[0]):
                raise _not_modelled(here, command[0])
            told = not_started(api, pod, command[0])
            return Executed(_unknown(here, command[0])._replace(err=told, code=NOT_STARTED))
        return Executed(_ran(known, here, command, stdin), _changes(here))
    budget = Budget()
    shell = Shell(
        files, lambda words, read: _run(here, words, read, budget), remembered, budget, folders=True
    )
    return Executed(shell.script(*script), _changes(here))


def _has_shell(image: str, name: str, *, small: bool) -> bool:
    """Whether an image has a shell of that name, as far as that is known."""
    return not lacks_shells(image) and not (small and name in _BASH)


def script_of(command: Sequence[str], stdin: str) -> tuple[str, Input] | None:
    """The script that a shell is to run, and what it reads; None: it is no shell."""
    if not command or command[0] not in SHELLS:
        return None
    options = [word for word in command[1:] if word.startswith("-")]
    rest = [word for word in command[1:] if not word.startswith("-")]
    if any(re.fullmatch(r"-[a-z]*c", option) for option in options) and rest:
        return rest[0], Input(stdin)
    return stdin, Input()


def reads_stdin(command: Sequence[str]) -> bool:
    """Whether a command waits for what it is sent: a program that is given no file, or unpacks an archive."""
    script = script_of(command, "")
    first = (" ".join(command) if script is None else script[0]).split("|")[0].split()
    if not first:
        return False
    name, *words = first[0].rpartition("/")[2], *first[1:]
    if name in ("tar", "tee"):
        return name == "tee" or any("x" in word for word in words[:3] if word.endswith("f"))
    return name in READERS and (
        "-d" in words or not any(word.startswith("/") for word in words) or ">" in words
    )


def inside(
    api: Any,
    pod: Any,
    container: str,
    command: Sequence[str],
    *,
    stdin: str = "",
    stays: str | None = None,
    terminal: bool = False,
) -> Answer:
    """The same, as docker and kubectl print it. stdin: what it reads. stays: somebody who stays in a shell
    comes from that machine, or the workstation; None: nothing is typed into it. terminal: -t. Raises Said."""
    if not command:
        raise Said()
    try:
        executed = execute(api, pod, container, command, stdin=stdin, terminal=terminal)
    except ShellError as error:
        executed = Executed(Ran(err=f"{error}\n", code=2))
    ran = executed.ran
    if stays is not None and not ran.code and is_bare_shell(command):
        return Answer(where=entered(api, pod, container, node=stays))
    if stays is not None and not ran.code and is_bare_client(command):
        return Answer(where=entered(api, pod, container, how=" ".join(command), node=stays))
    printed = "\n".join(part.removesuffix("\n") for part in (ran.out, ran.err) if part)
    text = printed.encode("utf-8", "replace").decode()
    return Answer(text=text, ok=not ran.code, note=ran.note, commands=executed.commands, code=ran.code)


def is_interactive(word: str) -> bool:
    """Whether it is the flag -i, alone or with others: -it."""
    return word == "--interactive" or bool(re.fullmatch(r"-[a-z]*i[a-z]*", word))


def is_bare_shell(command: Sequence[str]) -> bool:
    """Whether it is a shell that reads what is typed."""
    return bool(command) and command[0] in SHELLS and all(word.startswith("-") for word in command[1:])


def is_bare_client(command: Sequence[str]) -> bool:
    """Whether it is redis-cli, which reads what is typed; flags of it have values."""
    return (
        command[:1] == ["redis-cli"]
        and len(command) % 2 == 1
        and "/" not in "".join(command)
        and all(word.startswith("-") for word in command[1::2])
    )


def not_started(api: Any, pod: Any, missing: str) -> str:
    """What becomes of a program that is not there: docker's runtime prints it, containerd tells it to the
    kubelet as an error of its own."""
    if not api.today:
        return (
            "rpc error: code = 2 desc = oci runtime error: exec failed: container_linux.go:247: starting "
            f'container process caused "exec: \\"{missing}\\": executable file not found in $PATH"'
        )
    number = sha256(f"{pod.metadata.uid} {api.now} {missing}".encode()).hexdigest()
    return (
        f"{NOT_EXECUTED}: failed to exec in container: failed to start exec "
        f'"{number}": OCI runtime exec failed: exec failed: unable to start container process: exec: '
        f'"{missing}": executable file not found in $PATH: unknown'
    )


def _run(here: Inside, words: Sequence[str], stdin: str, budget: Budget) -> Ran:
    """A program that a shell starts."""
    nested = script_of(words, stdin)
    if nested is not None:
        memory = Memory(dict(here.variables))
        shell = Shell(
            here.files, lambda inner, read: _run(here, inner, read, budget), memory, budget, folders=True
        )
        try:
            return shell.script(*nested)
        except ShellError as error:
            return Ran(err=f"{error}\n", code=2)
    known = program(words, here.spec.image)
    if known is None and not has(here.spec.image, words[0]):
        return _unknown(here, words[0])
    try:
        if known is None:
            raise _not_modelled(here, words[0])
        return _ran(known, here._replace(host=here.host._replace(nth=budget.left)), words, stdin)
    except Said as said:
        return Ran(err=f"{said.text}\n" if said.text else "", code=1, note=said.note)


def _ran(known: Program, here: Inside, words: Sequence[str], stdin: str) -> Ran:
    """What a program comes to that may find that nothing can be written. Raises Said."""
    try:
        return known(here, words, stdin)
    except NotModelled as error:
        raise _not_modelled(here, words[0]) from error
    except ReadOnlyError as error:
        return Ran(err=f"{error.said_by(plain_name(words[0]), small=here.files.small)}\n", code=1)


def _unknown(here: Inside, name: str) -> Ran:
    if name in _OUTSIDE:
        return Ran(err=f"sh: {name}: not found\n", code=NOT_FOUND, note=Message(_IS_INSIDE))
    return Ran(err=f"sh: {name}: not found\n", code=NOT_FOUND, note=_not_modelled(here, name).note)


def _not_modelled(here: Inside, name: str) -> Said:
    """Of a program of an image that is there, or may be."""
    if name in _INSTALLERS:
        return Said(note=_NOT_INSTALLED)
    return Said(note=_UNKNOWN, image=here.spec.image, known=", ".join(sorted(PROGRAMS)))


def _changes(here: Inside) -> tuple[Command, ...]:
    return (*here.files.changes, *here.commands)
