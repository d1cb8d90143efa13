"""Is docker there? A check every 5 s; without a good answer for 30 s the runtime is down
(pkg/kubelet/runtime.go)."""

from typing import Final

from clustersim.api.status import Reply
from clustersim.engine.loop import Loop
from clustersim.engine.rules import Rule, Verdict
from clustersim.engine.time import MILLISECOND, Micros
from clustersim.flags.duration import format_duration
from clustersim.kubelet import passes, rules
from clustersim.kubelet.part import Part

NEVER: Final = "2562047h47m16.854775807s"
"""What Go prints for the time since the zero time."""

OWN_WORK: Final[Micros] = 1 * MILLISECOND
"""From docker's answer until it counts: a heartbeat that a frozen docker delayed still says NotReady when
docker goes on, while the main loop does not stop any more (recorded: v1.8.0 docker-hangs)."""


class RuntimeState(Part):
    """updateRuntimeUp, and the errors that make the node NotReady and stop the main loop."""

    name = "runtime-state"

    def memory(self) -> passes.Passes:
        return passes.Passes()

    def make_loop(self) -> Loop:
        """The check."""
        kubelet = self.kubelet
        return Loop(
            kubelet,
            "runtime-check",
            self.check,
            kubelet.flags.runtime_check_period,
            cost=kubelet.docker_latency + OWN_WORK,
            waits=True,
        )

    def check(self) -> None:
        """Ask docker for its version."""
        passes.begin(self.kubelet.loops["runtime-check"], self.state)
        self.ask_docker("version", then=self.checked)

    def checked(self, reply: Reply) -> None:
        """Docker answered, or did not."""
        if not reply.ok:
            self.log(
                "kubelet.go",
                f"Container runtime sanity check failed: {self.kubelet.docker_error(reply)}",
                "E",
            )
        self.post(OWN_WORK, self.noted, reply.ok)

    def noted(self, good: bool) -> None:
        """The outcome is known to everybody."""
        loop = self.kubelet.loops["runtime-check"]
        self.state.current = self.now - loop.cost
        passes.end(loop, self.state, good)

    @property
    def well(self) -> bool:
        """Docker answered everything it was asked lately: errors cannot appear out of nothing."""
        loops = self.kubelet.loops
        asked = loops["runtime-check"].state.running or loops["pleg"].state.running
        return self.state.good and self.kubelet.pleg.state.good and not asked

    def runtime_up(self) -> Verdict:
        """Docker answered well within the last 30 s."""
        limit = self.kubelet.flags.max_wait_for_container_runtime
        last = passes.last_good(self.kubelet.loops["runtime-check"], self.state)
        return _fresh(rules.RUNTIME_UP, last, limit, self.now)

    def pleg_healthy(self) -> Verdict:
        """The containers were listed within the last 3 min."""
        limit = self.kubelet.flags.pleg_relist_threshold
        return _fresh(rules.PLEG_HEALTHY, self.kubelet.pleg.last_relist(), limit, self.now, inclusive=True)

    def errors(self) -> tuple[str, ...]:
        """What is wrong, as the log and the condition Ready say it."""
        found = []
        if not self.runtime_up().holds:
            found.append("container runtime is down")
        verdict = self.pleg_healthy()
        if not verdict.holds:
            since = verdict.values["since"]
            ago = NEVER if since is None else format_duration(int(since))
            found.append(
                f"PLEG is not healthy: pleg was last seen active {ago} ago; "
                f"threshold is {format_duration(self.kubelet.flags.pleg_relist_threshold)}"
            )
        return tuple(found)


def _fresh(
    rule: Rule, last: Micros | None, limit: Micros, now: Micros, *, inclusive: bool = False
) -> Verdict:
    if last is None:
        return rule.holds(False, since=None, limit=limit)
    since = now - last
    return rule.holds(
        since <= limit if inclusive else since < limit, since=since, limit=limit, due=last + limit
    )
