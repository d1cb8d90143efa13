"""The least that a stream of events to many clients can cost: asyncio, and the same bytes to everybody.

python -m benchmarks.bare PORT LINE_BYTES EVENTS_PER_SECOND
"""

import argparse
import asyncio

CLIENTS: dict[asyncio.StreamWriter, None] = {}


async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A client: its request, and the head of an answer that goes on."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    CLIENTS[writer] = None
    await reader.read()
    CLIENTS.pop(writer, None)


async def serve(port: int, size: int, rate: float) -> None:
    """Listen, and send an event to all at the given rate."""
    chunk = b"%x\r\n%s\n\r\n" % (size, b"x" * (size - 1))
    await asyncio.start_server(greet, "127.0.0.1", port, backlog=500)
    while True:
        await asyncio.sleep(1 / rate)
        for writer in tuple(CLIENTS):
            writer.write(chunk)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("port", type=int)
    parser.add_argument("size", metavar="line_bytes", type=int)
    parser.add_argument("rate", metavar="events_per_second", type=float)
    options = parser.parse_args()
    asyncio.run(serve(options.port, options.size, options.rate))
