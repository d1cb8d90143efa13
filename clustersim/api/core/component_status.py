"""ComponentStatus: whether a component of the control plane answers. It is never stored."""

from typing import Annotated

from clustersim.api.meta import ApiObject, ApiStruct, merge, written


class ComponentCondition(ApiStruct, frozen=True, kw_only=True):
    """Healthy, or not."""

    status: str = written("")
    type: str = written("")
    error: str = ""
    message: str = ""


class ComponentStatus(ApiObject, frozen=True, kw_only=True):
    """Whether a component of the control plane answers."""

    conditions: Annotated[tuple[ComponentCondition, ...], merge("type")] = ()
