"""What is served, and what kubectl calls it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from clustersim.api.api_resource import Resource
from clustersim.api.definitions import DEFINITIONS
from clustersim.api.registry import requested, resource_of, resources_of
from clustersim.apiserver.alpha import alpha_versions
from clustersim.apiserver.rehearsal import Rehearsal
from clustersim.apiserver.server import ApiServer
from clustersim.console.answer import Said
from clustersim.engine.time import Micros
from clustersim.etcd import Etcd

if TYPE_CHECKING:
    from clustersim.cluster import Cluster


_EVENTS: Final = 'Warning: short name "ev" could also match lower priority resource events.events.k8s.io'


class Served:
    """What a line sees of the API server and its store. warnings: what is printed beside what was asked."""

    def __init__(self, cluster: "Cluster") -> None:
        self.cluster = cluster
        self.release: str = cluster.world.release.name
        self.version: str = cluster.world.release.version
        self.now: Micros = cluster.now
        self.warnings: list[str] = []
        self._alpha = requested(self.release, alpha_versions(self.server.flags))
        self._built_in: Mapping[str, Resource] = {**resources_of(self.release), **self._alpha}
        self._known = self._built_in
        self._named: dict[str, str] = {}
        self._rehearsal: Rehearsal | None = None

    @property
    def server(self) -> ApiServer:
        """The process."""
        return self.cluster.world.apiserver

    @property
    def store(self) -> Mapping[str, Mapping[str, Any]]:
        """All objects by resource and key, with what this line has changed."""
        return self.etcd.store.objects

    @property
    def etcd(self) -> Etcd:
        """The API server's database, with what this line has changed."""
        return self.cluster.world.etcd if self._rehearsal is None else self._rehearsal.etcd

    @property
    def revision(self) -> int:
        """The store's revision."""
        return self.cluster.world.etcd.store.revision

    @property
    def served(self) -> Mapping[str, Resource]:
        """What is served, by plural name: with what definitions have added by now."""
        added = self.store.get(DEFINITIONS)
        if not added:
            return self._built_in
        return {**resources_of(self.release, [added[name] for name in sorted(added)]), **self._alpha}

    @property
    def resources(self) -> Mapping[str, Resource]:
        """The same, and what was served earlier in this line."""
        self._known = {**self._known, **self.served}
        return self._known

    @property
    def today(self) -> bool:
        """kubectl speaks as it does since v1.9."""
        return self.release not in ("v1.7", "v1.8")

    # --- names ------------------------------------------------------------------------------------

    def group(self, resource: str) -> str:
        """The API group in which this release's kubectl knows a resource, empty for the core."""
        return self.api_version(resource).rpartition("/")[0]

    def named_version(self, obj: Any) -> str:
        """The version that this line has named for the kind of an object, empty for none."""
        return self._named.get(resource_of(obj).plural, "") if self._named else ""

    def api_version(self, resource: str) -> str:
        """The version in which it shows it: the one that was named, else the one it prefers."""
        return self._named.get(resource) or self.resources[resource].versions[self.release][0]

    def qualified(self, resource: str) -> str:
        """The resource with its group, as errors name it: "deployments.extensions"."""
        group, word = self.group(resource), self.resources[resource].word
        return f"{word}.{group}" if group else resource

    def not_found(self, resource: str, name: str) -> str:
        """What kubectl prints of a 404."""
        return f'Error from server (NotFound): {self.qualified(resource)} "{name}" not found'

    def singular(self, resource: str) -> str:
        """What kubectl calls one object: "replicationcontroller", and today with its group:
        "deployment.apps"."""
        kind, group = self.resources[resource].kind.lower(), self.group(resource)
        return f"{kind}.{group}" if group and self.today else kind

    def did(self, resource: str, name: str, what: str, *, dry: str = "") -> str:
        """What kubectl prints of something it has done: `deployment "web" created`, since v1.9
        `deployment.apps/web created`."""
        suffix = f" ({dry})" if dry else ""
        if self.today:
            return f"{self.singular(resource)}/{name} {what}{suffix}"
        return f'{self.singular(resource)} "{name}" {what}{suffix}'

    def named(self, kind: str) -> str:
        """The resource called so on the command line: "pods", "pod", "po", "deployments.apps". Raises
        Said."""
        plain, _dot, group = kind.lower().partition(".")
        for resource in self.served.values():
            words = (resource.word, resource.singular, resource.kind.lower(), *resource.short_names)
            version = self._version_in(resource, group) if group else ""
            if plain in words and (not group or version):
                if version:
                    self._named[resource.plural] = version
                if plain == "ev" and self.today and (warning := _EVENTS) not in self.warnings:
                    self.warnings.append(warning)
                return resource.plural
        raise Said(f'error: the server doesn\'t have a resource type "{plain}"')

    def _version_in(self, resource: Resource, group: str) -> str:
        """The version that is meant by "apps", "v1" or "v1.apps" behind a resource; empty: it is in none."""
        for api_version in resource.versions[self.release]:
            own, _slash, version = api_version.rpartition("/")
            if group in (own, version, f"{version}.{own}"):
                return api_version
        return ""
