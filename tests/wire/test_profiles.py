"""An instructor applies a profile to a room that people are watching."""

import asyncio

import pytest

from tests.conftest import Server
from tests.wire.client import Browser, Viewer, watching

MAKE = """
from visualizer.profiles.models import Profile
flags = {"controller-manager": {"node-monitor-grace-period": "16s"}}
profile, _ = Profile.objects.get_or_create(name="hasty", release="v1.7", defaults={"differences": flags})
print(profile.pk)
"""


async def flag(viewer: Viewer, part: str, name: str) -> str:
    """The value of a flag as the page shows it."""
    await viewer.say(type="inspect", part=part)
    flags = (await viewer.hear("inspect"))["data"]["flags"]
    return str(next(flag["value"] for flag in flags if flag["name"] == name))


@pytest.mark.parametrize("watched", [True, False])
async def test_applying_a_profile_restarts_the_component_with_the_new_flag(
    server: Server, watched: bool
) -> None:
    code = server.new_room()
    browser = await asyncio.to_thread(Browser, server)
    page_of = f"/timeouts/{server.shell(MAKE)}/"
    address = f"{page_of}apply/"
    if watched:
        async with watching(server, code) as viewer:
            await viewer.hear("snapshot")
            assert await flag(viewer, "controller-manager", "node-monitor-grace-period") == "40s"
            page = await asyncio.to_thread(browser.post, address, page_of, room=code)
            tick = await viewer.hear("tick")
            assert tick["changes"]["control"]["controller-manager"]["since"] == tick["t"]
    else:
        page = await asyncio.to_thread(browser.post, address, page_of, room=code)
    assert f"{code}: restarted with new flags: controller-manager." in page
    async with watching(server, code) as viewer:
        await viewer.hear("snapshot")
        assert await flag(viewer, "controller-manager", "node-monitor-grace-period") == "16s"


async def test_applying_a_profile_twice_restarts_nothing_the_second_time(server: Server) -> None:
    code = server.new_room()
    browser = await asyncio.to_thread(Browser, server)
    page_of = f"/timeouts/{server.shell(MAKE)}/"
    address = f"{page_of}apply/"
    await asyncio.to_thread(browser.post, address, page_of, room=code)
    page = await asyncio.to_thread(browser.post, address, page_of, room=code)
    assert f"{code}: nothing changed" in page
