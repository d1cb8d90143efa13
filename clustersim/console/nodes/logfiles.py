"""Files of a machine read by the commands that otherwise stand behind a pipe: tail, head, grep, wc, less."""

from collections.abc import Sequence
from typing import Final

from clustersim.console.answer import Answer, Follow, Said
from clustersim.console.nodes.files import cat, files_of
from clustersim.console.nodes.host import Host
from clustersim.console.nodes.systemd import stamp
from clustersim.console.shell.filters import FILTERS
from clustersim.engine.time import Micros
from clustersim.i18n import _

READERS: Final = ("grep", "head", "less", "tail", "wc")
FOLLOWS: Final = ("-f", "-F", "--follow")


def read(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """`tail -n 5 /var/log/kubelet.log`; with -f it goes on, as the journal does. Raises Said."""
    verb = words[0]
    paths = [word for word in words[1:] if word.startswith("/")]
    if not paths and not stdin:
        raise Said(note=_("{verb} reads a file here, or stands behind a pipe."), verb=verb)
    follows = verb == "tail" and any(word in FOLLOWS for word in words)
    options = [word for word in words[1:] if word not in paths and word not in FOLLOWS]
    for path in paths:
        if path not in (known := files_of(host)):
            raise Said(
                f"{verb}: {path}: No such file or directory",
                note=_("Files here: {files}."),
                files=", ".join(sorted(known)),
            )
    text = cat(host, paths, "").text if paths else stdin
    filtered = FILTERS[verb](options, text)
    unit = log_of(host, paths[0]) if follows and len(paths) == 1 else ""
    going_on = Follow(max(host.now, 0)) if unit else None
    return Answer(text=filtered.text, ok=filtered.ok, follow=going_on)


def log_of(host: Host, path: str) -> str:
    """The service that writes this file, empty if none does."""
    return next((unit for unit in host.units() if path == f"/var/log/{unit}.log"), "")


def goes_on(host: Host, words: Sequence[str], since: Micros) -> Answer:
    """tail -f goes on: what was written since then."""
    unit = log_of(host, next((word for word in words if word.startswith("/")), ""))
    if not unit:
        raise Said(note=_("This command does not go on."))
    lines = [f"{stamp(t)} {text}" for t, text in host.process(unit).journal if t > since]
    return Answer(text="\n".join(lines), follow=Follow(max(host.now, 0)))
