"""How much of an answer waits in the server because its client does not read.

ASGI says nothing about that, and Daphne accepts whatever it is given. Daphne's `send` is bound to the Twisted
request, whose transport knows; under another server there is no such knowledge, and the answer is 0.
"""

from typing import Any


def unread_bytes(send: Any) -> int:
    """Bytes that were sent on this connection and have not left the process."""
    transport = _transport(send)
    if transport is None:
        return 0
    buffered = getattr(transport, "dataBuffer", b"")
    return int(len(buffered) - getattr(transport, "offset", 0) + getattr(transport, "_tempDataLen", 0))


def abort(send: Any) -> None:
    """Drop the connection, and what waits for it."""
    transport = _transport(send)
    if transport is not None and hasattr(transport, "abortConnection"):
        transport.abortConnection()


def _transport(send: Any) -> Any:
    request = next(iter(getattr(send, "args", ())), None)
    channel = getattr(request, "channel", None)
    transport = getattr(channel, "transport", None)
    # TLS wraps the TCP transport; the TCP one has the buffer.
    return getattr(transport, "transport", transport)
