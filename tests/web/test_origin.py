import pytest
from pytest_django import Settings

from visualizer.origin import is_same_origin


@pytest.mark.parametrize(
    ("host", "origin", "same"),
    [
        (b"localhost:8000", b"http://localhost:8000", True),
        (b"localhost:8000", b"http://localhost:9000", False),
        (b"localhost:8000", b"https://evil.example", False),
        (b"evil.example", b"http://evil.example", False),
        (b"localhost:8000", b"", False),
        (b"localhost:8000", b"null", False),
        (b"", b"http://", False),
        (b"localhost:8000", b"file://localhost:8000", False),
    ],
)
def test_only_pages_of_this_site_may_open_a_socket(
    settings: Settings, host: bytes, origin: bytes, same: bool
) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    assert is_same_origin({b"host": host, b"origin": origin}) is same


def test_a_socket_without_origin_is_refused(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    assert not is_same_origin({b"host": b"localhost"})
