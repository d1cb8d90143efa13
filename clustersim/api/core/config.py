"""ConfigMap, Secret, ServiceAccount."""

from typing import Annotated

from clustersim.api.meta import ApiObject, Base64, LocalObjectReference, ObjectReference, merge, written


class ConfigMap(ApiObject, frozen=True, kw_only=True):
    """Settings by key."""

    binary_data: dict[str, Base64] = {}
    data: dict[str, str] = {}
    immutable: bool | None = None


class Secret(ApiObject, frozen=True, kw_only=True):
    """Secret settings by key, in base64. string_data is written only."""

    data: dict[str, Base64] = {}
    immutable: bool | None = None
    string_data: dict[str, str] = {}
    type: str = written("Opaque")


class ServiceAccount(ApiObject, frozen=True, kw_only=True):
    """Who a pod is to the API server."""

    automount_service_account_token: bool | None = None
    image_pull_secrets: tuple[LocalObjectReference, ...] = ()
    secrets: Annotated[tuple[ObjectReference, ...], merge("name")] = ()
