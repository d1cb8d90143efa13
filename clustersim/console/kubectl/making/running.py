"""kubectl run: it makes a pod, in v1.7 and v1.8 also what keeps pods running. With -i, -t or --attach it
shows what the program prints, and --rm takes away what was made.

Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd/run.go; v1.36 staging/src/k8s.io/kubectl/pkg/cmd/run/run.go.
"""

from collections.abc import Sequence
from typing import Any, Final

from msgspec.structs import replace

from clustersim.command import Command
from clustersim.console.answer import Answer, Follow, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.changing import delete
from clustersim.console.kubectl.files import recognized
from clustersim.console.kubectl.made import Made, line_of, post
from clustersim.console.kubectl.making.generators import run_objects
from clustersim.console.kubectl.making.overrides import overridden
from clustersim.console.kubectl.misuse import misused
from clustersim.console.kubectl.pods import logs
from clustersim.console.kubectl.pods.attaching import began_at, goes_on, introduction, is_typed_into, runs
from clustersim.console.kubectl.pods.pods import ask_kubelet, pod_named
from clustersim.console.kubectl.waits import GOES_ON, begin, present, split
from clustersim.console.nodes.inside import inside, is_bare_shell
from clustersim.console.nodes.sessions import REMOVED, RUN, entered
from clustersim.engine.time import SECOND
from clustersim.i18n import Message

PATIENCE: Final = 60 * SECOND
"""kubectl's --pod-running-timeout."""
LINGERS: Final = 5 * SECOND
"""How long a program is waited for of whose end the model knows nothing."""
PRINTED: Final = 1
FAILED: Final = 2
WATCHED: Final = 3
"""What `Follow.told` says of a program: its output is printed, it went wrong, it goes on and is watched."""
INTERRUPTED: Final = 130
"""The exit code of a shell that SIGINT ends."""
ENDED: Final = ("Succeeded", "Failed")
LATE: Final = "error: timed out waiting for the condition"


