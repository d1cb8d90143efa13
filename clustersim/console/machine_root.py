"""Lines that are typed into a container and lead to the machine below it: `chroot /host`, alone or with a
command, and everything that is typed into a container whose own program that is.
"""

import shlex
from typing import NamedTuple

from clustersim.api.pod_containers import every_container
from clustersim.console.api import Api
from clustersim.console.nodes.inside import is_bare_shell
from clustersim.console.nodes.roots import behind_chroot
from clustersim.console.nodes.sessions import EXEC, Session


class Below(NamedTuple):
    """A machine, and the line that runs there; empty: one is there from then on."""

    node: str
    line: str


def below(api: Api, session: Session, text: str) -> Below | None:
    """Where a line leads that is typed into a container; None: it stays inside."""
    pod = api.find("pods", session.namespace, session.pod)
    if pod is None or session.record(api) is None:
        return None
    try:
        words = shlex.split(text)
    except ValueError:
        words = []
    if (inner := behind_chroot(pod, session.container, words)) is not None:
        bare = not inner or is_bare_shell(inner)
        return Below(pod.spec.node_name, "" if bare else text.partition(words[1])[2].strip())
    spec = next(one for one in every_container(pod) if one.name == session.container)
    own = behind_chroot(pod, session.container, (*spec.command, *spec.args))
    if own is None or session.how == EXEC or words[:1] in ([], ["exit"]):
        return None
    return Below(pod.spec.node_name, text)
