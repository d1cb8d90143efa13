"""Revisions: the templates that a StatefulSet or DaemonSet has had, kept as ControllerRevisions.

Source: v1.7.5, v1.8.0, v1.36 pkg/controller/history/controller_history.go; statefulset
stateful_set_control.go getStatefulSetRevisions; daemon update.go constructHistory.
"""

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from clustersim.api.apps import ControllerRevision
from clustersim.api.core_v1 import PodTemplateSpec
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.owners import controller_of
from clustersim.api.status import Reply
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.podowner import PodOwner
from clustersim.controllermanager.references import owned_by
from clustersim.engine.state import State

REVISION_LABEL: Final = "controller-revision-hash"
"""On a revision its hash; on pods what tells which revision they are of."""

DEFAULT_HISTORY: Final = 10


class Revisions(State):
    """An owner's revisions, the lowest number first, and which has the present template."""

    known: list[ControllerRevision]
    update: ControllerRevision

    def named(self, name: str) -> ControllerRevision | None:
        """The one of that name."""
        return next((found for found in (*self.known, self.update) if found.metadata.name == name), None)


def data_of(template: PodTemplateSpec) -> dict[str, Any]:
    """A template as a revision keeps it: the patch that brings an owner back to it, in the order of its
    names, as clients compare it byte for byte (pkg/controller/daemon/update.go Match)."""
    kept = {"spec": {"template": {**msgspec.to_builtins(template), "$patch": "replace"}}}
    ordered: dict[str, Any] = msgspec.to_builtins(kept, order="deterministic")
    return ordered


def template_of(revision: ControllerRevision) -> PodTemplateSpec:
    """The template that a revision keeps."""
    kept = {key: value for key, value in revision.data["spec"]["template"].items() if key != "$patch"}
    return msgspec.convert(kept, PodTemplateSpec)


def hash_of(revision: ControllerRevision) -> str:
    """What tells it from others of its owner."""
    return revision.metadata.labels.get(REVISION_LABEL, "")


def next_number(revisions: Iterable[ControllerRevision]) -> int:
    """The number of a new revision."""
    return max((found.revision for found in revisions), default=0) + 1


class RevisedOwner(PodOwner):
    """Base of the controllers that keep revisions of their objects' templates."""

    def __init__(self, context: ControllerContext, name: str, source: str, workers: int) -> None:
        super().__init__(context, name, source, workers)
        self.revisions = self.shared.get("controllerrevisions")

    @abstractmethod
    def with_revisions(self, key: str, owner: Any, revisions: Revisions) -> None:
        """Go on with a synchronisation: the revision of the present template is there."""

    @abstractmethod
    def without_revision(self, key: str, error: str) -> None:
        """A synchronisation ends: there is no revision."""

    def revisions_of(self, owner: Any) -> list[ControllerRevision]:
        """The owner's revisions, the lowest number first."""
        mine = [
            found
            for found in self.revisions.list()
            if (one := controller_of(found)) is not None and one.uid == owner.metadata.uid
        ]
        return sorted(mine, key=lambda found: (found.revision, found.metadata.name))

    def ensure_revision(self, key: str, owner: Any) -> None:
        """Make the revision of the present template, or find it; one that is not the newest becomes that."""
        known, data = self.revisions_of(owner), data_of(owner.spec.template)
        equal = next((found for found in reversed(known) if found.data == data), None)
        if equal is None:
            self.api.create(self._made(owner, data, next_number(known)), self.then(self.revised, key, owner))
        elif equal is known[-1]:
            self.with_revisions(key, owner, Revisions(known, equal))
        else:
            newest = replace(equal, revision=next_number(known))
            self.api.update(newest, self.then(self.revised, key, owner))

    def _made(self, owner: Any, data: dict[str, Any], number: int) -> ControllerRevision:
        template = owner.spec.template
        found = self.traits.template_hash.in_label(template)
        metadata = ObjectMeta(
            name=f"{owner.metadata.name}-{found}",
            namespace=owner.metadata.namespace,
            labels={**template.metadata.labels, REVISION_LABEL: found},
            annotations=owner.metadata.annotations,
            owner_references=(owned_by(owner, self.traits.release),),
        )
        return ControllerRevision(metadata=metadata, revision=number, data=data)

    def revised(self, reply: Reply, key: str, owner: Any) -> None:
        """The revision was written; if it was there already, it is read."""
        if reply.ok:
            revision: ControllerRevision = reply.body
            others = [one for one in self.revisions_of(owner) if one.metadata.uid != revision.metadata.uid]
            self.with_revisions(key, owner, Revisions([*others, revision], revision))
        elif reply.status == 409 and reply.reason == "AlreadyExists":
            name = f"{owner.metadata.name}-{self.traits.template_hash.in_label(owner.spec.template)}"
            answer = self.then(self.revised, key, owner)
            self.api.get("controllerrevisions", owner.metadata.namespace, name, answer)
        else:
            self.without_revision(key, reply.message)

    def truncate_history(self, owner: Any, revisions: Revisions, live: Iterable[str]) -> None:
        """Delete the oldest revisions that no pod is of, beyond those that may be kept."""
        limit = owner.spec.revision_history_limit
        kept = DEFAULT_HISTORY if limit is None else limit
        living = {*live, revisions.update.metadata.name}
        old = [found for found in revisions.known if found.metadata.name not in living]
        for found in old[: max(0, len(old) - kept)]:
            metadata = found.metadata
            answer = self.then(self.truncated)
            self.api.delete("controllerrevisions", metadata.namespace, metadata.name, answer)

    def truncated(self, reply: Reply) -> None:
        """An old revision is gone, or will be found again."""
