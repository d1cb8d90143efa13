"""Discovery: which groups, versions and resources the API server of a room's release serves, in the old form
(a document per group-version) and the aggregated one.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

import msgspec

from clustersim.api.api_resource import Resource
from clustersim.api.api_resources import RESOURCES, REVIEWS
from clustersim.api.definitions import DEFINITIONS, is_established, priority
from clustersim.api.registry import requested, resource_by
from clustersim.apiserver.alpha import alpha_versions
from clustersim.apiserver.pod_parts import POD_PARTS
from clustersim.cluster import Cluster
from clustersim.releases import Release, release_named
from clustersim.releases.api_versions import API_VERSIONS
from visualizer.kubeapi.metrics import measured
from visualizer.kubeapi.paths import Target

AGGREGATED: Final = "application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList"

_STATUS_VERBS: Final = ("get", "patch", "update")


class Subresource(msgspec.Struct, frozen=True):
    """A part of a resource with an address of its own, and the kind that is spoken there."""

    name: str
    kind: str
    verbs: tuple[str, ...]
    group: str = ""
    version: str = ""


_SUBRESOURCES: Final[Mapping[str, Subresource]] = {
    "binding": Subresource("binding", "Binding", ("create",)),
    "log": Subresource("log", "Pod", ("get",)),
    "exec": Subresource("exec", "PodExecOptions", ("create", "get")),
    "attach": Subresource("attach", "PodAttachOptions", ("create", "get")),
    "portforward": Subresource("portforward", "PodPortForwardOptions", ("create", "get")),
    "rollback": Subresource("rollback", "DeploymentRollback", ("create",)),
    "token": Subresource("token", "TokenRequest", ("create",), "authentication.k8s.io", "v1"),
    "finalize": Subresource("finalize", "Namespace", ("update",)),
}


class Served(msgspec.Struct, frozen=True):
    """What an API server serves: the kinds of its release, and those that definitions and add-ons bring."""

    release: Release
    added: tuple[Resource, ...] = ()

    def groups(self) -> dict[str, list[str]]:
        """The versions of every group, the preferred one first; the core group is ""."""
        found: dict[str, list[str]] = {}
        for api_version in (*API_VERSIONS[self.release.version], *self._added_versions()):
            group, _slash, version = api_version.rpartition("/")
            if version not in found.setdefault(group, []):
                found[group].append(version)
        for versions in found.values():
            versions.sort(key=priority)
        return found

    def _added_versions(self) -> Iterator[str]:
        for resource in self.added:
            yield from resource.versions[self.release.name]

    def resources_in(self, api_version: str) -> Iterator[Resource]:
        """The resources that are served under a group-version."""
        for resource in (*RESOURCES.values(), *self.added):
            if api_version in resource.versions.get(self.release.name, ()):
                yield resource

    def resource_at(self, api_version: str, word: str) -> Resource | None:
        """The resource of that name under that group-version, None if it is not served."""
        return next((one for one in self.resources_in(api_version) if one.word == word), None)

    def resource_of(self, target: Target) -> Resource | None:
        """The resource that a request is about, None if it is not served."""
        return self.resource_at(target.api_version, target.resource.partition(".")[0])


def served_by(cluster: Cluster) -> Served:
    """What the API server of a cluster serves now."""
    release = cluster.world.release
    found = cluster.objects(DEFINITIONS)
    added = sorted(found.values(), key=lambda one: (one.spec.group, one.metadata.name))
    defined = tuple(resource_by(one, release.name) for one in added if is_established(one))
    alpha = requested(release.name, alpha_versions(cluster.world.apiserver.flags)).values()
    return Served(release, (*defined, *alpha, *measured.served(cluster)))


def subresources_of(resource: Resource, release: Release, api_version: str) -> Iterator[Subresource]:
    """Its subresources, as they are spoken under that group-version."""
    for name in resource.subresources_in(release.name):
        if name == "scale" and resource.definition is not None:
            yield Subresource("scale", "Scale", _STATUS_VERBS, "autoscaling", "v1")
        elif name in ("status", "approval") or name in POD_PARTS:
            yield Subresource(name, resource.kind, _STATUS_VERBS)
        elif name == "scale":
            yield _scale(api_version)
        elif name == "eviction":
            version = "v1" if release.name == "v1.36" else "v1beta1"
            yield Subresource(name, "Eviction", ("create",), "policy", version)
        elif name in _SUBRESOURCES:
            yield _SUBRESOURCES[name]


def _scale(api_version: str) -> Subresource:
    group, _slash, version = scale_version(api_version).rpartition("/")
    return Subresource("scale", "Scale", _STATUS_VERBS, group, version)


def scale_version(api_version: str) -> str:
    """Of Scale: autoscaling/v1, but extensions and apps had kinds of their own until apps/v1."""
    group, _slash, version = api_version.rpartition("/")
    return api_version if group == "extensions" or version in ("v1beta1", "v1beta2") else "autoscaling/v1"


# --- documents ---------------------------------------------------------------------------------------------


def core_versions(server: str) -> dict[str, Any]:
    """`/api`."""
    addresses = [{"clientCIDR": "0.0.0.0/0", "serverAddress": server}]
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": addresses}


def group_document(group: str, versions: list[str]) -> dict[str, Any]:
    """`/apis/GROUP`, and an item of `/apis`."""
    entries = [{"groupVersion": f"{group}/{version}", "version": version} for version in versions]
    return {"name": group, "versions": entries, "preferredVersion": entries[0]}


def group_list(served: Served) -> dict[str, Any]:
    """`/apis`."""
    groups = [group_document(group, versions) for group, versions in served.groups().items() if group]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}


def resource_list(served: Served, api_version: str) -> bytes:
    """`/api/v1`, `/apis/GROUP/VERSION`, encoded."""
    if not served.added:
        return _kept_list(served.release.name, api_version)
    return _resource_list(served, api_version)


@lru_cache(maxsize=256)
def _kept_list(release_name: str, api_version: str) -> bytes:
    return _resource_list(Served(release_named(release_name)), api_version)


def _resource_list(served: Served, api_version: str) -> bytes:
    release = served.release
    entries: list[dict[str, Any]] = []
    for resource in served.resources_in(api_version):
        entries.append(_entry(resource) | _storage_version(resource, release))
        for sub in subresources_of(resource, release, api_version):
            entry: dict[str, Any] = {
                "name": f"{resource.word}/{sub.name}",
                "singularName": "",
                "namespaced": resource.namespaced,
                "kind": sub.kind,
                "verbs": sub.verbs,
            }
            if sub.version:
                entry |= {"group": sub.group, "version": sub.version}
            entries.append(entry)
    entries.extend(_entry(review) for review in _reviews(release, api_version))
    document = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": api_version}
    return msgspec.json.encode({**document, "resources": entries})


def _entry(resource: Resource) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": resource.word,
        "singularName": resource.singular,
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": resource.verbs,
    }
    if resource.short_names:
        entry["shortNames"] = resource.short_names
    if resource.categories:
        entry["categories"] = resource.categories
    return entry


def _storage_version(resource: Resource, release: Release) -> dict[str, str]:
    """By which version something is stored, as a digest, since v1.14 (k8s.io/apiserver,
    pkg/endpoints/discovery/storageversionhash.go)."""
    if release.name != "v1.36" or not resource.stored:
        return {}
    group, _slash, version = resource.versions[release.name][0].rpartition("/")
    if resource.definition is not None:
        version = next(one.name for one in resource.definition.spec.versions if one.storage)
    digest = sha256(f"{group}/{version}/{resource.kind}".encode()).digest()
    return {"storageVersionHash": b64encode(digest[:8]).decode()}


def _reviews(release: Release, api_version: str) -> list[Resource]:
    """What is only answered under a group-version."""
    return [one for one in REVIEWS if api_version in one.versions.get(release.name, ())]


def aggregated(served: Served, version: str, *, core: bool) -> bytes:
    """`/api` (core) or `/apis` as an APIGroupDiscoveryList (kube-apiserver since 1.26), encoded."""
    if not served.added:
        return _kept_aggregated(served.release.name, version, core=core)
    return _aggregated(served, version, core=core)


@lru_cache(maxsize=16)
def _kept_aggregated(release_name: str, version: str, *, core: bool) -> bytes:
    return _aggregated(Served(release_named(release_name)), version, core=core)


def _aggregated(served: Served, version: str, *, core: bool) -> bytes:
    items = [
        {
            "metadata": {"name": group} if group else {},
            "versions": [_aggregated_version(served, group, one) for one in versions],
        }
        for group, versions in served.groups().items()
        if (group == "") == core
    ]
    head = {"kind": "APIGroupDiscoveryList", "apiVersion": f"apidiscovery.k8s.io/{version}", "metadata": {}}
    return msgspec.json.encode({**head, "items": items})


def _aggregated_version(served: Served, group: str, version: str) -> dict[str, Any]:
    api_version = f"{group}/{version}" if group else version
    release = served.release
    found = []
    for resource in (*served.resources_in(api_version), *_reviews(release, api_version)):
        entry: dict[str, Any] = {
            "resource": resource.word,
            "responseKind": {"group": group, "version": version, "kind": resource.kind},
            "scope": "Namespaced" if resource.namespaced else "Cluster",
            "singularResource": resource.singular,
            "verbs": resource.verbs,
        }
        if resource.short_names:
            entry["shortNames"] = resource.short_names
        if resource.categories:
            entry["categories"] = resource.categories
        subs = [
            {
                "subresource": sub.name,
                "responseKind": {
                    "group": sub.group if sub.version else group,
                    "version": sub.version or version,
                    "kind": sub.kind,
                },
                "verbs": sub.verbs,
            }
            for sub in subresources_of(resource, release, api_version)
        ]
        if subs:
            entry["subresources"] = subs
        found.append(entry)
    return {"version": version, "freshness": "Current", "resources": found}


def version_document(release: Release) -> dict[str, str]:
    """`/version`."""
    major, minor, *_patch = release.version.removeprefix("v").split(".")
    return {
        "major": major,
        "minor": minor,
        "gitVersion": release.version,
        "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "",
        "compiler": "",
        "platform": "linux/amd64",
    }
