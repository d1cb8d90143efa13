"""kubectl attach, and what run -it and debug -it come to: a shell that is a container's own program is typed
into; of any other program one sees what it writes.

Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd/attach.go; v1.36 k8s.io/kubectl pkg/cmd/attach/attach.go.
"""

from collections.abc import Sequence
from typing import Any, Final

from clustersim.api.pod_containers import every_container, every_status
from clustersim.command import Command
from clustersim.console.answer import Answer, Follow, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.changing import delete
from clustersim.console.kubectl.misuse import misused
from clustersim.console.kubectl.pods import logs
from clustersim.console.kubectl.pods.pods import (
    admit,
    ask_kubelet,
    container_of,
    not_upgraded,
    pod_named,
    streams,
)
from clustersim.console.kubectl.selection import namespace_of
from clustersim.console.kubectl.waits import GOES_ON
from clustersim.console.nodes.held import record_of
from clustersim.console.nodes.inside import is_bare_shell
from clustersim.console.nodes.roots import behind_chroot
from clustersim.console.nodes.sessions import ATTACHED, REMOVED, Session, entered
from clustersim.engine.time import Micros
from clustersim.i18n import Message
from clustersim.programs import is_shell_image

PROMPT: Final = "If you don't see a command prompt, try pressing enter."
_RECORDED: Final = (
    "All commands and output from this session will be recorded in container logs, including credentials and "
    "sensitive information passed through the command prompt."
)


def attach(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl attach. Raises Said."""
    arguments = _read(api, words)
    api.reach()
    pod = pod_named(api, arguments.words[0], namespace_of(arguments) or "")
    api.may("create", "pods", pod.metadata.namespace, pod.metadata.name, "attach")
    if pod.status.phase in ("Succeeded", "Failed"):
        why = f"cannot attach a container in a completed pod; current phase is {pod.status.phase}"
        raise Said(f"error: {why}")
    name = container_of(api, pod, arguments.value("container"))
    lines = list[str]()
    if arguments.has("tty") and not _container(pod, name).tty:
        lines.append(f"error: Unable to use a TTY - container {name} did not allocate one")
    lines += introduction(api, arguments)
    try:
        _reach(api, pod, name, stdin=arguments.has("stdin"), tty=arguments.has("tty"))
    except Said as said:
        said.text = "\n".join([*lines, *([said.text] if said.text else [])])
        raise
    if arguments.has("stdin") and is_typed_into(pod, name):
        return Answer(text="\n".join(lines), where=entered(api, pod, name, how=ATTACHED))
    begun = Follow(since=api.now, began=api.now)
    return Answer(text="\n".join(lines), note=Message(GOES_ON), follow=begun)


def _reach(api: Api, pod: Any, name: str, *, stdin: bool, tty: bool) -> None:
    """To a container that runs, at whose streams kubectl is already. Raises Said."""
    admit(api, pod, "attach", name, stdin=stdin, terminal=tty)
    if not pod.spec.node_name:
        raise Said(f"Error from server (BadRequest): pod {pod.metadata.name} does not have a host assigned")
    path = f"attach/{pod.metadata.namespace}/{pod.metadata.name}/{name}"
    ask_kubelet(api, pod, path, query=streams(stdin=stdin, tty=tty))
    if not runs(pod, name):
        raise Said(not_upgraded(api, f'container not found ("{name}")'))


def follow(api: Api, words: Sequence[str], position: Follow) -> Answer:
    """What the program writes while one is attached. Raises Said."""
    arguments = _read(api, words)
    pod = pod_named(api, arguments.words[0], namespace_of(arguments) or "")
    name = container_of(api, pod, arguments.value("container"))
    metadata = pod.metadata
    return logs.follow(api, [metadata.name, "-c", name, "-n", metadata.namespace], position)


def introduction(api: Api, arguments: Arguments) -> list[str]:
    """What kubectl says before the program does."""
    if arguments.has("quiet"):
        return []
    return [_RECORDED, PROMPT] if api.today else [PROMPT] if arguments.has("tty") else []


def is_typed_into(pod: Any, name: str) -> bool:
    """Whether a container's program is a shell that reads what comes through its standard input."""
    container = _container(pod, name)
    words = (*container.command, *container.args)
    if (inner := behind_chroot(pod, name, words)) is not None:
        return bool(container.stdin) and (not inner or is_bare_shell(inner))
    shell = is_bare_shell(words) if words else is_shell_image(container.image)
    return shell and bool(container.stdin)


def goes_on(api: Api, pod: Any, name: str) -> bool:
    """Whether a container runs a script that never ends by itself, of which is known what it writes."""
    record = record_of(api, pod, name) if pod.spec.node_name else None
    program = None if record is None else record.program
    if program is None:
        return False
    return program.calls is not None or (program.scripted and not program.awaits and program.ends is None)


def began_at(api: Api, pod: Any, name: str) -> Micros:
    """When a running container began."""
    record = record_of(api, pod, name)
    return 0 if record is None or record.started_at is None else record.started_at


def runs(pod: Any, name: str) -> bool:
    """Whether the API server knows that a container runs."""
    status = next((one for one in every_status(pod) if one.name == name), None)
    return status is not None and status.state.running is not None


def after_session(api: Api, session: Session, pod: Any, code: int) -> Answer:
    """A shell was left that was its container's program: what is done, and what kubectl says."""
    ended = Command("crash-container", pod.metadata.uid, {"container": session.container, "code": code})
    lines = [_resumed(api, session, pod)]
    if session.how == REMOVED:
        options = ["--now", "--wait=false"] if api.today else ["--now"]
        gone = delete.delete(api, [session.made, "-n", session.namespace, *options], "")
        resource, _slash, name = session.made.partition("/")
        lines.append(gone.text or f'{api.singular(resource)} "{name}" deleted')
    if code and pod.spec.restart_policy == "Never" and session.how != ATTACHED:
        lines.append(f"pod {session.namespace}/{session.pod} terminated (Error)")
    text = "\n".join(line for line in lines if line)
    return Answer(text=text, ok=not code, code=code, commands=(ended, *api.in_order()))


def _resumed(api: Api, session: Session, pod: Any) -> str:
    """How one would come back."""
    again = f"kubectl attach {session.pod} -c {session.container}"
    if not api.today:
        how = f"'{again} -i -t' command when the pod is running"
        return f"Session ended, resume using {how}" if pod.spec.restart_policy == "Always" else ""
    again = f"'{again} -n {session.namespace} -i -t'"
    if any(one.name == session.container for one in pod.spec.ephemeral_containers):
        return (
            "Session ended, the ephemeral container will not be restarted but may be reattached using "
            f"{again} if it is still running"
        )
    return f"Session ended, resume using {again} command"


def _read(api: Api, words: Sequence[str]) -> Arguments:
    arguments = commands.read("attach", words, api.release)
    given = arguments.words
    if not given:
        if api.today:
            raise Said("error: at least 1 argument is required for attach")
        raise misused(api, "attach", "at least one argument is required for attach")
    if len(given) > 2:
        told = f"saw {len(given)}: [{' '.join(given)}]"
        if not api.today:
            expected = "expected fewer than three arguments: POD or TYPE/NAME or TYPE NAME"
            raise misused(api, "attach", f"{expected}, {told}")
        raise Said(f"error: expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) {told}")
    return arguments._replace(words=("/".join(given),))


def _container(pod: Any, name: str) -> Any:
    return next(one for one in every_container(pod) if one.name == name)
