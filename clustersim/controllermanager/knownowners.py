"""Owners as the garbage collector's caches know them.

Source: v1.7.5, v1.8.0, v1.36 pkg/controller/garbagecollector/graph_builder.go.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from clustersim.api.api_resource import Resource
from clustersim.api.meta import OwnerReference
from clustersim.api.registry import resources_of
from clustersim.client.informer import Informer
from clustersim.controllermanager.addedkinds import AddedKind, AddedKinds


class KnownOwners:
    """built_in: what knows the objects of a resource, by its plural; added: the same for added kinds."""

    def __init__(self, built_in: Mapping[str, Informer], added: AddedKinds, release: str) -> None:
        self._built_in = built_in
        self._added = added
        self._release = release
        self._kinds = {
            (version, resource.kind): resource
            for resource in resources_of(release).values()
            for version in (*resource.versions[release], *resource.on_request.get(release, ()))
        }

    def add(self, resource: Resource, informer: Informer) -> None:
        """Objects of that resource are known, too."""
        self._built_in = {**self._built_in, resource.plural: informer}
        self._kinds |= {(version, resource.kind): resource for version in resource.on_request[self._release]}

    def informers(self) -> Iterator[tuple[str, Informer]]:
        """All that know objects, by the plurals of their resources."""
        yield from self._built_in.items()
        yield from self._added.monitored()

    def kind_of(self, owner: OwnerReference) -> Resource | AddedKind | None:
        """What kind an owner is of; None: one that is not looked at, or not in that version."""
        return self._kinds.get((owner.api_version, owner.kind)) or self._added.find(owner)

    def object_of(self, name: str) -> Any:
        """The object "resource/key", None if none is known."""
        resource, _, key = name.partition("/")
        namespace, _, short = key.rpartition("/")
        informer = self._informer(resource)
        return None if informer is None else informer.get(namespace, short)

    def named(self, obj: Any, owner: OwnerReference) -> Any:
        """The object of the name that an owner has, None if none is known; its uid may be another."""
        kind = self.kind_of(owner)
        informer = None if kind is None else self._informer(kind.plural)
        if kind is None or informer is None:
            return None
        return informer.get(obj.metadata.namespace if kind.namespaced else "", owner.name)

    def is_seen(self, obj: Any, owner: OwnerReference) -> bool:
        """The owner is there; of kinds that are not looked at it is taken that it is."""
        kind = self.kind_of(owner)
        if kind is None or self._informer(kind.plural) is None:
            return True
        found = self.named(obj, owner)
        return found is not None and found.metadata.uid == owner.uid

    def is_elsewhere(self, obj: Any, owner: OwnerReference) -> bool:
        """An object of the owner's uid is in another namespace."""
        kind = self.kind_of(owner)
        informer = None if kind is None else self._informer(kind.plural)
        if kind is None or informer is None or not kind.namespaced:
            return False
        found = (one for one in informer.list() if one.metadata.uid == owner.uid)
        return any(one.metadata.namespace != obj.metadata.namespace for one in found)

    def _informer(self, resource: str) -> Informer | None:
        return self._built_in.get(resource) or self._added.informer(resource)
