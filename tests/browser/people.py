"""People with a browser each: how they sign in, and how they go through a lesson."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import calm
from tests.conftest import PATIENCE, Server

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "locale": "zh-CN"}
NARROW = {"viewport": {"width": 390, "height": 800}}
"""Pages are looked at wide in test_every_page.py."""
NEXT = "#lesson .next"
READY = f"{NEXT}:not([aria-disabled])"

SIGN_IN = """
from django.contrib.auth.models import User
from django.test import Client
user = User.objects.filter(username={name!r}).first() or User.objects.create_superuser({name!r})
client = Client()
client.force_login(user, "django.contrib.auth.backends.ModelBackend")
print(client.session.session_key)
"""
"""Passwords are slow to check, and the form to sign in has a test of its own (test_pages.py)."""

New = Callable[..., Page]


@contextmanager
def pages_of_people(browser: Browser) -> Iterator[New]:
    """Pages of people with cookies of their own, closed at the end; what went wrong on one is an error."""
    contexts, wrong = [], []

    def new(**options: object) -> Page:
        contexts.append(calm(browser.new_context(**options)))  # type: ignore[arg-type]
        contexts[-1].set_default_timeout(PATIENCE * 1000)
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        return page

    yield new
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def new_page(browser: Browser) -> Iterator[New]:
    """Pages of people, for one test."""
    with pages_of_people(browser) as new:
        yield new


def window_beside(page: Page, new: New, **options: object) -> Page:
    """Another window of the same person. In a tab of the same window it would cover the page, and a covered
    page is drawn once a second: each click takes as long.
    """
    return new(storage_state=page.context.storage_state(), **options)


def go_on(page: Page) -> None:
    """When the step is over, to the next one."""
    page.locator(READY).wait_for()
    step = page.locator("#lesson select").input_value()
    page.locator(NEXT).click()
    expect(page.locator("#lesson select")).not_to_have_value(step)


def lock(page: Page) -> None:
    page.locator("#lesson .question button.primary").click()


def sign_in(page: Page, server: Server, name: str = "tess", path: str = "/lessons/") -> None:
    """Shows the page of this path to this account, a superuser if there is none yet, as after signing in."""
    session = server.shell(SIGN_IN.format(name=name))
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": server.url}])
    page.goto(f"{server.url}{path}")
