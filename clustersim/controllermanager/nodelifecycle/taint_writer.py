"""Writes taints of nodes: reads the node, changes its list of taints, writes it, and again on a conflict.

```
  change --add--> GET, PUT --remove--> GET, PUT --> done       (409: again after 100 to 200 ms, five tries)
```
Taints are removed only where the cached node has them. Source: v1.36.2
pkg/controller/util/node/controller_utils.go SwapNodeControllerTaint, pkg/controller/controller_utils.go
AddOrUpdateTaintOnNode, RemoveTaintOffNode.
"""

from collections.abc import Callable
from typing import Final

import msgspec

from clustersim.api.core_v1 import Node, Taint
from clustersim.api.meta import replace
from clustersim.api.status import Reply
from clustersim.api.timestamp import rfc3339
from clustersim.controllermanager.node.base import NodeControllerBase
from clustersim.controllermanager.part import Part
from clustersim.engine.time import MILLISECOND, Micros

TRIES: Final = 5
PAUSE: Final[Micros] = 100 * MILLISECOND


class TaintChange(msgspec.Struct, frozen=True):
    """What is to be done to a node. `key`: for whoever asked; `cause`: the decision behind it."""

    node: str
    add: tuple[Taint, ...]
    remove: tuple[Taint, ...]
    key: str
    cause: int
    attempt: int = 1


class TaintWriter(Part):
    """One client's way to write taints. `done(change, ok)` is told how it ended."""

    def __init__(
        self, controller: NodeControllerBase, name: str, done: Callable[[TaintChange, bool], None]
    ) -> None:
        super().__init__(controller.process, name)
        self.controller = controller
        self.done = done

    def change(
        self, node: Node, add: tuple[Taint, ...], remove: tuple[Taint, ...], cause: int, key: str = ""
    ) -> None:
        """Add taints with the present time, then remove those others that the node has."""
        stamped = tuple(replace(taint, time_added=rfc3339(self.now)) for taint in add)
        present = tuple(taint for taint in remove if has_taint(node, taint.key, taint.effect))
        self.step(TaintChange(node.metadata.name, stamped, present, key, cause))

    def step(self, change: TaintChange) -> None:
        """Read the node as it is now."""
        self.engine.cause = change.cause
        if not change.add and not change.remove:
            self.done(change, True)
            return
        self.controller.api.get("nodes", "", change.node, self.then(self.read, change))

    def read(self, reply: Reply, change: TaintChange) -> None:
        """Write the node with its new taints."""
        if not reply.ok:
            self._fail(change, reply)
            return
        node: Node = reply.body
        taints = node.spec.taints
        if change.add:
            found = {(taint.key, taint.effect): taint for taint in taints}
            missing = tuple(taint for taint in change.add if (taint.key, taint.effect) not in found)
            new = (*taints, *missing)
        else:
            gone = {(taint.key, taint.effect) for taint in change.remove}
            new = tuple(taint for taint in taints if (taint.key, taint.effect) not in gone)
        if new == taints:
            self._go_on(change)
            return
        self.engine.cause = change.cause
        tainted = replace(node, spec=replace(node.spec, taints=new))
        self.controller.api.update(tainted, self.then(self.written, change))

    def written(self, reply: Reply, change: TaintChange) -> None:
        """The node was written, or somebody was faster."""
        if reply.ok:
            self._go_on(change)
        elif reply.status == 409 and change.attempt < TRIES:
            wait = PAUSE + int(self.process.random(self.name).random() * PAUSE)
            self.post(wait, self.step, replace(change, attempt=change.attempt + 1))
        else:
            self._fail(change, reply)

    def _go_on(self, change: TaintChange) -> None:
        if change.add and change.remove:
            self.step(replace(change, add=(), attempt=1))
        else:
            self.done(change, True)

    def _fail(self, change: TaintChange, reply: Reply) -> None:
        self.controller.write(f'"Unable to taint node" node="{change.node}" err="{reply.message}"', "E")
        self.done(change, False)


def has_taint(node: Node, key: str, effect: str) -> bool:
    """Whether the node has such a taint."""
    return any(taint.key == key and taint.effect == effect for taint in node.spec.taints)
