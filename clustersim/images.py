"""The registry that images are pulled from."""

import re
from functools import lru_cache
from typing import Final

import msgspec

from clustersim.engine.actor import Actor
from clustersim.engine.engine import Engine
from clustersim.engine.state import State

_NONE: Final = (
    r"(?:404|(?:[^/:]*[-_.])?(?:non-?exist\w*|not-?exist\w*|not-?found)(?:[-_.][^/:]*)?"
    r"|[^/:]*does-?no?t-?exist[^/:]*"
    r"|(?:bad|wrong|invalid|bogus|fake|no-?such)[-_]?(?:(?:image|tag|version|name)[-_]?)+)"
)
_MISSING: Final = re.compile(
    rf"(?:.*/)?{_NONE}(?:[/:].*)?|.*:{_NONE}|.*:(?:invalid|not-?valid)|invalid\..*"
    r"|(?:.*/)?nginx:1\.(?:[4-9]\d|\d{3,})(?:\.\d+)?|.*/kubernetes-bootcamp:v10",
    re.IGNORECASE,
)
"""Images that there are not: names and tags that say so of themselves, as tests, reports and exercises have
them (v1.36 test/e2e/apps: webserver:404, foo:non-existent; kubernetes/kubernetes#106697: bad-image), and the
slips of the documentation's pages on Deployments (nginx:1.91, nginx:1.161) and of its tutorial on updates."""


@lru_cache(maxsize=4096)
def familiar(image: str) -> str:
    """The short name under which a runtime keeps an image, whatever it was asked for by: nginx:latest for
    nginx and docker.io/library/nginx (distribution/reference FamiliarString, TagNameOnly)."""
    name, at, digest = image.partition("@")
    host, slash, rest = name.partition("/")
    if slash and host in ("docker.io", "index.docker.io"):
        name = rest
    name = name.removeprefix("library/")
    if not at and ":" not in name.rpartition("/")[2]:
        name += ":latest"
    return name + at + digest


def name_and_tag(image: str) -> tuple[str, str]:
    """Of such a name; one that names a digest has no tag."""
    name, at, _digest = image.partition("@")
    if at:
        return name, "<none>"
    name, _colon, tag = image.rpartition(":")
    return name, tag


class RegistryState(State):
    """`refused`: images whose pull fails until they are allowed; `allowed`: those that people have mended,
    also where a pod says that they are missing on its node; `down`: the registry answers nobody."""

    refused: dict[str, bool] = msgspec.field(default_factory=dict)
    allowed: dict[str, bool] = msgspec.field(default_factory=dict)
    down: bool = False


class ImageRegistry(Actor):
    """Where docker pulls images from."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, "registry")
        self.state: RegistryState = RegistryState()

    def serves(self, image: str, *, missing: bool = False) -> bool:
        """A pull of the image succeeds now; missing: there, it is not to be had until it is allowed."""
        state = self.state
        missing = missing or _MISSING.fullmatch(image) is not None
        return not state.down and image not in state.refused and (not missing or image in state.allowed)

    def refuse(self, image: str) -> None:
        """Pulls of the image fail from now on."""
        self.state.refused[image] = True
        self.state.allowed.pop(image, None)
        self.emit("machine", "image-refused", f"images/{image}")

    def allow(self, image: str) -> None:
        """Pulls of the image succeed from now on."""
        was_allowed = image in self.state.allowed
        self.state.allowed[image] = True
        if self.state.refused.pop(image, None) or not was_allowed:
            self.emit("machine", "image-allowed", f"images/{image}")
