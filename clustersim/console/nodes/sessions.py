"""Shells in containers that somebody is in: where such a one stands, as plain text that goes out with an
answer and comes back with the next line.
"""

from typing import Any, Final, NamedTuple

from clustersim.console.nodes.held import record_of

EXEC: Final = "exec"
"""A shell beside the container's program: leaving it changes nothing."""
ATTACHED: Final = "attached"
"""The container's own program, which ends when it is left."""
RUN: Final = "run"
"""The same, of a pod that was made for it ..."""
REMOVED: Final = "removed"
"""... and is deleted then."""
_PARTS: Final = 8
_SHOWN: Final = 12


class Session(NamedTuple):
    """One of them. number: how the id of its container begins, as another container of its name is another
    place. how: what leaving it means. made: what is deleted then, as "RESOURCE/NAME". node: where it was
    entered, with docker or crictl; empty: on the workstation."""

    namespace: str
    pod: str
    container: str
    number: str
    how: str = EXEC
    made: str = "/"
    node: str = ""

    @property
    def place(self) -> str:
        """As `Answer.where` names it."""
        return "/".join(self)

    def record(self, api: Any) -> Any:
        """The running container, as its runtime knows it; None: it has ended."""
        pod = api.find("pods", self.namespace, self.pod)
        record = None if pod is None or not pod.spec.node_name else record_of(api, pod, self.container)
        return record if record is not None and record.id[:_SHOWN] == self.number else None


def session_of(where: str) -> Session | None:
    """The session that a place is; None: it is a machine, or the workstation."""
    parts = where.split("/")
    if len(parts) != _PARTS:
        return None
    namespace, pod, container, number, how, resource, name, node = parts
    return Session(namespace, pod, container, number, how, f"{resource}/{name}", node)


def entered(api: Any, pod: Any, container: str, *, how: str = EXEC, made: str = "/", node: str = "") -> str:
    """The place that a shell in a container is."""
    record = record_of(api, pod, container)
    number = "" if record is None else record.id[:_SHOWN]
    metadata = pod.metadata
    return Session(metadata.namespace, metadata.name, container, number, how, made, node).place
