"""Probes and hooks: how a container is asked whether it lives, what it is told when it starts and stops."""

from clustersim.api.meta import ApiStruct, Int32, Int64, IntOrString, written


class ExecAction(ApiStruct, frozen=True, kw_only=True):
    """A command inside the container; it succeeds with exit code 0."""

    command: tuple[str, ...] = ()


class GRPCAction(ApiStruct, frozen=True, kw_only=True):
    """The gRPC health check."""

    port: Int32 = written(0)
    service: str = ""


class HTTPHeader(ApiStruct, frozen=True, kw_only=True):
    """A header of such a request."""

    name: str = written("")
    value: str = written("")


class HTTPGetAction(ApiStruct, frozen=True, kw_only=True):
    """An HTTP GET; 200 to 399 is success."""

    port: IntOrString = written(0)
    host: str = ""
    http_headers: tuple[HTTPHeader, ...] = ()
    path: str = written("/")
    scheme: str = written("HTTP")


class TCPSocketAction(ApiStruct, frozen=True, kw_only=True):
    """Opening a TCP connection."""

    port: IntOrString = written(0)
    host: str = ""


class Probe(ApiStruct, frozen=True, kw_only=True):
    """A probe; periods and time-outs in seconds."""

    exec: ExecAction | None = None
    failure_threshold: Int32 = written(3)
    grpc: GRPCAction | None = None
    http_get: HTTPGetAction | None = None
    initial_delay_seconds: Int32 = 0
    period_seconds: Int32 = written(10)
    success_threshold: Int32 = written(1)
    tcp_socket: TCPSocketAction | None = None
    termination_grace_period_seconds: Int64 | None = None
    timeout_seconds: Int32 = written(1)


class SleepAction(ApiStruct, frozen=True, kw_only=True):
    """A pause, in seconds."""

    seconds: Int64 = written(0)


class LifecycleHandler(ApiStruct, frozen=True, kw_only=True):
    """One thing to do: a command, a request, a connection, a pause."""

    exec: ExecAction | None = None
    http_get: HTTPGetAction | None = None
    sleep: SleepAction | None = None
    tcp_socket: TCPSocketAction | None = None


class Lifecycle(ApiStruct, frozen=True, kw_only=True):
    """What a container is told after it starts and before it stops."""

    post_start: LifecycleHandler | None = None
    pre_stop: LifecycleHandler | None = None
    stop_signal: str = ""
