"""Lines that are typed into a shell inside a container, until it is left or its container ends."""

import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from clustersim.api.pod_containers import every_container
from clustersim.command import Argument, Command
from clustersim.console.answer import WORKSTATION, Answer, Follow, Said
from clustersim.console.api import Api
from clustersim.console.kubectl.pods.attaching import after_session
from clustersim.console.kubectl.pods.pods import ask_kubelet
from clustersim.console.kubectl.waits import GOES_ON
from clustersim.console.nodes.container_environment import environment
from clustersim.console.nodes.container_logs import Part, shown, written
from clustersim.console.nodes.inside import execute
from clustersim.console.nodes.redis import PROMPT
from clustersim.console.nodes.sessions import EXEC, Session
from clustersim.digits import is_whole
from clustersim.i18n import Message
from clustersim.programs.calling import calls_of, with_values
from clustersim.shell.expanding import Memory
from clustersim.shell.words import ShellError

if TYPE_CHECKING:
    from clustersim.cluster import Cluster

KILLED: Final = 137
_KEPT: Final = "container "
"""What begins the names of its variables among those that are remembered: no other shell has such names."""
_CODE: Final = f"{_KEPT}?"
_LONGEST_NAME: Final = 80


def typed_inside(cluster: "Cluster", session: Session, text: str, variables: Mapping[str, str]) -> Answer:
    """What a line prints there, and where one is then."""
    api = Api(cluster)
    outside = {name: value for name, value in variables.items() if not name.startswith(_KEPT)}
    try:
        pod = api.get("pods", session.namespace, session.pod)
        if not session.node:
            ask_kubelet(api, pod, f"exec/{session.namespace}/{session.pod}/{session.container}")
    except Said as said:
        return _left(session, said.text, outside, said)
    if session.record(api) is None:
        return _left(session, _ended(session, KILLED), outside)
    spec = next(one for one in every_container(pod) if one.name == session.container)
    if session.how.startswith(PROMPT):
        return _asked_client(api, session, pod, text, variables)
    given = environment(api, pod, spec)
    own = {name.removeprefix(_KEPT): value for name, value in variables.items() if name.startswith(_KEPT)}
    if calls_of(text, {**given, **own}) is not None:
        args: dict[str, Argument] = {
            "container": session.container,
            "script": with_values(text, {**given, **own}),
        }
        return Answer(
            commands=(Command("run-loop", pod.metadata.uid, args),),
            note=Message(GOES_ON),
            where=session.place,
            follow=Follow(since=max(0, api.now), began=api.now),
            variables=dict(variables),
        )
    code = own.pop("?", "0")
    memory = Memory({**given, **own}, int(code) if is_whole(code) else 0)
    try:
        executed = execute(api, pod, session.container, ("sh", "-c", text), memory=memory)
    except ShellError as error:
        return Answer(text=str(error), ok=False, code=2, where=session.place, variables=dict(variables))
    ran = executed.ran
    printed = "\n".join(part.removesuffix("\n") for part in (ran.out, ran.err) if part)
    shown = printed.encode("utf-8", "replace").decode()
    if memory.ended:
        return _exited(api, session, pod, shown, memory.code, executed.commands, outside)
    changed = {
        f"{_KEPT}{name}": value
        for name, value in memory.variables.items()
        if given.get(name) != value and len(name) <= _LONGEST_NAME
    }
    return Answer(
        text=shown,
        ok=not ran.code,
        note=ran.note,
        code=ran.code,
        commands=executed.commands,
        where=session.place,
        variables={**outside, **changed, _CODE: str(memory.code)},
    )


def _asked_client(api: Api, session: Session, pod: object, text: str, variables: Mapping[str, str]) -> Answer:
    """A line for a client in a container, until it is left."""
    try:
        words = shlex.split(text)
    except ValueError:
        return Answer(text="Invalid argument(s)", ok=False, where=session.place, variables=dict(variables))
    if not words or words[0].lower() in ("exit", "quit"):
        where = session.place if not words else session.node or WORKSTATION
        return Answer(where=where, variables=dict(variables))
    command = (*session.how.split(), *words)
    executed = execute(api, pod, session.container, command, terminal=True)
    ran = executed.ran
    return Answer(
        text=(ran.out or ran.err).removesuffix("\n"),
        ok=not ran.code,
        code=ran.code,
        commands=executed.commands,
        where=session.place,
        variables=dict(variables),
    )


def goes_on_inside(
    cluster: "Cluster", session: Session, position: Follow, variables: Mapping[str, str]
) -> Answer:
    """What a loop prints further on that was typed there."""
    api = Api(cluster)
    record, pod = session.record(api), api.find("pods", session.namespace, session.pod)
    if record is None or pod is None:
        outside = {name: value for name, value in variables.items() if not name.startswith(_KEPT)}
        return _left(session, _ended(session, KILLED), outside)
    text = shown(written(cluster, pod, record).lines, Part(since=position.since + 1)).removesuffix("\n")
    follow = replace(position, since=max(0, api.now))
    return Answer(text=text, where=session.place, follow=follow, variables=dict(variables))


def interrupted_inside(cluster: "Cluster", session: Session, variables: Mapping[str, str]) -> Answer:
    """Ctrl-C at such a loop: it ends."""
    pod = Api(cluster).find("pods", session.namespace, session.pod)
    args: dict[str, Argument] = {"container": session.container, "script": ""}
    commands = () if pod is None else (Command("run-loop", pod.metadata.uid, args),)
    return Answer(where=session.place, commands=commands, variables=dict(variables))


def _exited(
    api: Api,
    session: Session,
    pod: object,
    shown: str,
    code: int,
    commands: Sequence[Command],
    outside: dict[str, str],
) -> Answer:
    """Somebody typed exit: of the container's own program that is the end."""
    if session.how == EXEC:
        told = "\n".join(part for part in (shown, _ended(session, code)) if part)
        return Answer(
            text=told,
            ok=not code,
            code=code,
            commands=tuple(commands),
            where=session.node,
            variables=outside,
        )
    done = after_session(api, session, pod, code)
    text = "\n".join(part for part in (shown, done.text) if part)
    return replace(done, text=text, commands=(*commands, *done.commands), variables=outside)


def _ended(session: Session, code: int) -> str:
    return f"command terminated with exit code {code}" if code and not session.node else ""


def _left(session: Session, text: str, outside: dict[str, str], said: Said | None = None) -> Answer:
    """The connection is gone, and one is back where one came from."""
    note = None if said is None else said.note
    return Answer(text=text, note=note, ok=False, where=session.node or WORKSTATION, variables=outside)
