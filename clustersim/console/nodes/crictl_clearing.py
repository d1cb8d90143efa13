"""Clearing away by hand: crictl rm, rmp and rmi. Source: kubernetes-sigs/cri-tools cmd/crictl."""

from collections.abc import Sequence
from typing import Final

from clustersim.command import Command
from clustersim.console.answer import Answer, Said
from clustersim.console.arguments import Flags, parse
from clustersim.console.nodes.host import Host
from clustersim.containerd.daemon import Containerd
from clustersim.images import familiar
from clustersim.runtime.records import RUNNING, Container, Sandbox

_FLAGS: Final = Flags(
    {},
    {
        "a": "all",
        "all": "all",
        "f": "force",
        "force": "force",
        "q": "prune",
        "prune": "prune",
        "keep-running": "keep",
    },
)


def rm(host: Host, found: Containerd, words: Sequence[str]) -> Answer:
    """crictl rm [-f] [-a] CONTAINER .... Raises Said."""
    arguments = parse(words, _FLAGS)
    kept = found.disk.containers.values()
    chosen = list(kept) if arguments.has("all") else [_one(found, word) for word in arguments.words]
    if not chosen and not arguments.has("all"):
        raise Said("ID cannot be empty")
    for one in chosen:
        if one.state == RUNNING and not arguments.has("force"):
            raise Said(
                f'E container "{one.id}" is running, please stop it first'
                if not arguments.has("all")
                else f'removing container "{one.id}" failed: container is still running'
            )
    ids = " ".join(one.id for one in chosen)
    commands = (Command("remove-containers", host.name, {"ids": ids}),) if ids else ()
    return Answer(text="\n".join(one.id for one in chosen), commands=commands)


def rmp(host: Host, found: Containerd, words: Sequence[str]) -> Answer:
    """crictl rmp [-f] POD .... Raises Said."""
    arguments = parse(words, _FLAGS)
    if not arguments.words and not arguments.has("all"):
        raise Said("ID cannot be empty")
    kept = list(found.disk.sandboxes.values())
    chosen = kept if arguments.has("all") else [_box(found, word) for word in arguments.words]
    for box in chosen:
        if box.ready and not arguments.has("force"):
            raise Said(f'pod sandbox "{box.id}" is running, please stop it first')
    ready = tuple(Command("kill-sandbox", box.pod_uid) for box in chosen if box.ready)
    ids = " ".join(box.id for box in chosen)
    gone = (Command("remove-containers", host.name, {"ids": ids}),) if ids else ()
    return Answer(text="\n".join(f"Removed sandbox {box.id}" for box in chosen), commands=(*ready, *gone))


def rmi(host: Host, found: Containerd, words: Sequence[str]) -> Answer:
    """crictl rmi [--prune] [-a] IMAGE .... Raises Said."""
    arguments = parse(words, _FLAGS)
    used = {familiar(one.image) for one in found.disk.containers.values()}
    images = list(found.disk.images)
    if arguments.has("prune"):
        chosen = [image for image in images if image not in used]
    elif arguments.has("all"):
        chosen = images
    elif not arguments.words:
        raise Said("Please specify an image ID or use --all or --prune")
    else:
        chosen = [_known(images, word) for word in arguments.words]
    commands = tuple(Command("remove-image", host.name, {"image": image}) for image in chosen)
    return Answer(text="\n".join(f"Deleted: {_full(image)}" for image in chosen), commands=commands)


def _full(image: str) -> str:
    """The name that containerd keeps."""
    return image if "/" in image else f"docker.io/library/{image}"


def _known(images: Sequence[str], word: str) -> str:
    for image in images:
        if familiar(word) == image:
            return image
    raise Said(f"no such image {word}")


def _one(found: Containerd, word: str) -> Container:
    for one in found.disk.containers.values():
        if word and one.id.startswith(word):
            return one
    raise Said(
        f'rpc error: code = NotFound desc = an error occurred when try to find container "{word}": not found'
    )


def _box(found: Containerd, word: str) -> Sandbox:
    for box in found.disk.sandboxes.values():
        if word and box.id.startswith(word):
            return box
    raise Said(
        f'rpc error: code = NotFound desc = an error occurred when try to find sandbox "{word}": not found'
    )
