"""StorageClass."""

from clustersim.api.meta import ApiObject, ApiStruct, written


class TopologySelectorLabelRequirement(ApiStruct, frozen=True, kw_only=True):
    """A label and its allowed values."""

    key: str = written("")
    values: tuple[str, ...] = written(())


class TopologySelectorTerm(ApiStruct, frozen=True, kw_only=True):
    """Where volumes of a class may be."""

    match_label_expressions: tuple[TopologySelectorLabelRequirement, ...] = ()


class StorageClass(ApiObject, frozen=True, kw_only=True):
    """A sort of storage, and who provides it."""

    provisioner: str = written("")
    allow_volume_expansion: bool | None = None
    allowed_topologies: tuple[TopologySelectorTerm, ...] = ()
    mount_options: tuple[str, ...] = ()
    parameters: dict[str, str] = {}
    reclaim_policy: str = ""
    volume_binding_mode: str = ""
