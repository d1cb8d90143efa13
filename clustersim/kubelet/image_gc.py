r"""Garbage collection of images: when the disk fills up, those that no container has go, the longest unused
first.

```
 every 5 min: used >= 85 % --> images are removed until 80 % are used, or no more may go
 disk pressure: all that may go are removed before a pod must
```
No image goes less than 2 min after it was first seen. What was there at the kubelet's start counted as
infinitely old; today it is first seen then (v1.7.5, v1.36.2 pkg/kubelet/images/image_gc_manager.go).
"""

from typing import Final

import msgspec

from clustersim.api.status import Reply
from clustersim.engine.loop import Loop
from clustersim.engine.state import State
from clustersim.engine.time import Micros
from clustersim.images import familiar
from clustersim.kubelet import rules
from clustersim.kubelet.container_killer import Done
from clustersim.kubelet.part import Part
from clustersim.machine import DISK_BYTES
from clustersim.runtime.records import IMAGE_BYTES, Listing
from clustersim.runtime.usage import disk_available

SOURCE: Final = "image_gc_manager.go"
BEFORE: Final[Micros] = -1
"""When things were seen that were there before the kubelet."""


class Sight(msgspec.Struct, frozen=True):
    """When an image was first seen, and when it was last seen with a container."""

    first: Micros
    used: Micros = BEFORE


class ImageGCMemory(State):
    """seen: by image; initialized: they were looked at once; wanted: bytes to be freed by what runs now, None
    while nothing does; freed: bytes so far; left: what may still go, in order; done: whom to tell, None for a
    pass; failed: the last pass did not free enough, or could not look."""

    seen: dict[str, Sight] = msgspec.field(default_factory=dict)
    initialized: bool = False
    wanted: int | None = None
    freed: int = 0
    left: list[str] = msgspec.field(default_factory=list)
    done: Done | None = None
    failed: bool = False


class ImageGC(Part):
    """The collector of images."""

    name = "image-gc"

    def memory(self) -> ImageGCMemory:
        return ImageGCMemory()

    def make_loop(self) -> Loop:
        """The looks at the disk; what the runtime does and how full the disk is wake it."""
        kubelet = self.kubelet
        cost = 2 * kubelet.runtime_latency
        return Loop(kubelet, self.name, self.collect, kubelet.flags.image_gc_period, cost=cost, waits=True)

    @property
    def loop(self) -> Loop:
        """Its loop."""
        loop: Loop = self.kubelet.loops[self.name]
        return loop

    # --- what is there --------------------------------------------------------------------------------

    def collect(self) -> None:
        """A pass: look at images and containers."""
        self.ask_runtime("images", then=self.images_told, extra=(None,), late=self.loop.state.late)

    def delete_unused(self, done: Done) -> None:
        """Remove all that may go, whatever the disk says, and tell `done` (DeleteUnusedImages)."""
        self.ask_runtime("images", then=self.images_told, extra=(done,))

    def images_told(self, reply: Reply, done: Done | None) -> None:
        """The runtime told its images, or did not."""
        if not reply.ok:
            self._ended(self.kubelet.runtime_error(reply), done)
            return
        late = self.loop.state.late if done is None else 0
        self.ask_runtime("ps", then=self.listed, extra=(reply.body, done), late=late)

    def listed(self, reply: Reply, images: tuple[str, ...], done: Done | None) -> None:
        """The runtime told its containers: remember who is used, and see what must go."""
        if not reply.ok:
            self._ended(self.kubelet.runtime_error(reply), done)
            return
        self._detect(images, reply.body)
        wanted = self._wanted() if done is None else DISK_BYTES
        if not wanted or self.state.wanted is not None:
            self._ended("", done)
        else:
            self._free(wanted, done)

    def _detect(self, images: tuple[str, ...], listing: Listing) -> None:
        """detectImages."""
        memory: ImageGCMemory = self.state
        now = self.now if memory.initialized or self.kubelet.first_sees_images_at_start else BEFORE
        used = {familiar(container.image) for container in listing.containers}
        memory.seen = {
            image: Sight(
                memory.seen[image].first if image in memory.seen else now,
                self.now if image in used else memory.seen[image].used if image in memory.seen else BEFORE,
            )
            for image in images
        }
        memory.initialized = True

    def _wanted(self) -> int:
        """Bytes that must be freed, 0 while the disk is not too full (GarbageCollect)."""
        flags = self.kubelet.flags
        available = int(disk_available(self.kubelet.host) * DISK_BYTES)
        percent = 100 - available * 100 // DISK_BYTES
        if percent < flags.image_gc_high_threshold:
            return 0
        wanted = DISK_BYTES * (100 - flags.image_gc_low_threshold) // 100 - available
        text = self.kubelet.words.disk_too_full(percent, flags.image_gc_high_threshold, wanted)
        self.log(SOURCE, text)
        return wanted

    # --- removing -------------------------------------------------------------------------------------

    def _free(self, wanted: int, done: Done | None) -> None:
        """freeSpace."""
        memory: ImageGCMemory = self.state
        youngest = self.now - self.kubelet.flags.minimum_image_ttl_duration
        idle = [
            (sight.used, sight.first, image)
            for image, sight in memory.seen.items()
            if sight.used < self.now and (sight.first == BEFORE or sight.first <= youngest)
        ]
        memory.wanted, memory.freed, memory.done = wanted, 0, done
        memory.left = [image for _, _, image in sorted(idle)]
        self._next()

    def _next(self) -> None:
        memory: ImageGCMemory = self.state
        if memory.wanted is not None and memory.left and memory.freed < memory.wanted:
            image = memory.left.pop(0)
            disk = 100 - round(disk_available(self.kubelet.host) * 100)
            verdict = rules.IMAGE_UNUSED.holds(image=image, used=disk)
            self.kubelet.emit("decision", "remove-image", f"images/{image}", rule=verdict)
            self.log(SOURCE, self.kubelet.words.removing_image(image, IMAGE_BYTES))
            self.ask_runtime("remove_image", image, then=self.removed, extra=(image,))
            return
        wanted, memory.wanted = memory.wanted or 0, None
        error = ""
        if memory.freed < wanted and memory.done is None:
            available = DISK_BYTES * (100 - self.kubelet.flags.image_gc_low_threshold) // 100 - wanted
            percent = 100 - available * 100 // DISK_BYTES
            error = self.kubelet.words.too_few_images(percent, wanted, memory.freed)
            self.kubelet.recorder.of_node("Warning", "FreeDiskSpaceFailed", error)
        self._ended(error, memory.done)

    def removed(self, reply: Reply, image: str) -> None:
        """An image is gone, or the runtime would not let it go."""
        memory: ImageGCMemory = self.state
        if reply.ok:
            memory.seen.pop(image, None)
            memory.freed += IMAGE_BYTES
        self._next()

    def _ended(self, error: str, done: Done | None) -> None:
        if done is not None:
            getattr(self.kubelet.parts[done.part], done.method)(error, *done.args)
            return
        memory: ImageGCMemory = self.state
        if error and memory.failed:
            self.kubelet.recorder.of_node("Warning", "ImageGCFailed", error)
            text = "Image garbage collection failed multiple times in a row"
            self.log("kubelet.go", self.kubelet.words.failure(text, error), "E")
        elif error:
            text = "Image garbage collection failed once. Stats initialization may not have completed yet"
            self.log("kubelet.go", self.kubelet.words.failure(text, error), "E")
        memory.failed = bool(error)
        self.loop.done()
        if error:
            self.loop.wake()
