"""`kubectl apply --prune`: what was applied once and is in no manifest any more goes.

Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd/apply.go; v1.36 k8s.io/kubectl pkg/cmd/apply/prune.go, pkg/util/prune.
"""

from collections.abc import Sequence
from typing import Final

from clustersim.api.diff import LAST_APPLIED
from clustersim.api.request import Request
from clustersim.console.answer import Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl.files import Manifest, resource_in
from clustersim.console.kubectl.made import Made
from clustersim.console.kubectl.selectors import labels_of

_KINDS: Final = (
    "configmaps", "endpoints", "persistentvolumeclaims", "pods", "replicationcontrollers", "secrets",
    "services", "jobs", "cronjobs", "ingresses", "daemonsets", "deployments", "replicasets", "statefulsets",
    "namespaces", "persistentvolumes",
)  # fmt: skip
"""What is looked through, in this order."""


def check_prunes(arguments: Arguments) -> None:
    """Raises Said where everything would go that nobody has named."""
    if not arguments.has("all") and not arguments.value("selector"):
        raise Said(
            "error: all resources selected for prune without explicitly passing --all. To prune all "
            "resources, pass the --all flag. If you did not mean to prune all resources, specify a label "
            "selector"
        )


def prune(api: Api, arguments: Arguments, made: Made, applied: Sequence[Manifest]) -> None:
    """Delete what the selector chooses, in the namespaces of what was applied, unless it was applied now."""
    chooses = labels_of(api, arguments.value("selector"))
    kept = {(one.resource, one.namespace, one.name) for one in applied}
    namespaces = sorted({one.namespace for one in applied if one.namespace})
    for resource in _pruned(api, arguments):
        for namespace in namespaces if api.resources[resource].namespaced else [""]:
            for obj in api.objects(resource, namespace):
                metadata = obj.metadata
                wanted = LAST_APPLIED in metadata.annotations and chooses.matches(metadata.labels)
                if not wanted or (resource, namespace, metadata.name) in kept:
                    continue
                request = Request("delete", resource, namespace, metadata.name, propagation="Background")
                if made.dry != "dry run":
                    (api.try_out if made.dry else api.ask)(request)
                made.done(resource, obj, "pruned")


def _pruned(api: Api, arguments: Arguments) -> list[str]:
    """The kinds that are looked through: those that are named as GROUP/VERSION/KIND, or all of kubectl's own.
    Raises Said."""
    asked = [*arguments.several("prune-whitelist"), *arguments.several("prune-allowlist")]
    if not asked:
        return [kind for kind in _KINDS if kind in api.resources]
    found = []
    for text in asked:
        group, _slash, rest = text.partition("/")
        version, slash, kind = rest.partition("/")
        if not slash or "/" in kind:
            raise Said(f"error: invalid GroupVersionKind format: {text}, please follow <group/version/kind>")
        served = version if group == "core" else f"{group}/{version}"
        resource = resource_in(api, kind, served)
        if resource is None:
            named = "" if group == "core" else group
            told = f'no matches for kind "{kind}" in version "{served}"'
            raise Said(f"error: {told if api.today else f'no matches for {named}/, Kind={kind}'}")
        found.append(resource)
    return found
