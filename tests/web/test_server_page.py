"""The page that tells an operator how the server is."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from visualizer import storage
from visualizer.server_page import facts

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("language", "word"), [("en", "can be written to"), ("zh-hans", "可以写入")])
def test_an_operator_is_told_how_the_server_is(
    client: Client, operator: User, language: str, word: str
) -> None:
    client.force_login(operator)
    assert 'href="/server/"' in client.get("/").content.decode()
    page = client.get("/server/", headers={"accept-language": language}).content.decode()
    assert word in page
    assert page.count('<th scope="row">') == len(facts())


def test_nobody_else_is(client: Client, instructor: User) -> None:
    assert client.get("/server/").status_code == 403
    client.force_login(instructor)
    assert client.get("/server/").status_code == 403
    assert 'href="/server/"' not in client.get("/").content.decode()


def test_what_somebody_has_to_do_something_about_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not any(fact.wrong for fact in facts())
    monkeypatch.setattr(storage, "database_trouble", lambda: "database is locked")
    monkeypatch.setattr(storage, "free_bytes", lambda: 0)
    assert [fact.now for fact in facts() if fact.wrong] == ["database is locked", "0 MB free"]
