"""Whether a room is what its log says."""

from tests.conftest import Server
from tests.wire.client import watching
from tests.wire.test_crash import live, replayed


async def equal(server: Server, code: str, cookie: str = "") -> bool:
    """Byte for byte: another process computes the log, and comes to the same state."""
    async with watching(server, code, cookie) as viewer:
        playing = (await viewer.hear("snapshot"))["playing"]
        if playing:
            await viewer.pause()
        now = await live(server, code)
        same = bool(replayed(server, code, now["t"])["hash"] == now["hash"])
        if playing:
            await viewer.say(type="transport", action="play")
            await viewer.hear("tick")
    return same
