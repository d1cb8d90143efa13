"""Files of a machine, read by cat and the filters that otherwise stand behind a pipe: tail, grep, wc."""

from collections.abc import Sequence
from typing import Final

from clustersim.console.answer import Answer, Follow, Said
from clustersim.console.nodes.host import Host
from clustersim.console.nodes.machine_files import MachineFiles
from clustersim.console.nodes.systemd import stamp
from clustersim.console.shell.filters import FILTERS
from clustersim.engine.time import Micros
from clustersim.i18n import _

READERS: Final = tuple(name for name in FILTERS if name != "cat")
MOST_NAMED: Final = 40
_MANY: Final = ("/var/log/pods/", "/var/log/containers/")
FOLLOWS: Final = ("-f", "-F", "--follow")


def read(host: Host, files: MachineFiles, words: Sequence[str], stdin: str) -> Answer:
    """`tail -n 5 /var/log/kubelet.log`; with -f it goes on, as the journal does. Raises Said."""
    verb = words[0]
    paths = _paths(files, words)
    if not paths and not stdin:
        raise Said(note=_("{verb} reads a file here, or stands behind a pipe."), verb=verb)
    follows = verb == "tail" and any(word in FOLLOWS for word in words)
    options = [word for word in words[1:] if word not in paths and word not in FOLLOWS]
    texts = [_text(files, path, verb) for path in paths]
    text = "".join(texts).removesuffix("\n") if paths else stdin
    if verb == "sed" and "-i" in options:
        changed = FILTERS[verb]([option for option in options if option != "-i"], text).text
        files.write(paths[-1], f"{changed}\n")
        return Answer(commands=tuple(files.commands), note=files.note)
    filtered = FILTERS[verb](options, text)
    unit = log_of(host, paths[0]) if follows and len(paths) == 1 else ""
    going_on = Follow(max(host.now, 0)) if unit else None
    told = f"{filtered.text} {paths[0]}" if verb == "wc" and len(paths) == 1 else filtered.text
    return Answer(text=told, ok=filtered.ok, follow=going_on)


def _paths(files: MachineFiles, words: Sequence[str]) -> list[str]:
    """The files that a filter is to read: paths, or what there is of that name where one is."""
    if words[0] in ("awk", "sed"):
        return [words[-1]] if len(words) > 2 and words[-1] != "-i" else []
    return [word for word in words[1:] if word.startswith("/") or files.text(word) is not None]


def _text(files: MachineFiles, path: str, verb: str) -> str:
    text = files.text(path)
    if text is None:
        known = ", ".join(sorted(one for one in files.paths() if not one.startswith(_MANY))[:MOST_NAMED])
        raise Said(f"{verb}: {path}: No such file or directory", note=_("Files here: {files}."), files=known)
    return text


def cat(files: MachineFiles, words: Sequence[str], stdin: str) -> Answer:
    """cat [FILE ...]. Raises Said."""
    if not words:
        return Answer(text=stdin)
    texts = [_text(files, path, "cat") for path in words if not path.startswith("-")]
    return Answer(text="".join(texts).removesuffix("\n"))


def log_of(host: Host, path: str) -> str:
    """The service that writes this file, empty if none does."""
    return next((unit for unit in host.units() if path == f"/var/log/{unit}.log"), "")


def goes_on(host: Host, words: Sequence[str], since: Micros) -> Answer:
    """tail -f goes on: what was written since then."""
    unit = log_of(host, next((word for word in words if word.startswith("/")), ""))
    if not unit:
        raise Said(note=_("This command does not go on."))
    lines = [
        f"{stamp(host.machine.wall(line.t))} {line.text}"
        for line in host.process(unit).journal
        if line.t > since
    ]
    return Answer(text="\n".join(lines), follow=Follow(max(host.now, 0)))
