"""Requests for pages, forms and uploads as nobody should send them: made from the addresses and the fields
that there are, with what people upload, bent.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode

from django.urls import URLPattern, URLResolver, get_resolver

from clustersim import default_scenario
from clustersim.run import Inputs, Run
from clustersim.runfile import write_run
from tests.hostile.corpus import EXTREMES, LINES, MANIFESTS

QUERY: Final = (
    "a", "b", "t", "branch", "since", "until", "release", "q", "page", "next", "step", "open", "plan", "all",
    "at", "version", "lang", "limit", "student", "frame",
)  # fmt: skip
FIELDS: Final = (
    "release", "do", "seconds", "op", "revision", "language", "for", "where", "to", "step", "name", "mode",
    "base", "with", "verb", "title", "text", "task", "t", "student", "stop", "say", "room", "remove",
    "reflect", "question", "q", "open", "on", "notes", "next", "mine", "manifest", "lesson", "give", "frame",
    "finish", "end", "draft", "code", "check", "binned", "asked", "reason", "steps/0/say/en", "steps/0/id",
    "steps/1/ask/options/0/en", "steps/9/do/0/at", "title/en", "minutes", "steps/0/check/0/that",
    "controller-manager.node-monitor-grace-period", "kubelet.node-status-update-frequency", "differences",
)  # fmt: skip
UPLOADS: Final = ("file", "run")
WORDS: Final = (
    "v1.7", "v1.8", "v1.36", "class", "alone", "roles", "apply", "delete", "up:1", "add:0:ask", "remove:0",
    "down:99", "poll", "time", "kubelet-dies", "alice", "studio.draft", "rooms.room", "profiles.profile",
)  # fmt: skip
_PARAMETER: Final = re.compile(r"<(?:(\w+):)?(\w+)>")


class Asked(NamedTuple):
    """One request. form: its fields; upload: the name of its file and what is in it."""

    method: str
    path: str
    form: Mapping[str, str]
    upload: tuple[str, bytes] | None = None


def requests(random: Random, count: int, places: Sequence[str]) -> Iterator[Asked]:
    """So many of them. places: codes, numbers and words that are something here."""
    known = routes()
    for _ in range(count):
        route = random.choice(known)
        path = "/" + _PARAMETER.sub(lambda _found: quote(_place(random, places), safe=""), route)
        pairs = [(random.choice(QUERY), _text(random, places)) for _ in range(random.choice((0, 0, 1, 2, 3)))]
        if pairs:
            path += "?" + urlencode(pairs, errors="replace")
        if random.random() < 0.45:
            yield Asked(random.choice(("GET", "GET", "GET", "HEAD", "OPTIONS")), path, {})
            continue
        form = {random.choice(FIELDS): _text(random, places) for _ in range(random.randrange(8))}
        upload = (random.choice(UPLOADS), document(random)) if random.random() < 0.5 else None
        yield Asked(random.choice(("POST",) * 9 + ("PUT",)), path, form, upload)


@cache
def routes() -> tuple[str, ...]:
    """The addresses of all pages but the admin's own."""
    return tuple(sorted(set(_routes(get_resolver().url_patterns, ""))))


def _routes(patterns: Sequence[Any], before: str) -> Iterator[str]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver) and not route.startswith("admin"):
            yield from _routes(one.url_patterns, route)
        elif isinstance(one, URLPattern):
            yield route


def document(random: Random) -> bytes:
    """What people upload, bent in a few places."""
    text = random.choice(_documents())
    for _ in range(random.choice((0, 1, 1, 2, 5))):
        text = _bent(random, text)
    match random.randrange(30):
        case 0:
            return random.randbytes(random.randrange(300))
        case 1:
            return b"PK\x03\x04" + text.encode()[:500]
        case 2:
            return text.encode("utf-16")
    return text.encode("utf-8", "replace")


def _bent(random: Random, text: str) -> str:
    """One value replaced, or one line left out, doubled or moved."""
    values = list(re.finditer(r'(?<=[:\[,])\s*("[^"\n]*"|[^\s,\[\]{}"]+)', text))
    if values and random.random() < 0.7:
        at = random.choice(values)
        value = json.dumps(random.choice(EXTREMES))
        return f"{text[: at.start()]} {value}{text[at.end() :]}"
    lines = text.split("\n")
    at_line = random.randrange(len(lines))
    match random.randrange(4):
        case 0:
            del lines[at_line]
        case 1:
            lines.insert(at_line, lines[at_line])
        case 2:
            lines[at_line] = " " * random.randrange(9) + lines[at_line]
        case 3:
            lines[at_line:] = [lines[at_line][: random.randrange(80)]]
    return "\n".join(lines)


@cache
def _documents() -> tuple[str, ...]:
    lessons = files("clustersim.lesson").joinpath("lessons").iterdir()
    texts = [one.read_text("utf-8") for one in lessons if one.name.endswith(".yaml") and one.is_file()]
    run = Run(Inputs(default_scenario("v1.7")))
    run.run_until(30_000_000)
    texts.append(write_run(run).decode())
    texts.append(files("clustersim.lesson").joinpath("template.yaml").read_text("utf-8"))
    texts += [json.dumps(manifest) for manifest in MANIFESTS]
    return tuple(sorted(texts))


def _place(random: Random, places: Sequence[str]) -> str:
    return random.choice(places) if random.random() < 0.85 else _odd(random)


def _text(random: Random, places: Sequence[str]) -> str:
    match random.randrange(6):
        case 0 | 1:
            return random.choice(places)
        case 2:
            return random.choice(WORDS)
        case 3:
            return random.choice(LINES)
        case 4:
            return document(random).decode("utf-8", "replace")[:5000]
    return _odd(random)


def _odd(random: Random) -> str:
    value = random.choice(EXTREMES)
    return value if isinstance(value, str) else json.dumps(value)
