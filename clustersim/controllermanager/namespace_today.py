"""Today's namespace controller: pods go first, and conditions tell how far it is.

While pods are left it says that all content was removed, as the real one does.
Source: v1.36 pkg/controller/namespace/deletion/{namespaced_resources_deleter,status_condition_utils}.go.
"""

from collections.abc import Sequence
from typing import Final

from clustersim.api.core_v1 import NamespaceCondition
from clustersim.api.meta import ApiObject
from clustersim.api.registry import resource_of
from clustersim.api.status import Reply
from clustersim.api.timestamp import rfc3339
from clustersim.controllermanager.namespace import Emptying, NamespaceController

_GOOD: Final = (
    (
        "NamespaceDeletionDiscoveryFailure",
        "ResourcesDiscovered",
        "All resources successfully discovered",
    ),
    (
        "NamespaceDeletionGroupVersionParsingFailure",
        "ParsedGroupVersions",
        "All legacy kube types successfully parsed",
    ),
    (
        "NamespaceDeletionContentFailure",
        "ContentDeleted",
        "All content successfully deleted, may be waiting on finalization",
    ),
    ("NamespaceContentRemaining", "ContentRemoved", "All content successfully removed"),
    (
        "NamespaceFinalizersRemaining",
        "ContentHasNoFinalizers",
        "All content-preserving finalizers finished",
    ),
)


class NamespaceControllerV136(NamespaceController):
    """v1.36: nothing else goes before the pods are gone, and conditions tell."""

    tells = True

    def grouped(self, resources: list[str]) -> tuple[tuple[str, ...], ...]:
        return ("pods",), tuple(resource for resource in resources if resource != "pods")

    def fail(self, name: str, error: str) -> None:
        super().fail(name, f"deletion of namespace {name} failed: {error}")

    def _learn(self, name: str) -> None:
        """A version whose server does not answer holds the namespace: it might have something in it."""
        self.api.list("apiservices", self.then(self.learnt, name))

    def learnt(self, reply: Reply, name: str) -> None:
        """APIServices, and which of them nobody serves."""
        job = self.state.emptying[name]
        found = [one.unserved for one in reply.body] if reply.ok else []
        job.unknown = tuple(sorted(version for version in found if version))
        self._look(name)

    def conditions(self, job: Emptying) -> tuple[NamespaceCondition, ...]:
        bad = {} if job.stage == 0 else self._remaining(job)
        if job.errors:
            told = ", ".join(sorted(job.errors))
            text = f"Failed to delete all resource types, {len(job.errors)} remaining: {told}"
            bad["NamespaceDeletionContentFailure"] = ("ContentDeletionFailed", text)
        if job.unknown:
            text = (
                f"Discovery failed for some groups, {len(job.unknown)} failing: {undiscovered(job.unknown)}"
            )
            bad["NamespaceDeletionDiscoveryFailure"] = ("DiscoveryFailed", text)
        known = {found.type: found for found in job.namespace.status.conditions}
        made = []
        for kind, reason, message in _GOOD:
            status = "True" if kind in bad else "False"
            reason, message = bad.get(kind, (reason, message))
            old = known.get(kind)
            since = rfc3339(self.now)
            if old is not None and old.status == status:
                since = old.last_transition_time
            made.append(
                NamespaceCondition(
                    type=kind, status=status, reason=reason, message=message, last_transition_time=since
                )
            )
        return tuple(made)

    def told_errors(self, job: Emptying) -> list[str]:
        undone = f"failed to delete pods for namespace: {job.namespace.metadata.name}, err: "
        failed = [undone + error for error in job.errors] if job.stage == 0 else job.errors
        return [*([undiscovered(job.unknown)] if job.unknown else ()), *failed]

    def told_resource(self, plural: str, api_version: str) -> str:
        group, _, version = api_version.rpartition("/")
        return f"{group}/{version}, Resource={plural}"

    def _remaining(self, job: Emptying) -> dict[str, tuple[str, str]]:
        """What is left; of pods, which come first, it does not tell."""
        if not job.left:
            return {}
        counts: dict[str, int] = {}
        finalizers: dict[str, int] = {}
        for obj in job.left:
            what = _qualified(obj)
            counts[what] = counts.get(what, 0) + 1
            for finalizer in obj.metadata.finalizers:
                finalizers[finalizer] = finalizers.get(finalizer, 0) + 1
        kinds = ", ".join(f"{name} has {counts[name]} resource instances" for name in sorted(counts))
        bad = {"NamespaceContentRemaining": ("SomeResourcesRemain", f"Some resources are remaining: {kinds}")}
        if finalizers:
            which = ", ".join(
                f"{name} in {finalizers[name]} resource instances" for name in sorted(finalizers)
            )
            text = f"Some content in the namespace has finalizers remaining: {which}"
            bad["NamespaceFinalizersRemaining"] = ("SomeFinalizersRemain", text)
        return bad


def undiscovered(versions: Sequence[str]) -> str:
    """What discovery says of versions that nobody serves."""
    which = ", ".join(f"{one}: stale GroupVersion discovery: {one}" for one in versions)
    return f"unable to retrieve the complete list of server APIs: {which}"


def _qualified(obj: ApiObject) -> str:
    """Its resource and group, with a dot between them also where there is no group."""
    resource = resource_of(obj)
    return f"{resource.word}.{resource.group_in('v1.36')}"
