"""wget, as busybox has it: what it says of an address that it cannot reach (busybox networking/wget.c)."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from msgspec.structs import replace

from clustersim.console.answer import Answer, Said

_URL: Final = re.compile(r"(?:(https?)://)?([^/:]+)(?::(\d+))?")
_REFUSED: Final = "Connection refused"


def wget(
    words: Sequence[str], addressed: Callable[[str], str], curl: Callable[[Sequence[str]], Answer]
) -> Answer:
    """Of its words; addressed: a URL with the address of the Service that it names; curl: what asks."""
    urls = [word for word in words if not word.startswith("-")][-1:]
    if not urls:
        return Answer(text="wget: missing URL\nUsage: wget [OPTION]... [URL]...", ok=False)
    named = [word.partition("=")[2] for word in words if word.startswith("--header=")]
    headers = [part for value in named for part in ("-H", value.strip("'\""))]
    quiet = any(re.fullmatch(r"-\w*q\w*(O.*)?", word) or word == "--quiet" for word in words)
    try:
        answer = curl([*headers, *urls])
        note = answer.note
    except Said as said:
        answer, note = said.answer(""), said.note
    told = "" if answer.ok else _failed(answer.text, urls[0], addressed(urls[0]), words)
    begins = "" if quiet else f"{_connecting(urls[0], addressed(urls[0]))}\n"
    if told:
        text = f"{'' if told.startswith('wget: bad') else begins}{told}"
        return replace(answer, text=text, complaints=None, note=note, where="")
    if "--spider" in words:
        return replace(answer, text="" if quiet else f"{begins}remote file exists", note=None)
    return answer


def _connecting(url: str, address: str) -> str:
    match, reached = _URL.match(url), _URL.match(address)
    scheme, host = (match[1], match[2]) if match else ("", url)
    port = (match[3] if match else "") or ("443" if scheme == "https" else "80")
    shown = f"{host}:{port}" if match and match[3] else host
    return f"Connecting to {shown} ({reached[2] if reached else address}:{port})"


def _failed(told: str, url: str, address: str, words: Sequence[str]) -> str:
    """In its words what curl says; "": it does not say that it failed to connect."""
    match, reached = _URL.match(url), _URL.match(address)
    if told.startswith("curl: (6)"):
        return f"wget: bad address '{match[2] if match else url}'"
    limited = any(word.startswith(("-T", "--timeout")) for word in words)
    if told.startswith("curl: (28)") or (told.startswith("curl: (7)") and limited and _REFUSED not in told):
        return "wget: download timed out"
    if told.startswith("curl: (7)"):
        why = told.rpartition(": ")[2]
        return f"wget: can't connect to remote host ({reached[2] if reached else address}): {why}"
    return ""
