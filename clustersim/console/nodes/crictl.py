"""crictl and ctr on the nodes of today. Source: kubernetes-sigs/cri-tools cmd/crictl."""

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from clustersim.command import Command
from clustersim.console.answer import Answer, Said
from clustersim.console.arguments import Flags, parse
from clustersim.console.nodes.container_logs import log_of, part_of
from clustersim.console.nodes.host import Host
from clustersim.containerd.daemon import Containerd
from clustersim.engine.process import HUNG
from clustersim.i18n import _
from clustersim.kubectl.manifest import to_json
from clustersim.kubelet.images import IMAGE_NAME
from clustersim.runtime.records import RUNNING, Container

_FLAGS: Final = Flags(
    {
        "name": "name",
        "pod": "pod",
        "p": "pod",
        "o": "output",
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


def _runtime(host: Host) -> Containerd:
    found = host.process("containerd")
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


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [heads, *rows]
    widths = [max(20, *(len(row[i]) + 4 for row in lines)) for i in range(len(heads) - 1)]
    return "\n".join(
        "".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)) + row[-1]
        for row in lines
    )


def crictl(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """crictl ps, pods, images, inspect, inspectp, logs, pull, stop, info, version. Raises Said."""
    verb, *rest = words or ("",)
    arguments = parse(rest, _FLAGS)
    found = _runtime(host)
    match verb:
        case "ps":
            rows = found.crictl_ps(everything=arguments.has("all"))
            rows = tuple(row for row in rows if arguments.value("name") in row[4])
            return Answer(
                text="\n".join(row[0] for row in rows)
                if arguments.has("quiet")
                else _table(_HEADS["ps"], rows)
            )
        case "pods":
            pods = tuple(row for row in found.crictl_pods() if arguments.value("name") in row[3])
            return Answer(
                text="\n".join(row[0] for row in pods)
                if arguments.has("quiet")
                else _table(_HEADS["pods"], pods)
            )
        case "images" | "image" | "img":
            images = [(name, tag, image_id(name + tag)[:13], "104MB") for name, tag in found.crictl_images()]
            return Answer(text=_table(_HEADS["images"], images))
        case "version":
            return Answer(
                text="Version:  0.1.0\nRuntimeName:  containerd\nRuntimeVersion:  "
                f"v{host.release.runtime_version}\nRuntimeApiVersion:  v1"
            )
        case "info":
            return Answer(
                text=to_json(
                    {
                        "status": {
                            "conditions": [
                                {"type": "RuntimeReady", "status": True},
                                {"type": "NetworkReady", "status": True},
                            ]
                        }
                    }
                )
            )
        case "inspect":
            return Answer(text=to_json({"status": _status(_one(found, arguments.words), host.now)}))
        case "inspectp":
            return Answer(text=to_json({"status": _sandbox(found, arguments.words)}))
        case "logs":
            return log_of(host.cluster, _one(found, arguments.words), part_of(arguments))
        case "pull":
            return _pull(host, found, arguments.words)
        case "stop" | "stopp" | "rm" | "rmp" | "rmi" | "exec":
            if verb == "stop":
                return Answer(
                    text="\n".join(arguments.words),
                    commands=tuple(stopped(_one(found, [word])) for word in arguments.words),
                )
            raise Said(note=_("Of what changes something this console knows crictl stop and pull."))
    raise Said(
        f"crictl: No help topic for '{verb}'",
        note=_(
            "This console knows crictl ps, pods, images, inspect, inspectp, logs, pull, stop, info, version."
        ),
    )


def image_id(image: str) -> str:
    """An id that an image always has; the model keeps none."""
    return hashlib.blake2b(image.encode(), digest_size=7).hexdigest()


def _pull(host: Host, found: Containerd, words: Sequence[str]) -> Answer:
    """crictl pull IMAGE. Raises Said where the registry has none."""
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
    there = image in found.disk.images
    return Answer(
        text=f"Image is up to date for sha256:{hashlib.sha256(image.encode()).hexdigest()}",
        commands=() if there else (Command("pull-image", host.name, {"image": image}),),
    )


def _one(found: Any, words: Sequence[str]) -> Container:
    if not words:
        raise Said("container ID is required")
    matches = [one for one in found.disk.containers.values() if one.id.startswith(words[0])]
    if not matches:
        raise Said(
            "rpc error: code = NotFound desc = an error occurred when try to find container "
            f'"{words[0]}": not found'
        )
    return matches[0]  # type: ignore[no-any-return]


def stopped(one: Container) -> Command:
    """Stopping a container by hand: to the kubelet it has ended."""
    if one.state != RUNNING:
        raise Said(one.id[:12])
    return Command("crash-container", one.pod_uid, {"container": one.name, "code": 143})


def _status(one: Container, now: int) -> dict[str, Any]:
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


def _sandbox(found: Any, words: Sequence[str]) -> dict[str, Any]:
    for box in found.disk.sandboxes.values():
        if words and box.id.startswith(words[0]):
            state = "SANDBOX_READY" if box.ready else "SANDBOX_NOTREADY"
            return {
                "id": box.id,
                "state": state,
                "metadata": {
                    "name": box.pod,
                    "namespace": box.namespace,
                    "uid": box.pod_uid,
                    "attempt": box.attempt,
                },
                "network": {"ip": box.ip},
            }
    raise Said("rpc error: code = NotFound desc = an error occurred when try to find sandbox: not found")


def ctr(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """ctr -n k8s.io containers ls, tasks ls, images ls. Raises Said."""
    found = _runtime(host)
    plain = [
        word
        for index, word in enumerate(words)
        if not word.startswith("-") and (index == 0 or words[index - 1] not in ("-n", "--namespace"))
    ]
    spaced = any(word in ("k8s.io", "-n=k8s.io", "--namespace=k8s.io") for word in words)
    match plain[:2]:
        case ["containers" | "container" | "c", "ls" | "list"]:
            rows = (
                [(one.id, one.image, "io.containerd.runc.v2") for one in found.disk.containers.values()]
                if spaced
                else []
            )
            return Answer(text=_table(("CONTAINER", "IMAGE", "RUNTIME"), rows))
        case ["tasks" | "task" | "t", "ls" | "list"]:
            live = [one for one in found.disk.containers.values() if one.state == RUNNING] if spaced else []
            return Answer(
                text=_table(
                    ("TASK", "PID", "STATUS"),
                    [(one.id, str(5000 + 17 * i), "RUNNING") for i, one in enumerate(live)],
                )
            )
        case ["images" | "image" | "i", "ls" | "list"]:
            names = (
                [f"docker.io/library/{image}" if "/" not in image else image for image in found.disk.images]
                if spaced
                else []
            )
            return Answer(
                text=_table(
                    ("REF", "TYPE"), [(name, "application/vnd.oci.image.index.v1+json") for name in names]
                )
            )
    raise Said(note=_("This console knows ctr -n k8s.io containers ls, tasks ls and images ls."))
