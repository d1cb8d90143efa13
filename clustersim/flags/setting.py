"""What is known about one setting besides its value: unit, range, help, and what kind of thing it is."""

from enum import StrEnum
from typing import Final

import msgspec

from clustersim.bounds import LONGEST_SETTING, SHORTEST_PERIOD
from clustersim.engine.time import Micros

RELEASES: Final = ("v1.7", "v1.8", "v1.36")
"""By age; what a setting exists in is told in these names."""


class Releases(msgspec.Struct, frozen=True):
    """The releases from `first` to `last`."""

    first: str = RELEASES[0]
    last: str = RELEASES[-1]

    def have(self, release: str) -> bool:
        """Whether that release is among them."""
        here = RELEASES.index(release)
        return RELEASES.index(self.first) <= here <= RELEASES.index(self.last)

    def begun_by(self, release: str) -> bool:
        """Whether that release is the first of them, or comes after it."""
        return RELEASES.index(self.first) <= RELEASES.index(release)


EVERY_RELEASE: Final = Releases()
ONLY_V1_8: Final = Releases(first="v1.8", last="v1.8")
OLD_RELEASES: Final = Releases(last="v1.8")
TODAY: Final = Releases(first="v1.36")

Value = bool | int | float | str | tuple[str, ...]


class Origin(StrEnum):
    """What a setting is in the real system."""

    FLAG = "flag"
    """A command-line flag of the binary."""
    CONSTANT = "constant"
    """A number compiled into the binary: to change it for real one would build Kubernetes anew."""
    MODEL = "model"
    """A parameter of this model: how long something takes on the imagined hardware."""


class Setting(msgspec.Struct, frozen=True):
    """Description of a settings field, found in its annotation.

    unit: "s" for durations (kept in microseconds, written as Go durations), else what a number counts, or "".
    minimum, maximum: in the units of the value. choices: the only values (of a list: the only items).
    refusal: msgid of what the real binary says to a value out of range or not among the choices, with
    {value}, {minimum}, {maximum}; empty where the real binary would take it and only the model does not.
    releases: those that have the setting. gone: msgid of what took its place in those after them.
    """

    help: str
    unit: str = ""
    origin: Origin = Origin.FLAG
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    refusal: str = ""
    modelled: bool = True
    releases: Releases = EVERY_RELEASE
    gone: str = ""


PERIOD: Final[Micros] = SHORTEST_PERIOD
"""The shortest period of a loop in the model."""

ALL_INTERFACES: Final = "0.0.0.0"  # noqa: S104 - what the binaries bind to by default


def duration(
    what: str,
    origin: Origin = Origin.FLAG,
    *,
    minimum: Micros = 0,
    maximum: Micros = LONGEST_SETTING,
    refusal: str = "",
) -> Setting:
    """A setting of type Micros."""
    return Setting(what, "s", origin, minimum, maximum, refusal=refusal)


def count(
    what: str,
    unit: str = "",
    origin: Origin = Origin.FLAG,
    *,
    minimum: float = 0,
    maximum: float = 1_000_000,
    refusal: str = "",
) -> Setting:
    """A setting of type int or float."""
    return Setting(what, unit, origin, minimum, maximum, refusal=refusal)


def tcp_port(what: str, refusal: str = "", *, minimum: int = 1) -> Setting:
    """A TCP port; with a minimum of 0 where 0 switches the server off."""
    return Setting(what, "", Origin.FLAG, minimum, 65_535, refusal=refusal)


def text(
    what: str,
    origin: Origin = Origin.FLAG,
    *,
    choices: tuple[str, ...] = (),
    refusal: str = "",
) -> Setting:
    """A setting of type str, bool or tuple[str, ...]."""
    return Setting(what, "", origin, choices=choices, refusal=refusal)


def only_shown(setting: Setting) -> Setting:
    """A setting of the real system that the model shows but does not act on."""
    return msgspec.structs.replace(setting, modelled=False)


def today(setting: Setting) -> Setting:
    """A setting that only v1.36 has."""
    return msgspec.structs.replace(setting, releases=TODAY)


def until_v1_8(setting: Setting, gone: str) -> Setting:
    """A setting that v1.36 has no more, and what took its place."""
    return msgspec.structs.replace(setting, releases=OLD_RELEASES, gone=gone)


def since_v1_8(setting: Setting) -> Setting:
    """A setting that v1.7 does not have."""
    return msgspec.structs.replace(setting, releases=Releases(first="v1.8"))


def in_v1_7(setting: Setting, gone: str) -> Setting:
    """A setting that only v1.7 has, and what took its place."""
    return msgspec.structs.replace(setting, releases=Releases(last="v1.7"), gone=gone)


def in_v1_8(setting: Setting, gone: str) -> Setting:
    """A setting that only v1.8 has, and what took its place."""
    return msgspec.structs.replace(setting, releases=ONLY_V1_8, gone=gone)
