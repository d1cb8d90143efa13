"""What comes from outside a cluster: the registry that images are pulled from."""

import msgspec

from clustersim.engine.actor import Actor
from clustersim.engine.engine import Engine
from clustersim.engine.state import State


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
