"""crictl on the nodes of today. Source: kubernetes-sigs/cri-tools cmd/crictl."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from clustersim.command import Command
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments, Flags, parse
from clustersim.console.nodes import crictl_clearing as clearing
from clustersim.console.nodes.columns import aligned, image_id
from clustersim.console.nodes.container_logs import log_of, part_of
from clustersim.console.nodes.durations import human_duration
from clustersim.console.nodes.host import Host
from clustersim.console.nodes.inside import FORGOTTEN, inside, is_interactive
from clustersim.console.nodes.processes import pid_of_container
from clustersim.console.shell.filtered import pattern_of
from clustersim.containerd.daemon import Containerd
from clustersim.engine.process import HUNG
from clustersim.engine.time import Micros
from clustersim.i18n import _
from clustersim.images import familiar, name_and_tag
from clustersim.kubectl.gotemplate import GoTemplate, TemplateError
from clustersim.kubectl.manifest import to_json
from clustersim.kubelet.images import IMAGE_NAME
from clustersim.runtime.ending import stopped_by_hand
from clustersim.runtime.records import RUNNING, Container, Sandbox
from clustersim.runtime.usage import cpu_taken, memory_taken, running_on

T = TypeVar("T", Container, Sandbox)

_FLAGS: Final = Flags(
    {
        "name": "name",
        "pod": "pod",
        "p": "pod",
        "o": "output",
        "template": "template",
        "image": "image",
        "label": "label",
        "output": "output",
        "t": "timeout",
        "timeout": "timeout",
        "state": "state",
        "s": "state",
        "namespace": "namespace",
        "tail": "tail",
        "n": "last",
    },
    {
        "a": "all",
        "all": "all",
        "q": "quiet",
        "quiet": "quiet",
        "l": "latest",
        "latest": "latest",
        "no-trunc": "no-trunc",
        "v": "verbose",
        "f": "follow",
    },
)
_HEADS: Final = {
    "ps": ("CONTAINER", "IMAGE", "CREATED", "STATE", "NAME", "ATTEMPT", "POD ID", "POD", "NAMESPACE"),
    "pods": ("POD ID", "CREATED", "STATE", "NAME", "NAMESPACE", "ATTEMPT", "RUNTIME"),
    "images": ("IMAGE", "TAG", "IMAGE ID", "SIZE"),
}


def runtime_of(host: Host) -> Containerd:
    """The daemon, if it answers. Raises Said."""
    found = host.cluster.runtime(host.name)
    assert isinstance(found, Containerd)
    if found.status.phase == HUNG or (found.running and not found.state.ready):
        raise Said(note=_("The command waits: the daemon takes the call and does not answer."))
    if not found.running:
        raise Said(
            "validate service connection: validate CRI v1 runtime API for endpoint "
            '"unix:///run/containerd/containerd.sock": '
            'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while '
            "dialing: dial unix "
            '/run/containerd/containerd.sock: connect: connection refused"'
        )
    return found


def table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Columns as crictl and ctr have them."""
    return aligned([heads, *rows], padding=4)


