"""The images of a machine: pulled from a registry, kept on its disk, removed."""

from typing import Any

from clustersim.api.status import Reply
from clustersim.flags.node import RuntimeDelays
from clustersim.images import ImageRegistry, familiar
from clustersim.runtime.containers import Containers
from clustersim.runtime.records import IMAGE_BYTES


class ImageStore(Containers):
    """The part of a runtime that keeps them. flags: its settings."""

    flags: Any
    delays: RuntimeDelays
    registry: ImageRegistry

    def serve_images(self, call: int) -> None:
        """Which images it has."""
        self.reply(call, Reply(200, tuple(self.disk.images)), self.flags.call_latency)

    def serve_pull(self, call: int, image: str, missing: bool = False) -> None:
        """Pull an image, which may be missing for this node; a registry that refuses does so as slowly."""
        self.post(self.delays.first_pull, self.pull_ends, call, image, missing)

    def pull_by_hand(self, image: str) -> None:
        """Somebody at the machine pulls an image."""
        self.post(self.delays.first_pull, self.pulled_by_hand, image)

    def pulled_by_hand(self, image: str) -> None:
        """It is there, if the registry has it."""
        if self.registry.serves(image):
            self._keep_image(image)
            self.contents_changed()

    def pull_ends(self, call: int, image: str, missing: bool = False) -> None:
        """The image is there, or the registry said no."""
        if self.registry.serves(image, missing=missing):
            self._keep_image(image)
            self.reply(call, Reply(200))
        else:
            self.reply(call, Reply(404, None, "NotFound", self.not_found(image)))

    def _keep_image(self, image: str) -> None:
        if (name := familiar(image)) not in self.disk.images:
            self.disk.images[name] = self.now
            self.host.use_disk(IMAGE_BYTES)

    def serve_remove_image(self, call: int, image: str) -> None:
        """Remove an image that no container has."""
        if any(familiar(container.image) == image for container in self.disk.containers.values()):
            self.reply(call, Reply(409, None, "Conflict", f"image is being used: {image}"))
            return
        self.forget_image(image)
        self.reply(call, Reply(200), self.flags.call_latency)

    def forget_image(self, image: str) -> None:
        """It is no longer there, if it was."""
        if self.disk.images.pop(familiar(image), None) is not None:
            self.host.use_disk(-IMAGE_BYTES)
            self.contents_changed()

    def not_found(self, image: str) -> str:
        """What it says of an image that the registry does not have."""
        return f"manifest for {image} not found: manifest unknown"
