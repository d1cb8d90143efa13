"""nodetool status in a container of cassandra: the pods of its StatefulSet as the ring that they are.

Form: Cassandra 3.11 tools/nodetool/Status.java; the tutorial "Deploying Cassandra with a StatefulSet". How
much each one holds, and which part of the ring, is made up: all of them the same.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from clustersim.api.conditions import is_true
from clustersim.api.owners import controller_of
from clustersim.console.nodes.container_environment import environment
from clustersim.shell.ran import Ran

_LOAD: Final = "85.32 KiB"
_COPIES: Final = 2


def nodetool(here: Any, words: Sequence[str], stdin: str) -> Ran:
    """nodetool status."""
    if words[1:2] != ["status"]:
        return Ran(err="nodetool: only status is known here\n", code=1)
    own = controller_of(here.pod)
    pods = [
        pod
        for pod in here.api.objects("pods", here.pod.metadata.namespace)
        if own is not None and controller_of(pod) == own and pod.status.pod_ip
    ] or [here.pod]
    variables = environment(here.api, here.pod, here.spec)
    center = variables.get("CASSANDRA_DC", "datacenter1")
    rack = variables.get("CASSANDRA_RACK", "rack1")
    tokens = variables.get("CASSANDRA_NUM_TOKENS", "32")
    owns = f"{min(100.0, 100 * _COPIES / len(pods)):.1f}%"
    wide = max(len("Address"), *(len(pod.status.pod_ip) for pod in pods)) + 2
    title = f"Datacenter: {center}"
    lines = [title, "=" * len(title), "Status=Up/Down", "|/ State=Normal/Leaving/Joining/Moving"]
    head = ("--  ", f"{'Address':<{wide}}", f"{'Load':<11}", f"{'Tokens':<13}", f"{'Owns (effective)':<18}")
    lines.append(f"{''.join(head)}{'Host ID':<38}Rack")
    for pod in sorted(pods, key=lambda one: str(one.metadata.name)):
        state = "UN" if is_true(pod.status, "Ready") else "DN"
        number = UUID(pod.metadata.uid)
        cells = f"{pod.status.pod_ip:<{wide}}{_LOAD:<11}{tokens:<13}{owns:<18}{number!s:<38}"
        lines.append(f"{state}  {cells}{rack}")
    return Ran("\n".join(lines) + "\n\n")
