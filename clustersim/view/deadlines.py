"""What the node controller will do to which node, and when, as items.

Of most nodes all that is to be told is when their last sign of life was seen. They are looked at when there
was another one. The others are looked at when something was stored of them or their pods, when the moment has
come until which all stays as it is, and when the controller has done something by itself.
"""

from collections.abc import Callable, Iterable, Mapping
from heapq import heappop, heappush
from typing import Any, Final

from clustersim.cluster import Cluster
from clustersim.controllermanager.node.base import NodeControllerBase
from clustersim.controllermanager.node.deadlines import MonitorPasses, NodeDeadlines, Stir
from clustersim.controllermanager.node.lookout import Lookout
from clustersim.controllermanager.node.state import NodeControllerState
from clustersim.engine.identity import Same
from clustersim.engine.rules import Verdict
from clustersim.engine.time import END_OF_TIME, Micros
from clustersim.etcd import Change
from clustersim.i18n import Message
from clustersim.view.structs import FEW, DeadlineItem, NodeItem, texts

PROBE: Final = "probe"


class Deadlines:
    """Follows one cluster. Nothing is told while no controller works."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._items: dict[str, DeadlineItem] = {}
        self._from: tuple[Any, ...] = ()
        """What all of them were made from the last time."""
        self._uneasy: dict[str, Micros] = {}
        """Nodes that are not calm, and until when all of them stays as it is."""
        self._dues: list[tuple[Micros, str]] = []
        """A heap of those moments, and of some that no longer count."""
        self._stir = Stir(under_way=True, so_far=())
        """What the controller had done by itself at the last look."""
        self._pending: dict[str, None] = {}
        """Calm nodes of which the store knows something that no pass of the controller has seen."""
        self._behind: dict[str, None] = {}
        """The same of nodes that are not calm: what its caches hold matters there."""
        self._pods: dict[tuple[str, str], None] = {}
        """Pods of which the store knows something that the controller has not, with the nodes they are on."""
        self.changed: dict[str, None] | None = None
        """The keys of those that the last look found changed, None for all."""
        self.moved: dict[str, None] = {}
        """Nodes of whose grace it found only that it counts from a later sign of life."""

    def items(
        self, nodes: Mapping[str, NodeItem], touched: Iterable[str] | None, pods: Iterable[Change] = ()
    ) -> dict[str, DeadlineItem]:
        """All of them by kind and node. nodes: as they are shown now; touched: those of which something was
        stored since the last look, None for all; pods: what was stored of pods since then.
        """
        self.changed, self.moved = None, {}
        manager = self._cluster.world.controller_manager
        if not manager.leading:
            self._items, self._from = {}, ()
            return self._items
        controller = manager.node_controller
        look = _Look(controller, self._cluster.world.etcd.get)
        made_from = look.made_from
        if touched is None or made_from != self._from:
            self._from = made_from
            known = (item.node for item in self._items.values())
            names = dict.fromkeys((*look.state.health, *nodes, *known))
            self._stir = look.controller.stir()
        else:
            names = dict.fromkeys((*self._moved(look), *self._behind, *look.uncertain(self._uneasy)))
            names.update(dict.fromkeys(touched))
        names.update(dict.fromkeys(self._of_pods(pods, look)))
        self.changed, self._items = {}, self._items.copy()
        self._look_at(names, nodes, look)
        return self._items

    def _moved(self, look: "_Look") -> Iterable[str]:
        """Nodes of which time or the controller may have made something else. Of those that are calm, only a
        pass does.
        """
        before, self._stir = self._stir, look.controller.stir()
        if before.under_way or before != self._stir:
            return [*self._uneasy, *self._pending]
        found, dues = [], self._dues
        while dues and dues[0][0] <= look.now:
            until, name = heappop(dues)
            if self._uneasy.get(name) == until:
                found.append(name)
        return found

    def _of_pods(self, changes: Iterable[Change], look: "_Look") -> Iterable[str]:
        """Nodes with pods that have changed, or of which the controller has not heard yet."""
        pods = self._pods
        for change in changes:
            pod = change.value if change.value is not None else change.previous
            if pod is not None and pod.spec.node_name:
                pods[change.key, pod.spec.node_name] = None
        found = list(pods)
        for place in found:
            if look.knows_pod(place[0]):
                del pods[place]
        return [node for _key, node in found]

    def _look_at(self, names: Iterable[str], nodes: Mapping[str, NodeItem], look: "_Look") -> None:
        items, uneasy = self._items, self._uneasy
        closely = []
        for name in names:
            node = nodes.get(name)
            if node is None or node.ready != "True" or not look.is_calm(name):
                closely.append(name)
                continue
            if name in uneasy:
                del uneasy[name]
                self._put(f"eviction/{name}", None)
            key = f"grace/{name}"
            origin, due = look.grace_of(name)
            known = items.get(key)
            if known is None or known.fired or known.rule != look.rule:
                self._put(key, look.calm_item(name, origin, due))
            elif known.origin != origin or known.due != due:
                items[key] = look.calm_item(name, origin, due)
                self.moved[name] = None
            self._behind.pop(name, None)
            self._settle(name, look, self._pending)
        found = look.controller.deadlines(closely)
        for name in closely:
            self._keep_closely(name, found.get(name), nodes.get(name), look)
        if len(self._dues) > 2 * len(uneasy) + FEW:
            self._dues = sorted((until, name) for name, until in uneasy.items() if until < END_OF_TIME)

    @staticmethod
    def _settle(name: str, look: "_Look", among: dict[str, None]) -> None:
        if look.is_settled(name):
            among.pop(name, None)
        else:
            among[name] = None

    def _keep_closely(
        self, name: str, deadlines: NodeDeadlines | None, node: NodeItem | None, look: "_Look"
    ) -> None:
        grace = eviction = None
        self._pending.pop(name, None)
        if deadlines is None and node is None:
            self._behind.pop(name, None)
            self._uneasy.pop(name, None)
        else:
            until = look.now if deadlines is None else deadlines.until
            if until < END_OF_TIME and (self._uneasy.get(name) != until or until <= look.now):
                heappush(self._dues, (until, name))
            self._uneasy[name] = until
            self._settle(name, look, self._behind)
        if deadlines is not None:
            grace = look.grace_item(deadlines)
            ready = node.ready if node is not None else "True"
            if ready != "True" and deadlines.eviction is not None:
                eviction = _eviction(deadlines, deadlines.eviction)
        self._put(f"grace/{name}", grace)
        self._put(f"eviction/{name}", eviction)

    def _put(self, key: str, item: DeadlineItem | None) -> None:
        known = self._items.get(key)
        if known == item:
            return
        if item is None:
            del self._items[key]
        else:
            self._items[key] = item
        if self.changed is not None:
            self.changed[key] = None


class _Look:
    """One look at a controller that works."""

    def __init__(self, controller: NodeControllerBase, stored: Callable[[str, str], Any]) -> None:
        monitor = controller.monitor
        self.controller = controller
        self.state = controller.peek(NodeControllerState)
        self.lookout: Lookout = monitor.lookout(self.state)
        self._passes: MonitorPasses = monitor.passes(self.state)
        self._stored = stored
        self.now = controller.now
        self._length: Micros = controller.flags.node_monitor_grace_period
        self.rule = monitor.grace.silent.id
        self._dues: dict[Micros, Micros] = {}

    @property
    def made_from(self) -> tuple[Any, ...]:
        """What every item depends on: the controller's memory and flags, and where its passes lie."""
        first, step = self._passes.first, self._passes.step
        phase = None if first is None else first % step
        lookout = self.lookout
        return (Same(lookout.state, self.controller.flags), lookout.beginnings, phase, step)

    def uncertain(self, known: Mapping[str, object]) -> Iterable[str]:
        """Nodes that are not calm, or may be no more, as the controller knows, and that are not known yet."""
        return (*(self.state.lookout.close.keys() - known.keys()), *self.lookout.overdue(self.now))

    def knows_pod(self, key: str) -> bool:
        """The controller has seen of a pod what is stored."""
        namespace, _, name = key.partition("/")
        return self.controller.pods.get(namespace, name) is self._stored("pods", key)

    def is_calm(self, name: str) -> bool:
        """It is Ready, in time, and all that comes of it are signs of life."""
        return self.lookout.is_calm(name) and self.lookout.probe(name) + self._length >= self.now

    def grace_of(self, name: str) -> tuple[Micros, Micros]:
        """When the last sign of life of a calm node was seen, and the pass that would find it too old."""
        origin = self.lookout.probe(name)
        due = self._dues.get(origin)
        if due is None:
            due = self._dues[origin] = self._passes.later_than(origin + self._length)
        return origin, due

    def is_settled(self, name: str) -> bool:
        """The controller has seen of a node what is stored, and a pass has seen that."""
        if self.lookout.is_unseen(name):
            return False
        node, sign = self._stored("nodes", name), self.controller.monitor.last_sign(name)
        if self.controller.nodes.get("", name) is not node:
            return False
        return sign is node or sign is self._stored("leases", f"kube-node-lease/{name}")

    def calm_item(self, name: str, origin: Micros, due: Micros) -> DeadlineItem:
        return DeadlineItem(
            kind="grace",
            node=name,
            origin=origin,
            origin_kind=PROBE,
            due=due,
            length=self._length,
            rule=self.rule,
            fired=False,
            frozen=None,
        )

    def grace_item(self, deadlines: NodeDeadlines) -> DeadlineItem:
        return DeadlineItem(
            kind="grace",
            node=deadlines.node,
            origin=deadlines.probe,
            origin_kind=PROBE,
            due=_due(deadlines.grace, deadlines.grace_pass, frozen=False),
            length=self._length,
            rule=deadlines.grace.rule.id,
            fired=deadlines.marked,
            frozen=None,
        )


def _eviction(deadlines: NodeDeadlines, eviction: Verdict) -> DeadlineItem:
    """It counts only while a node is not ready."""
    return DeadlineItem(
        kind="eviction",
        node=deadlines.node,
        origin=deadlines.eviction_since,
        origin_kind=deadlines.eviction_origin,
        due=_due(eviction, deadlines.eviction_pass, frozen=deadlines.frozen is not None),
        length=deadlines.eviction_length,
        rule=eviction.rule.id,
        fired=deadlines.evicted,
        frozen=texts(Message(deadlines.frozen)) if deadlines.frozen else None,
    )


def _due(verdict: Verdict, acting: Micros | None, *, frozen: bool) -> Micros | None:
    """The pass that acts; without one, or while it does not come to that, the moment the rule names."""
    return verdict.due if frozen or acting is None else acting
