"""Add-ons: manifests that are at hand in every room (`kubectl apply -f metrics-server.yaml`) and that a
scenario can ask for by name (`addons: [metrics-server]`).

    heapster, metrics-server   what kubectl top asks, until v1.8 and today; image versions of their time
    standard-storage           a default class, for claims that name none: directories of nodes, which
                               kube-controller-manager makes with --enable-hostpath-provisioner
"""

from functools import cache
from importlib.resources import files
from typing import Final

ADDONS: Final = {
    "v1.7": ("heapster", "standard-storage"),
    "v1.8": ("heapster", "standard-storage"),
    "v1.36": ("metrics-server", "standard-storage"),
}
"""Those of each release."""


@cache
def manifest_of(addon: str) -> str:
    """The manifests of an add-on."""
    return files("clustersim.addons").joinpath(f"{addon}.yaml").read_text("utf-8")


def files_of(release: str) -> dict[str, str]:
    """By the names under which they lie on the workstation."""
    return {f"{addon}.yaml": manifest_of(addon) for addon in ADDONS[release]}


def published(release: str, url: str) -> str:
    """The manifests that people fetch from where an add-on publishes them; empty for any other address."""
    for addon in ADDONS[release]:
        if f"/{addon}/" in url and url.endswith((".yaml", ".yml")):
            return manifest_of(addon)
    return ""
