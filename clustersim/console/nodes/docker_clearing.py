"""Clearing away by hand: docker rm and rmi."""

from typing import Final

from clustersim.command import Command
from clustersim.console.answer import Answer, Said
from clustersim.console.arguments import Arguments, Flags
from clustersim.console.nodes import docker_listing as listing
from clustersim.console.nodes.columns import image_id
from clustersim.console.nodes.host import Host
from clustersim.docker.daemon import Docker
from clustersim.images import familiar
from clustersim.runtime.records import RUNNING, Sandbox

FLAGS: Final = Flags({}, {"f": "force", "force": "force", "v": "volumes", "l": "link"})
"""Of docker rm and rmi."""


def remove(host: Host, found: Docker, arguments: Arguments) -> Answer:
    """docker rm [-f] CONTAINER ...: those that run only with -f. Raises Said."""
    commands: list[Command] = []
    ids: list[str] = []
    for word in arguments.words:
        listed = listing.named(found, word)
        if listed.state == RUNNING and not arguments.has("force"):
            raise Said(
                f"Error response from daemon: You cannot remove a running container {listed.one.id}. "
                "Stop the container before attempting removal or use -f"
            )
        if isinstance(listed.one, Sandbox) and listed.one.ready:
            commands.append(Command("kill-sandbox", listed.one.pod_uid))
        ids.append(listed.one.id)
    commands.append(Command("remove-containers", host.name, {"ids": " ".join(ids)}))
    return Answer(text="\n".join(arguments.words), commands=tuple(commands))


def remove_images(host: Host, found: Docker, arguments: Arguments) -> Answer:
    """docker rmi [-f] IMAGE ...: none that a container has; with -f none that one runs from. Raises Said."""
    lines, commands = [], []
    for word in arguments.words:
        image = _image(found, word)
        number = image_id(image)
        holders = [one for one in found.disk.containers.values() if familiar(one.image) == image]
        running = next((one for one in holders if one.state == RUNNING), None)
        if holders and not arguments.has("force"):
            raise Said(
                "Error response from daemon: conflict: unable to remove repository reference "
                f'"{word}" (must force) - container {holders[0].id[:12]} is using its referenced image '
                f"{number[:12]}"
            )
        if running is not None:
            raise Said(
                f"Error response from daemon: conflict: unable to delete {number[:12]} (cannot be forced) - "
                f"image is being used by running container {running.id[:12]}"
            )
        lines += [f"Untagged: {image}", f"Deleted: sha256:{number}"]
        commands.append(Command("remove-image", host.name, {"image": image}))
    return Answer(text="\n".join(lines), commands=tuple(commands))


def _image(found: Docker, word: str) -> str:
    """By its name, or by the beginning of its id. Raises Said."""
    for image in found.disk.images:
        number = image_id(image)
        if familiar(word) == image or (len(word) >= 4 and number.startswith(word.removeprefix("sha256:"))):
            return image
    raise Said(f"Error response from daemon: No such image: {word if ':' in word else f'{word}:latest'}")
