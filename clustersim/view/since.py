"""How long ago something was, as kubectl prints it, is left to the page: the moment stands in the text, and
nothing of the item changes while time alone goes on.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

from clustersim.engine.time import SECOND, Micros

_WAYS: Final = {"v1.7": "short", "v1.8": "short", "v1.36": "human"}
"""Which of the ways to write a duration (`clustersim.kubectl.ages`) each release has."""


def since(release: str) -> Callable[[Micros], str]:
    """What stands for how long ago a moment was: "{short:-132}", in seconds of simulated time. The page puts
    the duration in its place (`static/room/ages.js`).
    """
    return partial(_since, _WAYS[release])


def _since(way: str, t: Micros) -> str:
    return f"{{{way}:{t // SECOND}}}"
