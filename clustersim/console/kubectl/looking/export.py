"""`kubectl get --export` of v1.7 and v1.8: an object without what its cluster gave it.

Source: apiserver pkg/registry/generic/registry/store.go Export, exportObjectMeta.
"""

from typing import Any

from clustersim.api.meta import replace
from clustersim.apiserver.strategy import prepare_create


def exported(obj: Any, release: str) -> Any:
    """The object as somebody else could make it."""
    metadata = replace(
        obj.metadata,
        name="" if obj.metadata.generate_name else obj.metadata.name,
        namespace="",
        uid="",
        resource_version="",
        self_link="",
        creation_timestamp="",
        deletion_timestamp="",
    )
    return prepare_create(replace(obj, metadata=metadata), release)
