"""What the parts of the picture are called, where somebody points at one."""

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext_lazy as _

from clustersim import Cluster
from visualizer.texts import Texts, filled, texts

NAMES: Final = {"apiserver": "API server"}
"""Parts whose names on the picture are not their ids."""

MACHINE: Final = "machine"
RUNTIME: Final = "docker"
"""What a part is called by its id, whichever runtime the release has."""


def part_name(part: str, cluster: Cluster) -> Texts:
    """A part by its id: `apiserver`, `n1`, `n1.kubelet`, `svc/default/tomcat` or `pod:` and a UID."""
    if part.startswith("pod:"):
        uid = part.removeprefix("pod:")
        pods = cluster.objects("pods").values()
        part = next((f"pod {pod.metadata.name}" for pod in pods if pod.metadata.uid == uid), "pod")
    elif part.count("/") == 2:
        kind, _namespace, name = part.split("/")
        part = f"{'Service' if kind == 'svc' else kind} {name}"
    else:
        node, _dot, piece = part.rpartition(".")
        if node in cluster.machines:
            return filled(_("%(part)s on %(node)s"), part=_piece(piece, cluster), node=node)
    name = NAMES.get(part, part)
    return {"en": name, "zh": name}


def part_names(parts: Iterable[str], between: str, cluster: Cluster) -> Texts:
    """Several parts by their ids."""
    named = [part_name(part, cluster) for part in parts]
    return {language: between.join(text[language] for text in named) for language in ("en", "zh")}


def _piece(piece: str, cluster: Cluster) -> str | Texts:
    if piece == MACHINE:
        return texts(_("machine"))
    return cluster.world.release.runtime if piece == RUNTIME else piece
