"""Settings from environment variables: typed, and loud when a value makes no sense."""

import os
import secrets
import socket
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def env_text(name: str, default: str | None = None) -> str:
    """The variable's text; without a default it must be set."""
    value = os.environ.get(name, default)
    if not value:
        raise ImproperlyConfigured(f"the environment variable {name} must be set")
    return value


def env_bool(name: str, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither true nor false")


def env_int(name: str, default: int, *, least: int = 0) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number") from None
    if number < least:
        raise ImproperlyConfigured(f"{name}={number} is less than {least}")
    return number


def env_list(name: str, default: str | None = None) -> list[str]:
    """Items separated by commas; without a default at least one is needed."""
    value = os.environ.get(name, default)
    items = [item.strip() for item in (value or "").split(",") if item.strip()]
    if not items and default is None:
        raise ImproperlyConfigured(f"the environment variable {name} must list at least one item")
    return items


def address_on_network() -> str | None:
    """This machine's address as others on its network see it; None without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # of the documentation network: nothing is sent
        except OSError:
            return None
        return str(probe.getsockname()[0])


def why_not_to_serve(host: str, port: int) -> str:
    """Why nothing can listen there, in the system's words; empty if it can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        return os.strerror(error.errno) if error.errno is not None and error.errno > 0 else str(error)
    return ""


def secret_kept_in(path: Path) -> str:
    """The secret in this file, readable by its owner only; made on first use."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    secret = secrets.token_urlsafe(50)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret)
    return secret
