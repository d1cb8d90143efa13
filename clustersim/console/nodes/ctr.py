"""ctr on the nodes of today: what containerd itself knows. Source: containerd cmd/ctr."""

from collections.abc import Sequence

from clustersim.console.answer import Answer, Said
from clustersim.console.nodes.crictl import runtime_of, table
from clustersim.console.nodes.host import Host
from clustersim.console.nodes.processes import pid_of_container
from clustersim.i18n import _
from clustersim.runtime.records import RUNNING


def ctr(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """ctr -n k8s.io containers ls, tasks ls, images ls. Raises Said."""
    found = runtime_of(host)
    plain = [
        word
        for index, word in enumerate(words)
        if not word.startswith("-") and (index == 0 or words[index - 1] not in ("-n", "--namespace"))
    ]
    spaced = any(word in ("k8s.io", "-n=k8s.io", "--namespace=k8s.io") for word in words)
    match plain[:2]:
        case ["containers" | "container" | "c", "ls" | "list"]:
            rows = (
                [(one.id, one.image, "io.containerd.runc.v2") for one in found.disk.containers.values()]
                if spaced
                else []
            )
            return Answer(text=table(("CONTAINER", "IMAGE", "RUNTIME"), rows))
        case ["tasks" | "task" | "t", "ls" | "list"]:
            live = [one for one in found.disk.containers.values() if one.state == RUNNING] if spaced else []
            return Answer(
                text=table(
                    ("TASK", "PID", "STATUS"),
                    [(one.id, str(pid_of_container(one.id)), "RUNNING") for one in live],
                )
            )
        case ["images" | "image" | "i", "ls" | "list"]:
            names = (
                [f"docker.io/library/{image}" if "/" not in image else image for image in found.disk.images]
                if spaced
                else []
            )
            return Answer(
                text=table(
                    ("REF", "TYPE"), [(name, "application/vnd.oci.image.index.v1+json") for name in names]
                )
            )
    raise Said(note=_("This console knows ctr -n k8s.io containers ls, tasks ls and images ls."))
