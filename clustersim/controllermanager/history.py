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
from clustersim.api.registry import key_of
from clustersim.api.selectors import selection_of, selects
from clustersim.api.status import Reply
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.deployment.templatehash import fnv1
from clustersim.controllermanager.podowner import PodOwner
from clustersim.controllermanager.references import adoption, owned_by
from clustersim.engine.state import State

REVISION_LABEL: Final = "controller-revision-hash"
"""On pods what tells which revision they are of; on a DaemonSet's revision the same."""

DEFAULT_HISTORY: Final = 10
_ESCAPED: Final = ((b"<", b"\\u003c"), (b">", b"\\u003e"), (b"&", b"\\u0026"))


class Revisions(State):
    """An owner's revisions, the lowest number first, which has the present template, and how many names were
    taken by other templates, None where nobody has counted."""

    known: list[ControllerRevision]
    update: ControllerRevision
    collisions: int | None = None

    def named(self, name: str) -> ControllerRevision | None:
        """The one of that name."""
        return next((found for found in (*self.known, self.update) if found.metadata.name == name), None)


def data_of(template: PodTemplateSpec, *, null_times: bool) -> dict[str, Any]:
    """A template as a revision keeps it: the patch that brings an owner back to it, in the order of its
    names, as clients compare it byte for byte (pkg/controller/daemon/update.go Match). null_times: until
    v1.33 it says that the template has no creationTimestamp."""
    made = {**msgspec.to_builtins(template), "$patch": "replace"}
    if null_times:
        made["metadata"] = {**made.get("metadata", {}), "creationTimestamp": None}
    kept = {"spec": {"template": made}}
    return json_decoded(msgspec.json.encode(kept, order="deterministic"))


def json_decoded(text: bytes) -> dict[str, Any]:
    """What a client reads: lists are lists, so that it can be compared with what it has read before."""
    found: dict[str, Any] = msgspec.json.decode(text)
    return found


def data_hash(data: dict[str, Any], collisions: int | None) -> str:
    """FNV-1 of 32 bits over the data as Go writes it, and how often the name was taken, if that was counted
    (v1.7.5, v1.8.0, v1.36 pkg/controller/history/controller_history.go HashControllerRevision)."""
    text = msgspec.json.encode(data)
    for sign, escaped in _ESCAPED:
        text = text.replace(sign, escaped)
    return str(fnv1(text if collisions is None else text + str(collisions).encode()))


def template_of(revision: ControllerRevision) -> PodTemplateSpec:
    """The template that a revision keeps."""
    kept = {key: value for key, value in revision.data["spec"]["template"].items() if key != "$patch"}
    metadata = {key: value for key, value in kept.get("metadata", {}).items() if value is not None}
    return msgspec.convert({**kept, "metadata": metadata}, PodTemplateSpec)


