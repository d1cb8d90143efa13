"""What clients ask the API server, as plain data."""

from typing import Any, Literal, get_args

import msgspec

from clustersim.api.meta import LabelSelectorRequirement

Verb = Literal[
    "get",
    "list",
    "watch",
    "create",
    "update",
    "update-status",
    "patch",
    "patch-status",
    "delete",
    "deletecollection",
    "bind",
    "evict",
    "finalize",
    "get-scale",
    "update-scale",
    "rollback",
]

READS: frozenset[str] = frozenset({"get", "list", "watch", "get-scale"})

WRITES: frozenset[str] = frozenset(get_args(Verb)) - READS

PatchType = Literal["merge", "json", "strategic", "apply"]


class Request(msgspec.Struct, frozen=True, gc=False):
    """One request.

    body: the object of create and update; for patch-status the status struct whose conditions are merged by
    type, or a patch; for patch the patch as JSON values, of the `patch_type`; for bind the node's name; for
    update-scale a Scale; for rollback a RollbackConfig. subresource: of patch "status" where it is the
    status that is patched, "scale" where it is the number of pods.
    grace_seconds: None means the object's own; propagation: what becomes of what the object owns, Orphan,
    Background or Foreground, empty for the default of its version. uid, version: preconditions of delete.
    label_selector, expressions: labels that must be there, and further requirements on them.
    resource_version: of watch the revision after which changes are wanted. limit, continue_: of list, how
    many at most, and where to go on. stream: of watch the client's name for it; routine: whether it is to
    hear of locks that were merely renewed.
    api_version: the version a request is made through, empty for the one that its kind is stored in; its
    defaults hold. manager: who is remembered for the fields that a write sets, empty for nobody; force: an
    apply takes fields from others. strict: of a patch, fields that there are not are refused. dry_run:
    nothing is stored. dropped: of patch-status, the types of conditions that are to go; before: the status
    that the client had read, of which the patch names only what is to be otherwise.
    user: who asks, if what they may do is for their roles to say; empty of a component, and of people here.
    """

    verb: Verb
    resource: str
    namespace: str = ""
    name: str = ""
    body: Any = None
    grace_seconds: int | None = None
    propagation: str = ""
    uid: str = ""
    field_selector: dict[str, str] = {}
    label_selector: dict[str, str] = {}
    resource_version: int = 0
    stream: str = ""
    routine: bool = True
    api_version: str = ""
    expressions: tuple[LabelSelectorRequirement, ...] = ()
    patch_type: PatchType = "merge"
    subresource: str = ""
    version: str = ""
    limit: int = 0
    continue_: str = ""
    manager: str = ""
    force: bool = False
    strict: bool = False
    dropped: tuple[str, ...] = ()
    before: Any = None
    dry_run: bool = False
    user: str = ""
