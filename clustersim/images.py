"""What comes from outside a cluster: the registry that images are pulled from, and what the programs in
them do."""

import re
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
    """What the container's program does by itself; None: it runs until it is told to stop.

    Its annotation says so ("exit 1 after 2s"), or its command, as far as that is plain: `sleep 5`, `true`. An
    init container whose program says nothing ends well after a second: that is what such programs are for.
    """
    told = _PROGRAM.fullmatch(pod.metadata.annotations.get(f"{PROGRAM}{container}", "").strip())
    if told is not None:
        return Exits(_milliseconds(told[2], told[3]), min(int(told[1]), 255))
    spec = next((one for one in pod.spec.containers if one.name == container), None)
    if spec is not None:
        return _of_command((*spec.command, *spec.args))
    init = next((one for one in pod.spec.init_containers if one.name == container), None)
    if init is None or init.restart_policy == "Always":
        return None
    return _of_command((*init.command, *init.args)) or Exits(1000, 0)


_PROGRAM: Final = re.compile(r"exit (\d{1,3}) after (\d{1,9})(ms|s|m|h)")
_SLEEP: Final = re.compile(r"sleep (\d{1,7})([smh]?)")
_SHELLS: Final = ("sh", "bash", "/bin/sh", "/bin/bash")
_UNITS: Final = {"ms": 1, "s": 1000, "": 1000, "m": 60_000, "h": 3_600_000}
_AT_ONCE: Final = {"true": 0, "/bin/true": 0, "false": 1, "/bin/false": 1, "exit 0": 0, "exit 1": 1}
_BRIEF: Final = ("date", "echo", "env", "hostname", "ls", "printenv", "pwd")


def _milliseconds(number: str, unit: str) -> int:
    return min(int(number) * _UNITS[unit], 7 * 24 * _UNITS["h"])


def _of_command(words: tuple[str, ...]) -> Exits | None:
    if len(words) == 3 and words[0] in _SHELLS and words[1] == "-c":
        words = (words[2],)
    text = " ".join(words).strip()
    sleeps = _SLEEP.fullmatch(text)
    if sleeps is not None:
        return Exits(_milliseconds(sleeps[1], sleeps[2]), 0)
    if text in _AT_ONCE:
        return Exits(10, _AT_ONCE[text])
    brief = text.split(" ", 1)[0] in _BRIEF and not any(char in text for char in ";|&>")
    return Exits(10, 0) if brief else None


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
