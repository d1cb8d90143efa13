"""Which pod of a lost node goes first: found without a verdict for each, it is the one of the plain way."""

from hypothesis import given
from hypothesis import strategies as st

from clustersim.api.core_v1 import Pod, PodSpec, Toleration
from clustersim.api.meta import ObjectMeta
from clustersim.api.registry import key_of
from clustersim.api.tolerations import matching, shortest
from clustersim.controllermanager.nodelifecycle.deadlines import first_eviction
from clustersim.controllermanager.nodelifecycle.tainting import no_execute
from clustersim.controllermanager.taintedpods import Timer, toleration_over
from clustersim.controllermanager.tainteviction.rules import TOLERATION_OVER
from clustersim.engine.rules import Verdict
from clustersim.engine.time import SECOND, Micros

KEY = "node.kubernetes.io/unreachable"


def _plain(pods: tuple[Pod, ...], timers: dict[str, Timer], taint_at: Micros, now: Micros) -> Verdict | None:
    found = []
    for pod in pods:
        if (timer := timers.get(key_of(pod))) is not None:
            seconds = (timer.due - timer.created) // SECOND
            if not timer.fired:
                found.append(toleration_over(TOLERATION_OVER, pod, seconds, timer.created, now))
            continue
        used = matching((no_execute(KEY),), pod.spec.tolerations)
        tolerated = 0 if used is None else shortest(used)
        if tolerated is not None and not pod.metadata.deletion_timestamp:
            found.append(toleration_over(TOLERATION_OVER, pod, tolerated, taint_at, now))
    return min(found, key=lambda verdict: verdict.due or 0, default=None)


def _pod(name: str, seconds: int | None, leaving: bool) -> Pod:
    tolerated = () if seconds == 0 else (Toleration(key=KEY, operator="Exists", toleration_seconds=seconds),)
    stamp = "2017-10-01T00:00:00Z" if leaving else ""
    metadata = ObjectMeta(name=name, namespace="default", deletion_timestamp=stamp)
    return Pod(metadata=metadata, spec=PodSpec(tolerations=tolerated, node_name="n1"))


moments = st.integers(-20, 20).map(lambda number: number * SECOND)
timers_of_pods = st.none() | st.tuples(moments, st.integers(0, 10), st.booleans())
kinds = st.tuples(st.sampled_from([None, 0, 3, 5]), st.booleans(), timers_of_pods)


@given(st.lists(kinds, max_size=6), moments, moments)
def test_the_first_of_a_node(
    found: list[tuple[int | None, bool, tuple[int, int, bool] | None]], taint_at: Micros, now: Micros
) -> None:
    pods, timers = [], {}
    for number, (seconds, leaving, timer) in enumerate(found):
        pods.append(_pod(f"web-{number}", seconds, leaving))
        if timer is not None:
            created, lasts, fired = timer
            due = created + lasts * SECOND
            timers[f"default/web-{number}"] = Timer(created=created, due=due, fired=fired)
    told = first_eviction(tuple(pods), timers, TOLERATION_OVER, KEY, taint_at, now)
    assert told == _plain(tuple(pods), timers, taint_at, now)
