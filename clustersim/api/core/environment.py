"""Where the environment of a container comes from."""

from clustersim.api.meta import ApiStruct, Quantity, written


class ConfigMapKeySelector(ApiStruct, frozen=True, kw_only=True):
    """A key of a ConfigMap."""

    key: str = written("")
    name: str = ""
    optional: bool | None = None


class FileKeySelector(ApiStruct, frozen=True, kw_only=True):
    """A key of a file in a volume."""

    key: str = written("")
    path: str = written("")
    volume_name: str = written("")
    optional: bool | None = None


class ObjectFieldSelector(ApiStruct, frozen=True, kw_only=True):
    """A field of the pod itself."""

    field_path: str = written("")
    api_version: str = written("v1")


class ResourceFieldSelector(ApiStruct, frozen=True, kw_only=True):
    """A request or limit of a container."""

    resource: str = written("")
    container_name: str = ""
    divisor: Quantity = ""


class SecretKeySelector(ApiStruct, frozen=True, kw_only=True):
    """A key of a Secret."""

    key: str = written("")
    name: str = ""
    optional: bool | None = None


class EnvVarSource(ApiStruct, frozen=True, kw_only=True):
    """Where the value of a variable comes from."""

    config_map_key_ref: ConfigMapKeySelector | None = None
    field_ref: ObjectFieldSelector | None = None
    file_key_ref: FileKeySelector | None = None
    resource_field_ref: ResourceFieldSelector | None = None
    secret_key_ref: SecretKeySelector | None = None


class EnvVar(ApiStruct, frozen=True, kw_only=True):
    """A variable of the environment."""

    name: str = written("")
    value: str = ""
    value_from: EnvVarSource | None = None


class ConfigMapEnvSource(ApiStruct, frozen=True, kw_only=True):
    """A ConfigMap by name."""

    name: str = ""
    optional: bool | None = None


class SecretEnvSource(ApiStruct, frozen=True, kw_only=True):
    """A Secret by name."""

    name: str = ""
    optional: bool | None = None


class EnvFromSource(ApiStruct, frozen=True, kw_only=True):
    """A ConfigMap or Secret all of whose keys become variables."""

    config_map_ref: ConfigMapEnvSource | None = None
    prefix: str = ""
    secret_ref: SecretEnvSource | None = None
