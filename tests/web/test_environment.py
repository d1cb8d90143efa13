from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from visualizer.environment import env_bool, env_int, env_list, env_text, secret_kept_in


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("Yes", True), ("off", False), ("0", False), ("", True)]
)
def test_truth_is_read_in_the_usual_spellings(
    monkeypatch: pytest.MonkeyPatch, text: str, value: bool
) -> None:
    monkeypatch.setenv("SWITCH", text)
    assert env_bool("SWITCH", default=True) is value


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (lambda: env_bool("SETTING", default=False), "maybe"),
        (lambda: env_int("SETTING", 1), "many"),
        (lambda: env_int("SETTING", 1, least=1), "0"),
        (lambda: env_text("SETTING"), ""),
        (lambda: env_list("SETTING"), " , "),
    ],
)
def test_a_value_that_makes_no_sense_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, read: object, text: str
) -> None:
    monkeypatch.setenv("SETTING", text)
    with pytest.raises(ImproperlyConfigured, match="SETTING"):
        read()  # type: ignore[operator]


def test_a_list_is_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOSTS", "a.example, b.example")
    assert env_list("HOSTS") == ["a.example", "b.example"]


def test_a_secret_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secret"
    secret = secret_kept_in(path)
    assert len(secret) >= 50
    assert secret_kept_in(path) == secret
    assert path.stat().st_mode & 0o077 == 0
