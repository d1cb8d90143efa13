"""One kind of object as the API serves it, and under which group-versions each release does."""

from collections.abc import Mapping
from itertools import chain
from typing import Final

import msgspec

from clustersim.api import definitions
from clustersim.api.definitions import CustomResourceDefinition
from clustersim.api.fields import RELEASES
from clustersim.api.meta import ApiObject

VERBS: Final = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


class Resource(msgspec.Struct, frozen=True):
    """One kind of object as the API serves it.

    versions: by release the group-versions that serve it; the first is the one it is stored in and that
    kubectl shows. A release that is not there does not have the kind.
    on_request: the same of versions that are served only where --runtime-config asks for them.
    parts_since: subresources that came after v1.7, by the first release that has them.
    definition: of a kind that somebody added; its plural has its group behind it, "crontabs.example.com".
    """

    plural: str
    kind: str
    type: type[ApiObject]
    versions: Mapping[str, tuple[str, ...]]
    namespaced: bool = True
    short_names: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    parts_since: Mapping[str, tuple[str, ...]] = {}
    on_request: Mapping[str, tuple[str, ...]] = {}
    categories: tuple[str, ...] = ()
    verbs: tuple[str, ...] = VERBS
    definition: CustomResourceDefinition | None = None

    @property
    def word(self) -> str:
        """Its plural as addresses have it."""
        return self.plural.partition(".")[0]

    @property
    def api_version(self) -> str:
        """The version it is stored in by the older releases, or by the first that has the kind."""
        return (self.versions.get("v1.8") or next(iter(self.versions.values())))[0]

    def version_in(self, release: str) -> str:
        """The version that a release stores it in; what it does not have, as another one does."""
        found = self.versions.get(release) or self.on_request.get(release)
        return found[0] if found else self.api_version

    def subresources_in(self, release: str) -> tuple[str, ...]:
        """What of it has an address of its own in a release."""
        later = (parts for first, parts in self.parts_since.items() if _is_since(first, release))
        return (*self.subresources, *chain.from_iterable(later))

    def group_in(self, release: str) -> str:
        """Its group in a release, empty for the core group."""
        return self.version_in(release).rpartition("/")[0]

    @property
    def singular(self) -> str:
        """As people write it for one object."""
        names = self.definition.spec.names if self.definition is not None else None
        return (names.singular if names is not None else "") or self.kind.lower()

    def selectable_in(self, api_version: str) -> tuple[str, ...]:
        """Fields that objects of an added kind can be selected by in a version, or in any."""
        if self.definition is None:
            return ()
        versions, wanted = definitions.versions_of(self.definition), api_version.rpartition("/")[2]
        fields = (one.selectable_fields for one in versions if wanted in ("", one.name))
        return tuple(field.json_path.removeprefix(".") for field in chain.from_iterable(fields))

    @property
    def stored(self) -> bool:
        """Whether objects of it are kept; some are only said."""
        return "create" in self.verbs and "get" in self.verbs


def _is_since(first: str, release: str) -> bool:
    return RELEASES.index(release) >= RELEASES.index(first)
