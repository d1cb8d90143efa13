"""Which class is the default one: of storage, of Ingresses. Pure functions.

Source: v1.36 pkg/volume/util/storageclass.go GetDefaultClass; plugin/pkg/admission/network/
defaultingressclass.
"""

from collections.abc import Iterable
from typing import Final, TypeVar

from clustersim.api.meta import ApiObject

Class = TypeVar("Class", bound=ApiObject)

STORAGE: Final = (
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
)
INGRESS: Final = ("ingressclass.kubernetes.io/is-default-class",)


def is_default(found: ApiObject, keys: Iterable[str]) -> bool:
    """One of these annotations says that it is the default."""
    return any(found.metadata.annotations.get(key) == "true" for key in keys)


def defaults_of(classes: Iterable[Class], keys: Iterable[str]) -> list[Class]:
    """Those that say they are the default, the newest first, and of the same age by name."""
    keys = tuple(keys)
    found = sorted((one for one in classes if is_default(one, keys)), key=lambda one: one.metadata.name)
    return sorted(found, key=lambda one: one.metadata.creation_timestamp, reverse=True)