def hash_of(revision: ControllerRevision) -> str:
    """What tells a DaemonSet's revision from its others."""
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
    def revision_metadata(self, owner: Any, data: dict[str, Any], collisions: int | None) -> ObjectMeta:
        """Name, labels and annotations of a new revision."""

    @abstractmethod
    def with_revisions(self, key: str, owner: Any, revisions: Revisions) -> None:
        """Go on with a synchronisation: the revision of the present template is there."""

    @abstractmethod
    def without_revision(self, key: str, error: str) -> None:
        """A synchronisation ends: there is no revision."""

    def revisions_of(self, owner: Any) -> list[ControllerRevision]:
        """The owner's revisions and those that it may adopt, the lowest number first."""
        mine = [found for found in self.revisions.list() if self._is_mine(owner, found)]
        return sorted(mine, key=lambda found: (found.revision, found.metadata.name))

    def _is_mine(self, owner: Any, revision: ControllerRevision) -> bool:
        reference = controller_of(revision)
        return (
            self._is_orphan_of(owner, revision) if reference is None else reference.uid == owner.metadata.uid
        )

    def _is_orphan_of(self, owner: Any, revision: ControllerRevision) -> bool:
        metadata = revision.metadata
        return (
            metadata.namespace == owner.metadata.namespace
            and not metadata.deletion_timestamp
            and not owner.metadata.deletion_timestamp
            and selects(selection_of(owner), metadata.labels)
        )

    def _adopt(self, owner: Any, known: Iterable[ControllerRevision]) -> None:
        """Revisions that an owner of the name before it has left become its own."""
        mark = adoption(owner, self.traits.release)
        for found in known:
            if controller_of(found) is None:
                answer = self.then(self.adopted, key_of(owner))
                self.api.merge("controllerrevisions", found.metadata, mark, answer)

    def collisions_of(self, owner: Any) -> int | None:
        """How many names of its revisions were taken by others, None where nobody has counted."""
        collisions: int | None = owner.status.collision_count
        return collisions

    def ensure_revision(self, key: str, owner: Any) -> None:
        """Make the revision of the present template, or find it; one that is not the newest becomes that."""
        known, collisions = self.revisions_of(owner), self.collisions_of(owner)
        data = data_of(owner.spec.template, null_times=self.traits.null_creation_times)
        self._adopt(owner, known)
        equal = next((found for found in reversed(known) if found.data == data), None)
        if equal is None:
            self._create(key, owner, collisions)
        elif equal is known[-1]:
            self.with_revisions(key, owner, Revisions(known, equal, collisions))
        else:
            newest = replace(equal, revision=next_number(known))
            self.api.update(newest, self.then(self.revised, key, owner, collisions))

    def _create(self, key: str, owner: Any, collisions: int | None) -> None:
        made = self._made(owner, collisions)
        self.api.create(made, self.then(self.revised, key, owner, collisions))

    def _made(self, owner: Any, collisions: int | None) -> ControllerRevision:
        data = data_of(owner.spec.template, null_times=self.traits.null_creation_times)
        metadata = replace(
            self.revision_metadata(owner, data, collisions),
            namespace=owner.metadata.namespace,
            owner_references=(owned_by(owner, self.traits.release),),
        )
        return ControllerRevision(
            metadata=metadata, revision=next_number(self.revisions_of(owner)), data=data
        )

    def revised(self, reply: Reply, key: str, owner: Any, collisions: int | None) -> None:
        """The revision was written; if its name was taken, it is looked at what has it."""
        if reply.ok:
            self._found(key, owner, reply.body, collisions)
        elif reply.status == 409 and reply.reason == "AlreadyExists":
            metadata = self._made(owner, collisions).metadata
            answer = self.then(self.taken, key, owner, collisions)
            self.api.get("controllerrevisions", metadata.namespace, metadata.name, answer)
        else:
            self.without_revision(key, reply.message)

    def taken(self, reply: Reply, key: str, owner: Any, collisions: int | None) -> None:
        """What has the name: the same template, or another one; then another name is tried."""
        if not reply.ok:
            self.without_revision(key, reply.message)
        elif reply.body.data == self._made(owner, collisions).data:
            self._found(key, owner, reply.body, collisions)
        else:
            self._create(key, owner, (collisions or 0) + 1)

    def _found(self, key: str, owner: Any, revision: ControllerRevision, collisions: int | None) -> None:
        others = [one for one in self.revisions_of(owner) if one.metadata.uid != revision.metadata.uid]
        self.with_revisions(key, owner, Revisions([*others, revision], revision, collisions))

    def discard(self, revisions: Iterable[ControllerRevision]) -> None:
        """Delete revisions that are one too many."""
        for found in revisions:
            metadata = found.metadata
            answer = self.then(self.discarded)
            self.api.delete("controllerrevisions", metadata.namespace, metadata.name, answer)

    def discarded(self, reply: Reply) -> None:
        """An old revision is gone, or will be found again."""


def kept_revisions(owner: Any) -> int:
    """How many old revisions may stay."""
    limit = owner.spec.revision_history_limit
    return DEFAULT_HISTORY if limit is None else int(limit)
