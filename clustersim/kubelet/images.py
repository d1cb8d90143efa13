"""Images: pulled when the policy says so, one after another, with back-off (v1.7.5 pkg/kubelet/images)."""

import re
from sys import intern
from typing import Final

import msgspec

from clustersim.api.core_v1 import Container, Pod
from clustersim.api.meta import replace
from clustersim.api.status import Reply
from clustersim.engine.rules import Verdict
from clustersim.engine.state import State
from clustersim.engine.time import Micros
from clustersim.images import familiar
from clustersim.kubelet import rules
from clustersim.kubelet.backoff import Backoff
from clustersim.kubelet.container_killer import Done
from clustersim.kubelet.part import Part
from clustersim.programs import pull_fails


class Pull(msgspec.Struct, frozen=True):
    """A pull that is wanted since `asked`; began: when it had its turn."""

    pod: Pod
    container: Container
    done: Done
    cause: int
    asked: Micros
    began: Micros = 0


class ImagesMemory(State):
    """pulling: how many pulls run; queue: those that wait for their turn; errors: of the last pull that
    failed, by pod and image."""

    backoff: Backoff
    errors: dict[str, str] = msgspec.field(default_factory=dict)
    pulling: int = 0
    queue: list[Pull] = msgspec.field(default_factory=list)


class ImageManager(Part):
    """EnsureImageExists and the serialized puller. Tells `done` with (reason, message, ...); both empty if
    all is well."""

    name = "images"

    def memory(self) -> ImagesMemory:
        flags = self.kubelet.flags
        return ImagesMemory(Backoff(flags.container_backoff_initial, flags.container_backoff_maximum))

    def ensure(self, pod: Pod, container: Container, done: Done) -> None:
        """Have the image of a container."""
        if not IMAGE_NAME.fullmatch(container.image):
            message = self.kubelet.words.bad_image(container.image)
            self.kubelet.recorder.of_pod(pod, "Warning", "InspectFailed", message, container.name)
            self._tell(done, "InvalidImageName", message)
            return
        self.ask_runtime("images", then=self.looked, extra=(pod, container, done))

    def looked(self, reply: Reply, pod: Pod, container: Container, done: Done) -> None:
        """Docker told which images it has."""
        kubelet, image = self.kubelet, container.image
        if not reply.ok:
            message = f'Failed to inspect image "{image}": {kubelet.runtime_error(reply)}'
            kubelet.recorder.of_pod(pod, "Warning", "InspectFailed", message, container.name)
            self._tell(done, "ImageInspectError", message)
            return
        policy = container.image_pull_policy or default_pull_policy(image)
        if familiar(image) in reply.body and policy != "Always":
            message = intern(kubelet.words.present(image))
            kubelet.recorder.of_pod(pod, "Normal", "Pulled", message, container.name)
            self._tell(done, "", "")
        elif policy == "Never":
            message = f'Container image "{image}" is not present with pull policy of Never'
            kubelet.recorder.of_pod(pod, "Warning", "ErrImageNeverPull", message, container.name)
            self._tell(done, "ErrImageNeverPull", message)
        elif not (verdict := self.may_pull(pod.metadata.uid, image)).holds:
            message = kubelet.words.pull_backing_off(
                image, self.state.errors.get(f"{pod.metadata.uid}_{image}", "")
            )
            reference = f"pods/{pod.metadata.namespace}/{pod.metadata.name}"
            kubelet.emit("decision", "wait", reference, rule=verdict)
            kubelet.recorder.of_pod(
                pod, "Normal", "BackOff", f'Back-off pulling image "{image}"', container.name
            )
            self._tell(done, "ImagePullBackOff", message)
        else:
            kubelet.recorder.of_pod(pod, "Normal", "Pulling", kubelet.words.pulling(image), container.name)
            self.state.queue.append(Pull(pod, container, done, kubelet.engine.cause, self.now))
            self._next()

    def may_pull(self, uid: str, image: str) -> Verdict:
        """No pull of the image failed for this pod lately."""
        backoff: Backoff = self.state.backoff
        key = f"{uid}_{image}"
        due = backoff.due_since_update(key)
        delay = backoff.delay(key)
        since = None if due is None else self.now - (due - delay)
        return rules.IMAGE_PULL.holds(
            due is None or self.now >= due, due=due, image=image, since=since, delay=delay
        )

    def _next(self) -> None:
        memory: ImagesMemory = self.state
        while memory.queue and (not memory.pulling or not self.kubelet.flags.serialize_image_pulls):
            pull = replace(memory.queue.pop(0), began=self.now)
            memory.pulling += 1
            self.kubelet.engine.cause = pull.cause
            image = pull.container.image
            missing = pull_fails(pull.pod, pull.container.name, self.kubelet.host.name)
            wanted = (image, True) if missing else (image,)
            self.ask_runtime("pull", *wanted, then=self.pulled, extra=(pull,), timeout=False)

    def pulled(self, reply: Reply, pull: Pull) -> None:
        """A pull ended."""
        memory: ImagesMemory = self.state
        kubelet, image = self.kubelet, pull.container.image
        memory.pulling -= 1
        key = f"{pull.pod.metadata.uid}_{image}"
        if reply.ok:
            took = self.now - pull.began
            message = kubelet.words.pulled(image, took, self.now - pull.asked)
            kubelet.recorder.of_pod(pull.pod, "Normal", "Pulled", message, pull.container.name)
            memory.errors.pop(key, None)
            self._tell(pull.done, "", "")
        else:
            error = kubelet.words.pull_error(kubelet.runtime_error(reply))
            memory.errors[key] = error
            message = f'Failed to pull image "{image}": {error}'
            kubelet.recorder.of_pod(pull.pod, "Warning", "Failed", message, pull.container.name)
            memory.backoff.next(key, self.now, self.now)
            self._tell(pull.done, "ErrImagePull", error)
        self._next()

    def _tell(self, done: Done, reason: str, message: str) -> None:
        getattr(self.kubelet.parts[done.part], done.method)(reason, message, *done.args)


IMAGE_NAME: Final = re.compile(
    r"(?:[A-Za-z0-9][-A-Za-z0-9.]*(?::\d+)?/)?[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
    r"(?:/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@\w+:[0-9a-fA-F]{32,})?"
)
"""A reference to an image (docker/distribution reference/regexp.go)."""


def default_pull_policy(image: str) -> str:
    """Always for the tag latest or none, IfNotPresent otherwise (pkg/api/v1/defaults.go)."""
    _, _, last = image.rpartition("/")
    _, colon, tag = last.partition(":")
    return "Always" if "@" not in image and (not colon or tag == "latest") else "IfNotPresent"
