"""A browser, and the page of a room whose WebSocket ends in the test."""

import json
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, WebSocketRoute, expect

from tests.browser.pages import LANGUAGE, ROOM_PATH, room_pages
from tests.conftest import PATIENCE

CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FIVE_A_SECOND = """
window.requestAnimationFrame = draw => setTimeout(() => draw(performance.now()), 200);
window.cancelAnimationFrame = clearTimeout;
"""
NOT_DRAWN = "--:--:--"
"""What the clock of a room says before its first frame."""
WIDE = {"width": 1280, "height": 720}

expect.set_options(timeout=PATIENCE * 1000)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's own Chromium; inside a container it cannot have a sandbox. It draws by itself: a graphics
    card made of software costs more.
    """
    path = next(filter(None, map(shutil.which, CHROMIUMS)))
    return {**browser_type_launch_args, "executable_path": path, "args": ["--no-sandbox", "--disable-gpu"]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "viewport": WIDE}


class Wire:
    """The room's end of the WebSocket: what the page said, and frames to it."""

    def __init__(self) -> None:
        self.connections: list[WebSocketRoute] = []
        self.said: list[dict[str, Any]] = []
        self.seq = 0

    def connected(self, socket: WebSocketRoute) -> None:
        self.connections.append(socket)
        socket.on_message(lambda text: self.said.append(json.loads(text)))

    def send(self, kind: str, **fields: Any) -> None:
        self.connections[-1].send(json.dumps({"type": kind, **fields}))

    def pace(self, **fields: Any) -> dict[str, Any]:
        pace = {
            "seq": self.seq,
            "t": 0,
            "rate": 0.0,
            "speed": 1.0,
            "playing": False,
            "ease": False,
            "eased": False,
        }
        return pace | {"events": []} | fields

    def snapshot(self, view: dict[str, Any], **fields: Any) -> None:
        self.send("snapshot", branch=1, epoch=1, view=view, href=None, **self.pace(**fields))

    def tick(self, changes: dict[str, Any] | None = None, **fields: Any) -> None:
        self.seq += 1
        self.send("tick", changes=changes or {}, **self.pace(**({"messages": []} | fields)))

    def heard(self, kind: str) -> list[dict[str, Any]]:
        return [frame for frame in self.said if frame["type"] == kind]


@pytest.fixture(scope="session")
def room_address() -> Iterator[str]:
    """Where the page of a room is that only the test is behind."""
    with room_pages() as address:
        yield address


@pytest.fixture
def stage(page: Page, room_address: str) -> Callable[..., Wire]:
    """Opens the room page with a view on it."""

    def open_stage(view: dict[str, Any], language: str = "en", **fields: Any) -> Wire:
        wire = Wire()
        page.context.add_cookies([{"name": LANGUAGE, "value": language, "url": room_address}])
        page.route_web_socket("**/ws/**", wire.connected)
        page.goto(f"{room_address}{ROOM_PATH}")
        page.wait_for_function("window.gettext !== undefined")
        wait_for(page, lambda: bool(wire.connections))
        wire.send("welcome", role="visitor", canAct=True)
        wire.snapshot(view, **fields)
        expect(page.locator("[data-node]").first).to_be_visible()
        expect(page.locator("#clock-time")).not_to_have_text(NOT_DRAWN)
        return wire

    return open_stage


def calm(context: BrowserContext) -> BrowserContext:
    """Its pages draw five times a second: they say the same, for a third of the CPU."""
    context.add_init_script(FIVE_A_SECOND)
    return context


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    return calm(context)


@pytest.fixture(scope="module")
def kept_page(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """A page for all tests of a module that open a room on it: a new one costs nearly as much as the room."""
    context = calm(browser.new_context(**browser_context_args))
    yield context.new_page()
    context.close()


@pytest.fixture
def page(request: pytest.FixtureRequest, browser: Browser) -> Page:
    """A new page; for a room, the kept one as if it were new. A shared machine takes its time to answer."""
    if "stage" in request.fixturenames:
        page = request.getfixturevalue("kept_page")
        as_new(page, request.getfixturevalue("room_address"))
    else:
        page = request.getfixturevalue("context").new_page()
    page.set_default_timeout(PATIENCE * 1000)
    return page


def as_new(page: Page, address: str) -> None:
    """Nothing is left of what was done on it: routes, what it keeps at that address, pointer, media, size."""
    page.unroute_all()
    page.goto(f"{address}/nothing/")
    page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
    page.context.clear_cookies()
    page.mouse.move(-1, -1)
    page.emulate_media(color_scheme="null", reduced_motion="null", forced_colors="null")
    page.set_viewport_size(WIDE)


def drawn(page: Page) -> None:
    """Lets the page draw what it knows."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def wait_for(page: Page, fact: Callable[[], bool]) -> None:
    """Lets the page run until a fact about what it said holds."""
    for _ in range(PATIENCE * 50):
        if fact():
            return
        page.wait_for_timeout(20)
    assert fact()