def run(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl run. Raises Said."""
    arguments = commands.read("run", words, api.release)
    if not arguments.words:
        if api.today and not arguments.value("image"):
            raise Said('error: required flag(s) "image" not set')
        raise misused(api, "run", "NAME is required for run")
    made = Made(api, arguments)
    made.between = "\n---\n---\n"  # kubectl run writes a line of its own beside its printer's.
    attached = arguments.has("attach", any(arguments.has(name) for name in ("stdin", "tty")))
    if arguments.has("rm") and not attached:
        raise misused(api, "run", "--rm should only be used for attached containers")
    objects = overridden(run_objects(api, arguments.words[0], arguments), arguments)
    if not made.dry:
        api.reach()
    manifests = [recognized(api, "STDIN", plain, arguments) for plain in objects]
    for manifest in manifests:
        post(api, manifest, made, "created", line=line_of("run", words))
    if made.dry or made.failed or not attached:
        return made.answer()
    first = manifests[0]
    made_now = f"{first.resource}/{first.namespace}/{first.name}/"
    return Answer(note=Message(GOES_ON), follow=begin(api, [made_now]))


def follow(api: Api, words: Sequence[str], position: Follow) -> Answer:
    """It waits for the container, shows what its program prints, and waits for its end. Raises Said."""
    arguments = commands.read("run", words, api.release)
    api.reach()
    [waited] = position.waits_for or [""]
    resource, namespace, name, _uid = split(waited)
    if present(api, waited) is None:
        raise Said(f'Error from server (NotFound): {resource} "{name}" not found')
    pod = pod_named(api, name if resource == "pods" else f"{resource}/{name}", namespace)
    waits = api.now - position.began
    if position.told == WATCHED:
        return _watched(api, arguments, pod, position)
    if position.told:
        over = pod.status.phase in ENDED or waits >= LINGERS
        return _ended(api, arguments, position) if over else Answer(follow=position)
    if _has_begun(pod):
        name = pod.spec.containers[0].name
        if is_typed_into(pod, name) and runs(pod, name):
            how = REMOVED if arguments.has("rm") else RUN
            where = entered(api, pod, name, how=how, made=f"{resource}/{waited.split('/')[2]}")
            return Answer(text="\n".join(introduction(api, arguments)), where=where)
        if goes_on(api, pod, name):
            watched = replace(position, told=WATCHED, since=max(0, began_at(api, pod, name) - 1))
            answer = _watched(api, arguments, pod, watched)
            text = "\n".join(part for part in (*introduction(api, arguments), answer.text) if part)
            return replace(answer, text=text)
        answer = _printed(api, pod, arguments)
        api.commands += answer.commands
        told = PRINTED if answer.ok else FAILED
        return replace(answer, commands=(), ok=True, follow=replace(position, told=told, began=api.now))
    if waits < PATIENCE:
        return Answer(follow=replace(position, since=api.revision))
    ended = _ended(api, arguments, replace(position, told=FAILED))
    return replace(ended, text="\n".join(part for part in (ended.text, LATE) if part))


def interrupted(api: Api, words: Sequence[str], position: Follow) -> Answer:
    """Ctrl-C: a program that goes on ends by SIGINT; with --rm what was made is deleted. Raises Said."""
    arguments = commands.read("run", words, api.release)
    if position.told == WATCHED:
        resource, namespace, name, _uid = split(position.waits_for[0])
        pod = pod_named(api, name if resource == "pods" else f"{resource}/{name}", namespace)
        args = {"container": pod.spec.containers[0].name, "code": INTERRUPTED}
        api.commands.append(Command("crash-container", pod.metadata.uid, args))
    elif position.told or not arguments.has("rm"):
        return Answer()
    told = replace(position, told=FAILED if position.told else PRINTED)
    return replace(_ended(api, arguments, told), commands=api.in_order())


def _watched(api: Api, arguments: Arguments, pod: Any, position: Follow) -> Answer:
    """What a program has written since, for as long as it runs."""
    metadata, name = pod.metadata, pod.spec.containers[0].name
    answer = logs.follow(api, [metadata.name, "-c", name, "-n", metadata.namespace], position)
    if answer.follow is None:
        status = next((one.state.terminated for one in pod.status.container_statuses[:1]), None)
        failed = status is not None and status.exit_code != 0
        ended = _ended(api, arguments, replace(position, told=FAILED if failed else PRINTED))
        return replace(ended, text="\n".join(part for part in (answer.text, ended.text) if part))
    return answer


def _has_begun(pod: Any) -> bool:
    """Its first container runs, or did."""
    states = [status.state for status in pod.status.container_statuses[:1]]
    return any(state.running is not None or state.terminated is not None for state in states)


def _printed(api: Api, pod: Any, arguments: Arguments) -> Answer:
    """What the program prints, and how it ends."""
    command = [*arguments.words[1:], *(arguments.after or ())]
    container = pod.spec.containers[0].name
    if not command or is_bare_shell(command):
        return Answer()
    if pod.status.phase not in ENDED:
        ask_kubelet(api, pod, f"attach/{pod.metadata.namespace}/{pod.metadata.name}/{container}")
    return inside(api, pod, container, command)


def _ended(api: Api, arguments: Arguments, position: Follow) -> Answer:
    """With --rm, what was made is deleted, however it went."""
    [waited] = position.waits_for
    resource, namespace, name, _uid = split(waited)
    lines = list[str]()
    if arguments.has("rm"):
        options = ["--now", "--wait=false"] if api.today else ["--now"]
        gone = delete.delete(api, [f"{resource}/{name}", "-n", namespace, *options], "")
        lines.append(gone.text or f'{api.singular(resource)} "{name}" deleted')
    if position.told == FAILED and resource == "pods":
        lines.append(f"pod {namespace}/{name} terminated (Error)")
    return Answer(text="\n".join(line for line in lines if line), ok=position.told != FAILED)
