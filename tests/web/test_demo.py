import socket

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db


def test_the_demo_says_so_before_anything_is_made_where_its_port_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=f"port {port} of 127.0.0.1.*make demo PORT={port + 1}"):
            call_command("demo", port=port)
    assert not User.objects.exists()


def test_the_demo_prints_addresses_and_passwords_that_are_made_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    call_command("demo", port=port)
    first = capsys.readouterr().out
    call_command("demo", port=port)
    again = capsys.readouterr().out
    assert f"http://127.0.0.1:{port}/lessons/" in first
    assert "shown this once" in first
    assert "shown this once" not in again
