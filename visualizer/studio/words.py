"""The words that the editor offers while one types."""

from functools import cache

from clustersim.faults import ACTIONS
from clustersim.lesson.names import POINTS, Names
from clustersim.lesson.schema import AskKind
from clustersim.lesson.steps import POWERS
from clustersim.lesson.vocabulary import NODE, POD, POD_FILTERS, SERVICE, SERVICE_ON, WORKLOAD

KEYS = (
    *("format", "id", "title", "goal", "level", "minutes", "needs", "releases", "seed", "pins", "cluster"),
    *("allow", "steps", "say", "notes", "focus", "ask", "do", "run", "check", "task", "reflect", "why"),
    *("kind", "text", "options", "when", "reply", "explain", "misconception", "answer", "from", "tolerance"),
    *("unit", "traps", "near", "within", "items", "moment", "parts", "rounds", "judge-after", "until", "for"),
    *("limit", "speed", "slow-near-deadline", "that", "done", "hints", "solution", "at", "as", "action"),
    *("target", "nodes", "objects", "replicas", "name", "draft"),
)
FUNCTIONS = ("count", "all", "any", "elapsed", "happened")


@cache
def words() -> list[dict[str, str]]:
    """Each with what it is."""
    kinds: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("key", KEYS),
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
