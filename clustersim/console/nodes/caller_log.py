"""What a program has printed that asks others over and over: what came of its newest turns, reckoned from how
often it has asked (clustersim/traffic/callers.py)."""

from collections.abc import Iterator
from typing import Final

from clustersim.engine.random import RandomStream
from clustersim.engine.time import Micros
from clustersim.runtime.records import Container, Outcomes, Turns

MOST_TURNS: Final = 2000
"""That are told, the newest."""
_MILLION: Final = 1_000_000


def printed(record: Container, seed: int, until: Micros) -> Iterator[tuple[Micros, str]]:
    """When it printed what, up to a moment, the newest first."""
    left, before = MOST_TURNS, until
    for turns in reversed(record.turns):
        end, first = min(before, until), turns.before // _MILLION
        for number in range(turns.done(end) // _MILLION, max(first, 0), -1):
            if not left:
                return
            left -= 1
            said = "".join(
                _outcome(one, seed, record.id, number, place) for place, one in enumerate(turns.said)
            )
            if said:
                yield _moment(turns, number), said
        before = turns.since


def _moment(turns: Turns, number: int) -> Micros:
    """When a turn was over."""
    return turns.since + (number * _MILLION - turns.before) * 1000 // max(1, turns.rate)


def _outcome(outcomes: Outcomes, seed: int, container: str, number: int, place: int) -> str:
    """What came of a request: by chance, and always the same."""
    if len(outcomes) == 1:
        return outcomes[0][1]
    drawn = RandomStream(seed, f"callers/{container}/{number}/{place}", {}).below(1000)
    for share, said in outcomes:
        if drawn < share:
            return said
        drawn -= share
    return outcomes[-1][1] if outcomes else ""
