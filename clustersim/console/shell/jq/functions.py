"""All functions of jq's own, by name and count of arguments."""

from collections.abc import Callable, Sequence
from typing import Final

from clustersim.console.shell.jq.formats import text
from clustersim.console.shell.jq.matching import found
from clustersim.console.shell.jq.path_functions import PATHS
from clustersim.console.shell.jq.running import Builtin, Closure, Place, Results, Run
from clustersim.console.shell.jq.streams import STREAMS, product, values
from clustersim.console.shell.jq.tree import Json
from clustersim.console.shell.jq.values import JqError, shown
from clustersim.console.shell.jq.whole import MANY, WHOLE


def _each(makes: Callable[..., Json]) -> Builtin:
    """Made once for all that the arguments make; the values are looked at whole."""

    def made(run: Run, place: Place, given: Sequence[Closure]) -> Results:
        run.sized(place.value)
        for arguments in product(given, place.value):
            yield Place(run.sized(makes(place.value, *arguments)))

    return made


def _many(makes: Callable[..., list[Json]]) -> Builtin:
    def made(run: Run, place: Place, given: Sequence[Closure]) -> Results:
        run.sized(place.value)
        for arguments in product(given, place.value):
            for one in run.sized(makes(place.value, *arguments)):
                yield Place(one)

    return made


def _replaced(always: str) -> Builtin:
    """sub, gsub: what a program makes of the groups stands where a pattern was found."""

    def replaced(run: Run, place: Place, given: Sequence[Closure]) -> Results:
        run.sized(place.value)
        for pattern, *more in product([given[0], *given[2:]], place.value):
            flags = always + text(more[0] if more else "")
            parts, at = "", 0
            for begin, end in found(place.value, pattern, flags):
                for by in values(given[1], {}):
                    if not isinstance(by, str):
                        raise JqError(f"{shown(by)} cannot be added to a string")
                    parts += place.value[at:begin] + by
                at = end
            yield Place(run.sized(parts + place.value[at:]))

    return replaced


BUILTINS: Final[dict[tuple[str, int], Builtin]] = {
    **{key: _each(makes) for key, makes in WHOLE.items()},
    **{key: _many(makes) for key, makes in MANY.items()},
    **STREAMS,
    **PATHS,
    ("env", 0): _each(lambda value: {}),
    ("gsub", 2): _replaced("g"),
    ("gsub", 3): _replaced("g"),
    ("sub", 2): _replaced(""),
    ("sub", 3): _replaced(""),
}
