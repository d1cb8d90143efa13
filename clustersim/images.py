"""What comes from outside a cluster: the registry that images are pulled from, and what the programs in
them do."""

from typing import Final

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.engine.actor import Actor
from clustersim.engine.engine import Engine
from clustersim.engine.state import State

PROGRAM: Final = "program.clustersim/"
"""Annotation prefix of a pod: what the program of one of its containers does by itself."""


class Exits(msgspec.Struct, frozen=True):
    """The program ends by itself `after_ms` milliseconds after each start, with that exit code."""

    after_ms: int
    code: int


def program_annotation(container: str, exits: Exits) -> dict[str, str]:
    """The annotation of a pod whose container ends by itself."""
    return {f"{PROGRAM}{container}": f"exit {exits.code} after {exits.after_ms}ms"}


def program_of(pod: Pod, container: str) -> Exits | None:
    """What the container's program does by itself; None: it runs until it is told to stop."""
    text = pod.metadata.annotations.get(f"{PROGRAM}{container}")
    if text is None:
        return None
    _, code, _, after = text.split()
    return Exits(int(after.removesuffix("ms")), int(code))


class RegistryState(State):
    """`refused`: images whose pull fails until they are allowed; `down`: the registry answers nobody."""

    refused: dict[str, bool] = msgspec.field(default_factory=dict)
    down: bool = False


class ImageRegistry(Actor):
    """Where docker pulls images from."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, "registry")
        self.state: RegistryState = RegistryState()

    def serves(self, image: str) -> bool:
        """A pull of the image succeeds now."""
        return not self.state.down and image not in self.state.refused

    def refuse(self, image: str) -> None:
        """Pulls of the image fail from now on."""
        self.state.refused[image] = True
        self.emit("machine", "image-refused", f"images/{image}")

    def allow(self, image: str) -> None:
        """Pulls of the image succeed from now on."""
        if self.state.refused.pop(image, None):
            self.emit("machine", "image-allowed", f"images/{image}")
