"""A backup made of a server at work is another server's whole past."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import Server
from tests.wire.client import watching
from tests.wire.test_crash import live, replayed


async def test_a_backup_of_a_playing_room_is_restored_elsewhere_as_it_was(
    own_server: Server, tmp_path: Path
) -> None:
    own_server.start()
    code = own_server.new_room()
    async with watching(own_server, code) as viewer:
        await viewer.hear("snapshot")
        await viewer.say(type="transport", action="speed", speed=600)
        await viewer.say(type="transport", action="play")
        await viewer.say(type="command", id="1", seenT=0, do="stop-kubelet", target="n1", now=True)
        accepted = await viewer.hear("accepted")
        await viewer.watch(seconds=1.0)
        own_server.manage("backup", str(tmp_path / "backup"))
        await viewer.say(
            type="command", id="2", seenT=viewer.latest, do="start-kubelet", target="n1", now=True
        )
        await viewer.hear("accepted")
    own_server.kill()

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for file in (tmp_path / "backup").iterdir():
        shutil.copy(file, elsewhere)
    restored = Server(elsewhere)
    past = replayed(restored, code)
    assert past["log"] == [[accepted["t"], "stop-kubelet"]]
    restored.start()
    try:
        async with watching(restored, code) as viewer:
            await viewer.hear("snapshot")
            await viewer.pause()
            now = await live(restored, code)
        assert now["t"] >= past["mark"]
        assert replayed(restored, code, until=now["t"])["hash"] == now["hash"]
    finally:
        restored.stop()
        restored.end_shell()


def test_a_backup_overwrites_nothing(own_server: Server, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(AssertionError, match="choose another name"):
        own_server.manage("backup", str(tmp_path / "there"))
    assert list((tmp_path / "there").iterdir()) == []
