"""Namespace."""

from typing import Annotated

from clustersim.api.meta import ApiObject, ApiStruct, Time, merge, written


class NamespaceSpec(ApiStruct, frozen=True, kw_only=True):
    """Who must agree before a namespace goes."""

    finalizers: tuple[str, ...] = written(("kubernetes",))


class NamespaceCondition(ApiStruct, frozen=True, kw_only=True):
    """Why a namespace cannot go yet."""

    status: str = written("")
    type: str = written("")
    last_transition_time: Time = ""
    message: str = ""
    reason: str = ""


class NamespaceStatus(ApiStruct, frozen=True, kw_only=True):
    """Active or Terminating."""

    conditions: Annotated[tuple[NamespaceCondition, ...], merge("type")] = ()
    phase: str = written("Active")


class Namespace(ApiObject, frozen=True, kw_only=True):
    """A namespace."""

    spec: NamespaceSpec = NamespaceSpec()
    status: NamespaceStatus = NamespaceStatus()
