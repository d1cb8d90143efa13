"""Added kinds as the garbage collector follows them: objects of a CustomResourceDefinition are watched from
the next round after it is there until the next round after it is gone.

```
  definition established --next round--> listed and watched --definition gone, next round--> not watched
```
Rounds are 30 s apart, counted from the collector's start, and do nothing unless something has changed. v1.7
knows its own kinds only.
Source: v1.8.0, v1.36 pkg/controller/garbagecollector/garbagecollector.go (Sync), graph_builder.go
(syncMonitors), cmd/kube-controller-manager/app/core.go.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, Final

import msgspec

from clustersim.api.definitions import DEFINITIONS, CustomResourceDefinition, is_established
from clustersim.api.meta import OwnerReference
from clustersim.api.status import Reply
from clustersim.client.informer import Informer
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.part import Part
from clustersim.engine.at_hand import AtHand
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros

PERIOD: Final[Micros] = 30 * SECOND
"""Between two looks at what kinds there are (cmd/kube-controller-manager/app/core.go)."""


class AddedKind(State):
    """A kind that a definition adds. plural: with its group, the name of the definition. monitored: its
    objects are watched."""

    plural: str
    group: str
    kind: str
    namespaced: bool
    monitored: bool = True


class AddedKindsState(State):
    """running: the collector has started, at `began`. due: a round will find something new. kinds: all that
    were ever watched in this life of the process, by their plural, in that order."""

    running: bool = False
    began: Micros = 0
    due: bool = False
    kinds: dict[str, AddedKind] = msgspec.field(default_factory=dict)


class AddedKinds(Part):
    """Informers that come and go with definitions.

    on_change(resource, old, new): an object was added, changed or removed. on_listed(resource): all objects
    of a kind are known.
    """

    def __init__(
        self,
        context: ControllerContext,
        on_change: Callable[[str, Any, Any], None],
        on_listed: Callable[[str], None],
    ) -> None:
        super().__init__(context.process, "garbage-collector-added-kinds")
        self.client = context.shared.client
        self.on_change = on_change
        self.on_listed = on_listed
        self.definitions = context.shared.get(DEFINITIONS, self.definition_changed)
        self.informers: dict[str, Informer] = {}
        """All that were made, also in other lives of the process."""

    @AtHand
    def state(self) -> AddedKindsState:
        """Its memory."""
        return self.remember(AddedKindsState)

    def start(self) -> None:
        """The first round."""
        state = self.state
        state.running, state.began = True, self.now
        if self._established():
            state.due = True
            self.look()

    # --- who asks ---------------------------------------------------------------------------------

    def find(self, owner: OwnerReference) -> AddedKind | None:
        """The watched kind that a reference names."""
        group = owner.api_version.rpartition("/")[0]
        for kind in self.state.kinds.values():
            if kind.monitored and kind.kind == owner.kind and kind.group == group:
                return kind
        return None

    def informer(self, resource: str) -> Informer | None:
        """What knows the objects of an added kind, if it is watched."""
        kind = self.state.kinds.get(resource)
        return self.informers[resource] if kind is not None and kind.monitored else None

    def monitored(self) -> Iterator[tuple[str, Informer]]:
        """All that are watched, by their plurals."""
        for plural, kind in self.state.kinds.items():
            if kind.monitored:
                yield plural, self.informers[plural]

    # --- rounds -----------------------------------------------------------------------------------

    def definition_changed(self, old: Any, new: Any) -> None:
        """A definition was added, changed or removed."""
        if self.state.running:
            self._plan()

    def look(self) -> None:
        """A round: ask what kinds there are."""
        self.client.list(DEFINITIONS, self.then(self.discovered))

    def discovered(self, reply: Reply) -> None:
        """Watch what has come, and no longer what has gone."""
        self.state.due = False
        if reply.ok:
            self._resync(reply.body)
        self._plan()

    def _plan(self) -> None:
        """The next round, if it would find something new by what is known now."""
        state = self.state
        if state.due or self._established() == {plural for plural, _ in self.monitored()}:
            return
        state.due = True
        self.post(PERIOD - (self.now - state.began) % PERIOD, self.look)

    def _established(self) -> set[str]:
        return {one.metadata.name for one in self.definitions.list() if is_established(one)}

    def _resync(self, found: Iterable[CustomResourceDefinition]) -> None:
        kinds = self.state.kinds
        there = {one.metadata.name: one for one in found if is_established(one)}
        for plural, informer in tuple(self.monitored()):
            if plural not in there:
                kinds[plural].monitored = False
                informer.stop()
        for plural, definition in there.items():
            before, spec = kinds.get(plural), definition.spec
            kinds[plural] = AddedKind(plural, spec.group, spec.names.kind, spec.scope != "Cluster")
            if before is None:
                self._place(plural)
            if before is None or not before.monitored:
                self.informers[plural].start()

    # --- its informers ----------------------------------------------------------------------------

    def memory_renewed(self) -> None:
        """The process has another memory: it has the informers that are in there, and no others."""
        parts = self.process.parts
        for informer in self.informers.values():
            parts.pop(informer.name, None)
        state: AddedKindsState | None = self.process.state.parts.get(self.name)
        for plural in state.kinds if state is not None else ():
            self._place(plural)

    def _place(self, plural: str) -> None:
        """The process finds the informer by its name."""
        informer = self.informers.get(plural)
        if informer is None:
            informer = self.informers[plural] = Informer(
                self.client,
                plural,
                partial(self.on_change, plural),
                on_synced=partial(self.on_listed, plural),
            )
        self.process.parts[informer.name] = informer
