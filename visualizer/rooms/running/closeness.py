"""The nodes of a large room at which its viewers look closer, for all viewers together."""

from collections.abc import Collection


class Closeness:
    """What each viewer has asked for last."""

    def __init__(self) -> None:
        self._wanted: dict[object, Collection[str]] = {}
        self.names: frozenset[str] = frozenset()
        """The nodes that somebody sees closer."""

    def want(self, viewer: object, names: Collection[str]) -> None:
        """These, in place of those before."""
        self._wanted[viewer] = names
        self._gather()

    def forget(self, viewer: object) -> None:
        """The viewer has gone, or sees all nodes anew."""
        if self._wanted.pop(viewer, None):
            self._gather()

    def _gather(self) -> None:
        self.names = frozenset(name for names in self._wanted.values() for name in names)
