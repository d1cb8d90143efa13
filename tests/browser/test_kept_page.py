"""The page that tests of one module share is to each of them as new."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.conftest import WIDE, Wire, as_new
from tests.browser.views import view

LEFT = "() => [localStorage.length, sessionStorage.length, document.cookie, innerWidth, innerHeight]"


def test_nothing_is_left_of_what_was_done_on_a_kept_page(
    page: Page, stage: Callable[..., Wire], room_address: str
) -> None:
    stage(view(), language="zh-hans")
    page.evaluate("() => { localStorage.setItem('mine', 1); sessionStorage.setItem('mine', 1); }")
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.route("**/static/**", lambda route: route.abort())
    as_new(page, room_address)
    assert page.evaluate(LEFT) == [0, 0, "", WIDE["width"], WIDE["height"]]
    assert not page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert not page.evaluate("matchMedia('(prefers-reduced-motion: reduce)').matches")
    assert page.evaluate("fetch('/static/css/tokens.css').then(({ ok }) => ok, () => false)")
    stage(view())