def crictl(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """crictl ps, pods, images, inspect, inspectp, logs, exec, stats, pull, stop, stopp, rm, rmp, rmi, info,
    version. Raises Said."""
    verb, *rest = words or ("",)
    found = runtime_of(host)
    if verb == "exec":
        return _exec(host, found, rest)
    if (clears := _CLEARS.get(verb)) is not None:
        return clears(host, found, rest)
    answered = _VERBS.get({"image": "images", "img": "images"}.get(verb, verb))
    if answered is None:
        raise Said(
            f"crictl: No help topic for '{verb}'",
            note=_("This console knows crictl {verbs}."),
            verbs=", ".join(sorted([*_VERBS, *_CLEARS, "exec"])),
        )
    return answered(host, found, parse(rest, _FLAGS))


def _images(host: Host, found: Containerd, arguments: Arguments) -> Answer:
    named = [name_and_tag(image) for image in found.disk.images]
    full = [(name if "/" in name else f"docker.io/library/{name}", tag) for name, tag in named]
    rows = [(name, tag, image_id(name + tag)[:13], "104MB") for name, tag in full]
    if arguments.has("quiet"):
        return Answer(text="\n".join(f"sha256:{image_id(name + tag)}" for name, tag, *_rest in rows))
    return Answer(text=table(_HEADS["images"], rows))


def _version(host: Host, found: Containerd, arguments: Arguments) -> Answer:
    version = host.release.runtime_version
    lines = "Version:  0.1.0", "RuntimeName:  containerd", f"RuntimeVersion:  v{version}"
    return Answer(text="\n".join((*lines, "RuntimeApiVersion:  v1")))


def _info(host: Host, found: Containerd, arguments: Arguments) -> Answer:
    ready = [{"type": name, "status": True} for name in ("RuntimeReady", "NetworkReady")]
    return Answer(text=to_json({"status": {"conditions": ready}}))


def _inspect(host: Host, found: Containerd, arguments: Arguments) -> Answer:
    status = _status(_one(found, arguments.words))
    return Answer(text=_formed({"status": status, "info": _told_by_runc(status)}, arguments))


def _inspectp(host: Host, found: Containerd, arguments: Arguments) -> Answer:
    return Answer(text=_formed({"status": _sandbox(_box(found, arguments.words))}, arguments))


def _logs(host: Host, found: Containerd, arguments: Arguments) -> Answer:
    return log_of(host.cluster, _one(found, arguments.words), part_of(arguments))


def _stop(host: Host, found: Containerd, arguments: Arguments) -> Answer:
    commands = tuple(stopped(_one(found, [word])) for word in arguments.words)
    return Answer(text="\n".join(arguments.words), commands=commands)


def _stopp(host: Host, found: Containerd, arguments: Arguments) -> Answer:
    boxes = [_box(found, [word]) for word in arguments.words]
    return Answer(
        text="\n".join(f"Stopped sandbox {word}" for word in arguments.words),
        commands=tuple(Command("kill-sandbox", box.pod_uid) for box in boxes),
    )


def _ps(host: Host, found: Containerd, arguments: Arguments) -> Answer:
    """crictl ps [-a] [-q] [--name N] [--state S] [--pod ID] [--image I] [-l]. Raises Said."""
    state, pod = arguments.value("state").lower(), arguments.value("pod")
    every = arguments.has("all") or bool(state)
    chosen = [
        one
        for one in reversed(found.disk.containers.values())
        if (every or one.state == RUNNING)
        and _matches(arguments.value("name"), one.name)
        and state in ("", one.state)
        and one.sandbox_id.startswith(pod)
        and arguments.value("image") in one.image
        and arguments.value("namespace", one.namespace) == one.namespace
    ]
    return _listed(found.now, arguments, "ps", chosen, _container_row, _status)


def _pods(host: Host, found: Containerd, arguments: Arguments) -> Answer:
    """crictl pods [-q] [--name N] [--state S] [--namespace N] [-l]. Raises Said."""
    state = arguments.value("state").lower()
    chosen = [
        box
        for box in reversed(found.disk.sandboxes.values())
        if _matches(arguments.value("name"), box.pod)
        and state in ("", "ready" if box.ready else "notready")
        and arguments.value("namespace", box.namespace) == box.namespace
    ]
    return _listed(found.now, arguments, "pods", chosen, _sandbox_row, _sandbox)


def _container_row(one: Container, now: Micros) -> tuple[str, ...]:
    since = one.started_at if one.started_at is not None else one.created_at
    return (
        one.id[:13],
        one.image,
        f"{human_duration(now - since)} ago",
        one.state.capitalize(),
        one.name,
        str(one.attempt),
        one.sandbox_id[:13],
        one.pod,
        one.namespace,
    )


def _sandbox_row(box: Sandbox, now: Micros) -> tuple[str, ...]:
    since, state = f"{human_duration(now - box.created_at)} ago", "Ready" if box.ready else "NotReady"
    return box.id[:13], since, state, box.pod, box.namespace, str(box.attempt), "(default)"


def _listed(
    now: Micros,
    arguments: Arguments,
    verb: str,
    chosen: Sequence[T],
    row: Callable[[T, Micros], tuple[str, ...]],
    described: Callable[[T], dict[str, Any]],
) -> Answer:
    """What was chosen, in the form that is asked for."""
    chosen = chosen[:1] if arguments.has("latest") else chosen
    if arguments.has("quiet"):
        return Answer(text="\n".join(one.id for one in chosen))
    if arguments.value("output") in ("json", "yaml"):
        key = "containers" if verb == "ps" else "items"
        return Answer(text=to_json({key: [described(one) for one in chosen]}))
    return Answer(text=table(_HEADS[verb], [row(one, now) for one in chosen]))


def _matches(pattern: str, name: str) -> bool:
    """Names are chosen by regular expressions (cri-tools cmd/crictl/util.go, matchesRegex)."""
    return not pattern or pattern_of(pattern, "crictl", extended=True).search(name) is not None


def _formed(data: dict[str, Any], arguments: Arguments) -> str:
    """As JSON, or by a template: -o go-template --template '{{.status.state}}'. Raises Said."""
    if arguments.value("output") != "go-template":
        return to_json(data)
    try:
        return GoTemplate(arguments.value("template")).text(data)
    except TemplateError as error:
        raise Said(f"parsing Go-template: {error}") from None


def _stats(host: Host, found: Containerd, arguments: Arguments) -> Answer:
    """crictl stats: what containers take at this moment."""
    heads = ("CONTAINER", "NAME", "CPU %", "MEM", "DISK", "INODES", "SWAP")
    rows = [
        (
            one.id[:13],
            one.name,
            f"{cpu_taken(one) / 10:.2f}",
            f"{memory_taken(one) / 1e6:.4g}MB",
            "0B",
            "0",
            "0B",
        )
        for one in running_on(host.machine)
        if not arguments.words or one.id.startswith(arguments.words[0])
    ]
    return Answer(text=table(heads, rows))


def _exec(host: Host, found: Containerd, words: Sequence[str]) -> Answer:
    """crictl exec [-it] CONTAINER COMMAND ... Raises Said."""
    plain = list(words)
    while plain and plain[0].startswith("-"):
        plain.pop(0)
    if len(plain) < 2:
        raise Said("E validate arguments: ID and command are required")
    one = _one(found, plain)
    pod = host.cluster.find_pod(one.pod_uid)
    if one.state != RUNNING:
        raise Said(f"execing command in container: container is in CONTAINER_{one.state.upper()} state")
    if pod is None:
        raise Said(note=FORGOTTEN)
    stays = host.name if any(is_interactive(word) for word in words[: -len(plain)]) else None
    return inside(Api(host.cluster), pod, one.name, plain[1:], stays=stays)


def _pull(host: Host, found: Containerd, arguments: Arguments) -> Answer:
    """crictl pull IMAGE. Raises Said where the registry has none."""
    words = arguments.words
    if len(words) != 1:
        raise Said("E image name cannot be empty" if not words else "E too many arguments")
    image = words[0]
    full = image if "/" in image else f"docker.io/library/{image}"
    full = full if ":" in full.rpartition("/")[2] else f"{full}:latest"
    if not IMAGE_NAME.fullmatch(image) or not host.cluster.registry.serves(image):
        refused = f'failed to pull and unpack image "{full}": failed to resolve image: {full}: not found'
        raise Said(
            f'E PullImage from image service failed" err="rpc error: code = NotFound desc = {refused}" '
            f'image="{image}"\nFATA[0001] pulling image: rpc error: code = NotFound desc = {refused}'
        )
    there = familiar(image) in found.disk.images
    return Answer(
        text=f"Image is up to date for sha256:{hashlib.sha256(image.encode()).hexdigest()}",
        commands=() if there else (Command("pull-image", host.name, {"image": image}),),
    )


def _one(found: Containerd, words: Sequence[str]) -> Container:
    if not words or not words[0]:
        raise Said("container ID is required")
    matches = [one for one in found.disk.containers.values() if one.id.startswith(words[0])]
    if not matches:
        raise Said(
            "rpc error: code = NotFound desc = an error occurred when try to find container "
            f'"{words[0]}": not found'
        )
    return matches[0]


def stopped(one: Container) -> Command:
    """Stopping a container by hand: to the kubelet it has ended."""
    if one.state != RUNNING:
        raise Said(one.id[:12])
    return Command("crash-container", one.pod_uid, {"container": one.name, "code": stopped_by_hand(one)})


def _told_by_runc(status: dict[str, Any]) -> dict[str, Any]:
    """What the runtime says besides."""
    running = status["state"] == "CONTAINER_RUNNING"
    return {"pid": pid_of_container(status["id"]) if running else 0}


def _status(one: Container) -> dict[str, Any]:
    return {
        "id": one.id,
        "image": {"image": one.image},
        "state": f"CONTAINER_{one.state.upper()}",
        "exitCode": one.exit_code,
        "metadata": {"name": one.name, "attempt": one.attempt},
        "labels": {
            "io.kubernetes.pod.name": one.pod,
            "io.kubernetes.pod.namespace": one.namespace,
            "io.kubernetes.pod.uid": one.pod_uid,
        },
    }


def _box(found: Containerd, words: Sequence[str]) -> Sandbox:
    """Raises Said."""
    for box in found.disk.sandboxes.values():
        if words and words[0] and box.id.startswith(words[0]):
            return box
    raise Said("rpc error: code = NotFound desc = an error occurred when try to find sandbox: not found")


def _sandbox(box: Sandbox) -> dict[str, Any]:
    return {
        "id": box.id,
        "state": "SANDBOX_READY" if box.ready else "SANDBOX_NOTREADY",
        "metadata": {
            "name": box.pod,
            "namespace": box.namespace,
            "uid": box.pod_uid,
            "attempt": box.attempt,
        },
        "network": {"ip": box.ip},
    }


_VERBS: Final[dict[str, Callable[[Host, Containerd, Arguments], Answer]]] = {
    "images": _images,
    "info": _info,
    "inspect": _inspect,
    "inspectp": _inspectp,
    "logs": _logs,
    "pods": _pods,
    "ps": _ps,
    "pull": _pull,
    "stats": _stats,
    "stop": _stop,
    "stopp": _stopp,
    "version": _version,
}
_CLEARS: Final[dict[str, Callable[[Host, Containerd, Sequence[str]], Answer]]] = {
    "rm": clearing.rm,
    "rmi": clearing.rmi,
    "rmp": clearing.rmp,
}
