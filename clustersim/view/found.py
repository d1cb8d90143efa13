"""Changes that one or more looks at a cluster have found, until they are sent."""

from collections.abc import Iterable, Mapping

Keys = dict[str, None]


class Found:
    """changed: by section the keys of what may have changed, None for all. heard, seen: nodes of which there
    is a later sign of life, and of which a pass of the controller has seen one. stored: those of which
    something was stored.
    """

    def __init__(self) -> None:
        self.changed: dict[str, Keys | None] = {"nodes": {}, "deadlines": {}, "workloads": {}}
        self.heard: Keys = {}
        self.seen: Keys = {}
        self.stored: Keys = {}

    def add(self, section: str, keys: Keys | None) -> None:
        """What one more look has found in a section."""
        known = self.changed[section]
        if known is None or keys is None:
            self.changed[section] = None
        else:
            known.update(keys)

    def all(self) -> Mapping[str, Iterable[str] | None]:
        """By section all keys whose items may have changed."""
        nodes, deadlines = self.changed["nodes"], self.changed["deadlines"]
        return {
            **self.changed,
            "nodes": None if nodes is None else {**nodes, **self.heard},
            "deadlines": None if deadlines is None else [*deadlines, *map("grace/{}".format, self.seen)],
        }

    def only_moved(self) -> tuple[list[str], list[str]]:
        """The nodes of which nothing but a sign of life, or that it was seen, is to be told."""
        nodes, deadlines = self.changed["nodes"], self.changed["deadlines"]
        return (
            [] if nodes is None else [name for name in self.heard if name not in nodes],
            [] if deadlines is None else [name for name in self.seen if f"grace/{name}" not in deadlines],
        )
