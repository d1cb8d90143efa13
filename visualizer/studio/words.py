"""The words that the editor suggests while somebody types."""

import re
from collections import Counter
from functools import cache
from typing import Final

from clustersim.faults import ACTIONS
from clustersim.lesson import shipped
from clustersim.lesson.expressions.names import POINTS, Names
from clustersim.lesson.expressions.paths import FUNCTIONS
from clustersim.lesson.expressions.vocabulary import NODE, POD, POD_FILTERS, SERVICE, SERVICE_ON, WORKLOAD
from clustersim.lesson.file.schema import AskKind
from clustersim.lesson.file.steps import POWERS

_KEY: Final = re.compile(r"(?:^[ \t]*(?:- )?|[{,] *)([a-z][a-z-]*):(?= |$)", re.MULTILINE)
_OFTEN: Final = 2
"""A key that shipped lessons have so often is offered."""


def keys() -> list[str]:
    """The keys of lesson files, those of the shipped ones, the most frequent first."""
    texts = (path.read_text("utf-8-sig") for path in shipped())
    counted = Counter(key for text in texts for key in _KEY.findall(text))
    return [key for key, times in counted.most_common() if times >= _OFTEN]


@cache
def words() -> list[dict[str, str]]:
    """Each with what it is."""
    kinds: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("key", tuple(keys())),
        ("action", tuple(ACTIONS)),
        ("power", POWERS),
        ("moment", (*POINTS, *Names().milestones)),
        ("question", tuple(AskKind)),
        ("function", FUNCTIONS),
        ("node", tuple(NODE)),
        ("pods", (*POD_FILTERS, *POD)),
        ("service", (*SERVICE, *SERVICE_ON)),
        ("workload", tuple(WORKLOAD)),
    )
    return [{"value": str(word), "meta": kind} for kind, known in kinds for word in known]
