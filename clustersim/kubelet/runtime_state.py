"""Is docker there? A check every 5 s; without a good answer for 30 s the runtime is down
(pkg/kubelet/runtime.go)."""

from functools import cached_property
from typing import Final, cast

from clustersim.api.status import Reply
from clustersim.engine.loop import Loop
from clustersim.engine.rules import Rule, Verdict
from clustersim.engine.time import MILLISECOND, Micros
from clustersim.kubelet import passes, rules
from clustersim.kubelet.part import Part
from clustersim.runtime.records import Listing
from clustersim.runtime.runtime import ContainerRuntime

OWN_WORK: Final[Micros] = 1 * MILLISECOND
"""From docker's answer until it counts: a heartbeat that a frozen docker delayed still says NotReady when
docker goes on, while the main loop does not stop any more (recorded: v1.8.0 docker-hangs)."""


class RuntimeState(Part):
    """updateRuntimeUp, and the errors that make the node NotReady and stop the main loop."""

    name = "runtime-state"
    _patient: bool | None = None

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
            cost=kubelet.runtime_latency + OWN_WORK,
            waits=True,
        )

    def check(self) -> None:
        """Ask docker for its version."""
        loop = self.kubelet.loops["runtime-check"]
        passes.begin(loop, self.state, sure=self.answers())
        self.ask_runtime("version", then=self.checked, late=loop.state.late)

    def checked(self, reply: Reply) -> None:
        """Docker answered, or did not."""
        if not reply.ok:
            error = self.kubelet.runtime_error(reply)
            self.log("kubelet.go", self.kubelet.words.runtime_unwell(error, away=reply.unreachable), "E")
        self.post(OWN_WORK, self.noted, reply.ok)

    def noted(self, good: bool) -> None:
        """The outcome is known to everybody."""
        loop = self.kubelet.loops["runtime-check"]
        self.state.current = self.now - loop.cost
        passes.end(loop, self.state, good)
        if good:
            self.kubelet.network_state.checked()
        if self.kubelet.network_state.state.missing:
            loop.wake()

    def found_well(self) -> None:
        """Somebody else asked docker, and it answered."""
        self.state.good, self.state.began = True, self.now

    @property
    def well(self) -> bool:
        """Docker answered everything it was asked lately: errors cannot appear out of nothing."""
        loops = self.kubelet.loops
        asked = loops["runtime-check"].state.running or loops["pleg"].state.running
        return self.state.good and self.kubelet.pleg.state.good and not asked

    def answers(self) -> bool:
        """Docker answers at once what it is asked now, and it need not be fast."""
        return self._daemon.prompt and (self._patient or self._is_patient())

    def foreseen(self, loop: Loop) -> Listing | None:
        """The list that a pass which begins now will get, unless something happens in that moment; None
        where docker or who asks it is not as always. A ticking engine asks in any case."""
        well = self.state.good and self.kubelet.pleg.state.good and not loop.state.late
        if not well or not self.answers() or self.engine.ticking:
            return None
        return self._daemon.listing()

    @cached_property
    def _daemon(self) -> ContainerRuntime:
        return cast(ContainerRuntime, self.engine.actors[self.kubelet.runtime])

    def stays_well(self) -> bool:
        """Docker is well, its containers are not about to be listed again, and as long as nothing happens to
        it there will be no errors. It may be about to be asked for its version: whoever asks here just had
        that."""
        listed = self.kubelet.loops["pleg"].state.due is None
        return listed and self.well and self._is_patient()

    def _is_patient(self) -> bool:
        """Docker may be silent for longer than from one look at it to the next."""
        if (known := self._patient) is None:
            loops, flags = self.kubelet.loops, self.kubelet.flags
            check, relist = loops["runtime-check"], loops["pleg"]
            known = flags.max_wait_for_container_runtime > 2 * (check.period + check.cost)
            self._patient = known = known and flags.pleg_relist_threshold > 2 * (relist.period + relist.cost)
        return known

    def runtime_down(self) -> Verdict:
        """Docker gave no good answer for 30 s."""
        limit = self.kubelet.flags.max_wait_for_container_runtime
        last = passes.last_good(self.kubelet.loops["runtime-check"], self.state)
        return _stale(rules.RUNTIME_DOWN, last, limit, self.now, runtime=self.kubelet.words.runtime)

    def pleg_unhealthy(self) -> Verdict:
        """The containers were not listed for more than 3 min."""
        limit = self.kubelet.flags.pleg_relist_threshold
        return _stale(rules.PLEG_UNHEALTHY, self.kubelet.pleg.last_relist(), limit + 1, self.now, limit)

    def errors(self) -> tuple[str, ...]:
        """What is wrong, as the log and the condition Ready say it."""
        if self.well and (self._patient or self._is_patient()):
            return ()
        found: list[str] = []
        words = self.kubelet.words
        if (verdict := self.runtime_down()).holds:
            found.append(words.runtime_down(never=verdict.values["since"] is None))
        verdict = self.pleg_unhealthy()
        if verdict.holds:
            since = verdict.values["since"]
            limit = self.kubelet.flags.pleg_relist_threshold
            found.append(words.pleg_unhealthy(None if since is None else int(since), limit))
        return tuple(found)


def _stale(
    rule: Rule,
    last: Micros | None,
    age: Micros,
    now: Micros,
    limit: Micros | None = None,
    runtime: str = "",
) -> Verdict:
    """What happened last is at least `age` old, or never happened; `limit` is what is said about it."""
    limit = age if limit is None else limit
    if last is None:
        return rule.holds(True, since=None, limit=limit, runtime=runtime)
    return rule.holds(now - last >= age, since=now - last, limit=limit, due=last + age, runtime=runtime)
