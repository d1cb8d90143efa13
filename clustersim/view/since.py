"""How long ago something was, as kubectl prints it, is left to the page: the moment stands in the text, and
nothing of the item changes while time alone goes on.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

from clustersim.engine.time import SECOND, Micros
from clustersim.kubectl.ages import human_duration, short_human_duration
from clustersim.kubectl.pods import PRINTERS

_WAYS: Final[dict[Callable[[Micros], str], str]] = {short_human_duration: "short", human_duration: "human"}


def since(release: str) -> Callable[[Micros], str]:
    """What stands for how long ago a moment was: "{short:-132}", in seconds of simulated time. The page puts
    the duration in its place (`static/room/ages.js`).
    """
    return partial(_since, _WAYS[PRINTERS[release].duration])


def _since(way: str, t: Micros) -> str:
    return f"{{{way}:{t // SECOND}}}"
