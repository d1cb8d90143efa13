"""EndpointSlice."""

from clustersim.api.meta import ApiObject, ApiStruct, Int32, ObjectReference, written


class DiscoveryEndpointPort(ApiStruct, frozen=True, kw_only=True):
    """A port of a slice."""

    app_protocol: str | None = None
    name: str | None = None
    port: Int32 | None = None
    protocol: str = written("TCP")


class EndpointConditions(ApiStruct, frozen=True, kw_only=True):
    """Whether it is ready, serving, terminating."""

    ready: bool | None = None
    serving: bool | None = None
    terminating: bool | None = None


class ForNode(ApiStruct, frozen=True, kw_only=True):
    """A node."""

    name: str = written("")


class ForZone(ApiStruct, frozen=True, kw_only=True):
    """A zone."""

    name: str = written("")


class EndpointHints(ApiStruct, frozen=True, kw_only=True):
    """Who should use it."""

    for_nodes: tuple[ForNode, ...] = ()
    for_zones: tuple[ForZone, ...] = ()


class Endpoint(ApiStruct, frozen=True, kw_only=True):
    """The addresses of one pod."""

    addresses: tuple[str, ...] = written(())
    conditions: EndpointConditions = written(EndpointConditions())
    deprecated_topology: dict[str, str] = {}
    hints: EndpointHints | None = None
    hostname: str = ""
    node_name: str = ""
    target_ref: ObjectReference | None = None
    zone: str = ""


class EndpointSlice(ApiObject, frozen=True, kw_only=True):
    """Some of the addresses of a Service."""

    address_type: str = written("")
    endpoints: tuple[Endpoint, ...] = ()
    ports: tuple[DiscoveryEndpointPort, ...] = ()
