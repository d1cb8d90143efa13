"""Cohorts: kube-proxies that know the same and have written the same rules learn each change once for all.

```
 alone --wrote its rules when another did, and knows the same--> in a cohort
 alone <--something is about to happen to it alone-- in a cohort
```
The members of a cohort have one memory, and one set of rules in their kernels. Only the first is told of
changes (`Process.deputy`); what it does is done for all. Who is stopped, hangs, is cut off, loses a watch,
remembers a caller or needs rules of its own goes alone first, with a copy of what it knew. So each of them is
at any time what it would be if it had learnt everything by itself. A ticking engine has no cohorts.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from operator import eq, is_
from typing import TYPE_CHECKING, Any, Final, cast

from clustersim.engine.engine import Engine
from clustersim.engine.journal import Line
from clustersim.engine.process import DEPUTIES, JOURNAL_CUT, JOURNAL_LIMIT, Process
from clustersim.engine.state import State, copy_state
from clustersim.engine.time import Micros
from clustersim.network import Network

if TYPE_CHECKING:
    from clustersim.kubeproxy.proxy import KubeProxy, ProxyMemory

MOST_KINDS: Final = 8
"""So many kinds of kube-proxies that write at the same time are compared with each other; the others stay
alone."""

_OF_EACH: Final = frozenset({"members", "told", "told_before", "parts", "version", "opened_at"})
"""Fields of memories that may differ between those that do the same. parts: the informers are compared one by
one. version: what is new comes later than all that either has seen."""


class Cohorts:
    """Finds out which kube-proxies of a world do the same."""

    def __init__(self, engine: Engine, network: Network, apiserver: Process) -> None:
        self.engine = engine
        self.network = network
        self.apiserver = apiserver
        self.proxies: dict[str, KubeProxy] = {}
        """By machine."""
        self._at: Micros | None = None
        self._met: list[KubeProxy] = []
        """Of each kind one of those that have written at that time."""
        network.before_change.append(self._link_changes)

    def add(self, proxy: "KubeProxy") -> None:
        """One of them."""
        self.proxies[proxy.machine] = proxy
        proxy.cohorts = self

    def _link_changes(self, machine: str) -> None:
        """The link of a machine is about to change."""
        if machine == self.apiserver.machine:
            for proxy in self.proxies.values():
                proxy.go_alone()
        elif machine in self.proxies:
            self.proxies[machine].go_alone()

    def wrote(self, proxy: "KubeProxy") -> None:
        """One that is alone, or the first of a cohort, has just written: it joins those that did the same."""
        if self.engine.ticking:
            return
        if self._at != self.engine.now:
            self._at, self._met = self.engine.now, []
        if not proxy.may_join():
            return
        for other in self._met:
            if other.state is not proxy.state and other.may_join() and self._alike(proxy, other):
                _unite(other, proxy)
                self.engine.signal(DEPUTIES)
                return
        if len(self._met) < MOST_KINDS:
            self._met.append(proxy)

    def _alike(self, one: "KubeProxy", other: "KubeProxy") -> bool:
        return (
            one.flags == other.flags
            and _same(one.state, other.state)
            and _same(one.services.state, other.services.state)
            and _same(one.endpoints.state, other.endpoints.state)
            and _same(one.kernel, other.kernel)
            and self.network.is_like(one, other, self.apiserver)
        )


# --- comparing ---------------------------------------------------------------------------------------------


def _same(one: Any, other: Any) -> bool:
    """Nothing that is going to happen depends on which of the two a process has. What never changes is mostly
    the very same object, but not in a world that was read: there what is equal counts, too."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return _same_objects(one, other)
    if isinstance(one, State):
        names = [name for name in one.__struct_fields__ if name not in _OF_EACH]
        return all(_same(getattr(one, name), getattr(other, name)) for name in names)
    return bool(one == other)


def _same_objects(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """In the same order, too: on that depends in which order rules are written, and so logged."""
    return (
        len(one) == len(other)
        and all(map(eq, one, other))
        and (all(map(is_, one.values(), other.values())) or all(map(_same, one.values(), other.values())))
    )


# --- coming and going --------------------------------------------------------------------------------------


def _unite(one: "KubeProxy", other: "KubeProxy") -> None:
    """The cohorts of two become one; either may be alone."""
    memory: ProxyMemory = one.state
    newcomers = [*(() if memory.members else (one,)), *members_of(other)]
    for proxy in newcomers:
        proxy.status.journal = proxy.journal
        proxy.share(memory, one.kernel)
    memory.members.update((proxy.machine, _lines(memory)) for proxy in newcomers)


def members_of(proxy: "KubeProxy") -> Iterator["KubeProxy"]:
    """All that do the same as this one, itself included."""
    memory: ProxyMemory = proxy.state
    if not memory.members:
        yield proxy
    for machine in list(memory.members):
        yield cast("KubeProxy", proxy.engine.actors[f"{proxy.kind}@{machine}"])


def leave(proxy: "KubeProxy") -> None:
    """One goes alone, with a memory and rules of its own."""
    memory: ProxyMemory = proxy.state
    deputy = proxy.deputy
    first, second = islice(members_of(proxy), 2)
    heir = second if proxy is first else first
    heir.status.journal, proxy.status.journal = heir.journal, proxy.journal
    del memory.members[proxy.machine]
    own = _copy(memory)
    proxy.share(own, proxy.kernel.copy() if proxy.kernel is heir.kernel else proxy.kernel)
    _stand_alone(heir if proxy is first else proxy, deputy)
    if len(memory.members) == 1:
        memory.members, memory.told, memory.told_before = {}, [], 0
    proxy.engine.signal(DEPUTIES)


def _copy(memory: "ProxyMemory") -> "ProxyMemory":
    """Of what it knows, not of who else knows it."""
    members, told = memory.members, memory.told
    memory.members, memory.told = {}, []
    copy: ProxyMemory = copy_state(memory)
    memory.members, memory.told = members, told
    copy.told_before = 0
    return copy


def _stand_alone(proxy: "KubeProxy", deputy: str) -> None:
    """What its deputy has heard, and would have written for it, it has heard and will write itself."""
    memory: ProxyMemory = proxy.state
    proxy.network.hear_as(proxy.name, deputy)
    if memory.due is not None:
        due, since = memory.due
        proxy.engine.post(due, proxy.name, proxy.incarnation(), proxy.sync.__name__, (), sent=since)


# --- what is logged ----------------------------------------------------------------------------------------


def note(memory: "ProxyMemory", line: Line) -> None:
    """The first of a cohort has logged a line; the others have it, too."""
    memory.told.append(line)
    if len(memory.told) >= 2 * JOURNAL_LIMIT:
        memory.told_before += JOURNAL_LIMIT
        del memory.told[:JOURNAL_LIMIT]


def journal_with(own: list[Line], memory: "ProxyMemory", since: int) -> list[Line]:
    """A member's journal as it would be if it had logged everything itself: of too many lines the oldest
    have gone, some at a time. since: how many lines its cohort had logged when its own was complete."""
    missed = _lines(memory) - since
    if not missed:
        return own
    total = len(own) + missed
    if total > JOURNAL_LIMIT:
        total = JOURNAL_LIMIT + 1 - JOURNAL_CUT + (total - JOURNAL_LIMIT - 1) % JOURNAL_CUT
    return [*own, *memory.told[-missed:]][-total:]


def _lines(memory: "ProxyMemory") -> int:
    return memory.told_before + len(memory.told)
