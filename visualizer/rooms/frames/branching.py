"""The frames about the branches of a room."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from visualizer.rooms.frames.stage import BranchId, FromBrowser, FromServer, RequestId, Time
from visualizer.texts import Texts


class Fork(FromBrowser, frozen=True, tag="fork"):
    """Begin a branch at ``t`` of the branch, and move the room there."""

    id: RequestId
    t: Time
    branch: BranchId | None = None
    name: Annotated[str, Meta(max_length=80)] = ""


class Switch(FromBrowser, frozen=True, tag="switch"):
    """Move the room to a branch, to where it was left."""

    id: RequestId
    branch: BranchId


class Rename(FromBrowser, frozen=True, tag="rename"):
    """Give a branch a name."""

    id: RequestId
    branch: BranchId
    name: Annotated[str, Meta(min_length=1, max_length=80)]


class Tree(FromBrowser, frozen=True, tag="tree"):
    """I look at the branches: how they are now."""


class BranchItem(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A branch in the tree: ``differs`` says from its parent; ``end`` is how far it was played."""

    id: int
    parent: int | None
    forked_at: int | None
    name: str
    end: int
    differs: Texts
    other_engine: bool


class Branches(FromServer, frozen=True, tag="branches"):
    """All branches of the room, parents before children, and the one it plays."""

    current: int
    branches: Sequence[BranchItem]


BranchChange = Fork | Switch | Rename
