"""docker ps and docker images: rows, filters, columns and templates.

Source: docker 1.12 cli/command/formatter, api/client/ps.go, daemon/list.go.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from clustersim.console.answer import Said
from clustersim.console.arguments import Arguments
from clustersim.console.nodes.columns import aligned, image_id
from clustersim.console.nodes.durations import human_duration_of_2016
from clustersim.digits import is_whole
from clustersim.docker.daemon import Docker
from clustersim.engine.calendar import calendar
from clustersim.engine.time import Micros
from clustersim.images import name_and_tag
from clustersim.kubectl.gotemplate import GoTemplate, TemplateError
from clustersim.runtime.records import CREATED, EXITED, RUNNING, Container, Sandbox

PAUSE: Final = "gcr.io/google_containers/pause-amd64:3.0"
_SHOWN_OF_ID: Final = 12
_SHOWN_OF_COMMAND: Final = 20
_CONTAINER_HEADS: Final = {
    "ID": "CONTAINER ID",
    "Image": "IMAGE",
    "Command": "COMMAND",
    "RunningFor": "CREATED",
    "Status": "STATUS",
    "Ports": "PORTS",
    "Names": "NAMES",
    "CreatedAt": "CREATED AT",
    "Labels": "LABELS",
    "Mounts": "MOUNTS",
    "Size": "SIZE",
}
_IMAGE_HEADS: Final = {
    "Repository": "REPOSITORY",
    "Tag": "TAG",
    "ID": "IMAGE ID",
    "CreatedSince": "CREATED",
    "Size": "SIZE",
    "CreatedAt": "CREATED AT",
    "Digest": "DIGEST",
}
_CONTAINER_COLUMNS: Final = ("ID", "Image", "Command", "RunningFor", "Status", "Ports", "Names")
_IMAGE_COLUMNS: Final = ("Repository", "Tag", "ID", "CreatedSince", "Size")
TEMPLATE_FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "join": lambda items, between: str.join(between, items),
    "json": lambda value: json.dumps(value, separators=(",", ":")),
    "lower": str.lower,
    "split": str.split,
    "title": str.title,
    "upper": str.upper,
}
"""What docker's templates know besides (1.12 utils/templates/templates.go)."""


class Listed(NamedTuple):
    """A container of docker's: of a pod, or the one that holds a pod's network."""

    one: Container | Sandbox

    @property
    def name(self) -> str:
        """As dockershim names it (v1.7.5 pkg/kubelet/dockershim/naming.go)."""
        if isinstance(self.one, Container):
            return self.one.docker_name
        box = self.one
        return f"k8s_POD_{box.pod}_{box.namespace}_{box.pod_uid}_{box.attempt}"

    @property
    def image(self) -> str:
        """What it was made from."""
        return self.one.image if isinstance(self.one, Container) else PAUSE

    @property
    def command(self) -> str:
        """Its first process, with its arguments."""
        if isinstance(self.one, Sandbox):
            return "/pause"
        words = [*self.one.spec.command, *self.one.spec.args]
        return " ".join(words).strip() or program_of(self.one.image)

    @property
    def state(self) -> str:
        """created, running or exited."""
        if isinstance(self.one, Container):
            return self.one.state
        return RUNNING if self.one.ready else EXITED

    @property
    def labels(self) -> dict[str, str]:
        """What the kubelet writes on it."""
        one = self.one
        kind = "container" if isinstance(one, Container) else "podsandbox"
        named = one.name if isinstance(one, Container) else "POD"
        return {
            "io.kubernetes.container.name": named,
            "io.kubernetes.docker.type": kind,
            "io.kubernetes.pod.name": one.pod,
            "io.kubernetes.pod.namespace": one.namespace,
            "io.kubernetes.pod.uid": one.pod_uid,
        }

    def status(self, now: Micros) -> str:
        """Since when it has been what it is."""
        one = self.one
        if isinstance(one, Sandbox):
            return f"Up {human_duration_of_2016(now - one.created_at)}" if one.ready else "Exited (0)"
        if one.state == RUNNING and one.started_at is not None:
            return f"Up {human_duration_of_2016(now - one.started_at)}"
        if one.finished_at is not None:
            return f"Exited ({one.exit_code}) {human_duration_of_2016(now - one.finished_at)} ago"
        return "Created"

    def cells(self, found: Docker, *, whole: bool) -> dict[str, str]:
        """What templates may ask for."""
        now = found.now
        command = self.command if whole else self.command[:_SHOWN_OF_COMMAND]
        return {
            "ID": self.one.id if whole else self.one.id[:_SHOWN_OF_ID],
            "Image": self.image,
            "Command": json.dumps(command),
            "RunningFor": f"{human_duration_of_2016(now - self.one.created_at)} ago",
            "CreatedAt": _stamp(found.host.wall(self.one.created_at)),
            "Status": self.status(now),
            "Ports": "",
            "Names": self.name,
            "Labels": ",".join(f"{key}={value}" for key, value in self.labels.items()),
            "Mounts": "",
            "Size": "0 B",
        }


def program_of(image: str) -> str:
    """What an image runs, of which nothing else is known."""
    return image.rpartition("/")[2].partition(":")[0]


def all_of(found: Docker) -> list[Listed]:
    """Containers and the sandboxes of pods, the newest first."""
    rows = [(one.created_at, 1, Listed(one)) for one in found.disk.containers.values()]
    rows += [(box.created_at, 0, Listed(box)) for box in found.disk.sandboxes.values()]
    return [listed for _created, _kind, listed in sorted(rows, key=lambda row: row[:2], reverse=True)]


def named(found: Docker, word: str) -> Listed:
    """By the beginning of its id, or by its name. Raises Said."""
    for listed in all_of(found):
        if word and (listed.one.id.startswith(word) or listed.name == word.removeprefix("/")):
            return listed
    raise Said(f"Error: No such container: {word}")


def ps(found: Docker, arguments: Arguments) -> str:
    """docker ps [-a] [-q] [-l] [-n N] [--no-trunc] [--filter K=V] [--format TEMPLATE]. Raises Said."""
    wanted = [_filter(text) for text in arguments.each("filter")]
    last = 1 if arguments.has("latest") else _last(arguments.value("last", "0"))
    every = arguments.has("all") or last > 0 or any(key in ("status", "exited") for key, _value in wanted)
    rows = [
        listed
        for listed in all_of(found)
        if (every or listed.state == RUNNING) and all(_fits(found, listed, *one) for one in wanted)
    ]
    whole = arguments.has("no-trunc")
    cells = [listed.cells(found, whole=whole) for listed in (rows[:last] if last > 0 else rows)]
    return _printed(cells, arguments, _CONTAINER_HEADS, _CONTAINER_COLUMNS)


def _last(text: str) -> int:
    """How many of the latest are shown; 0: all. Raises Said."""
    if not is_whole(text.removeprefix("-")):
        raise Said(f'invalid value "{text}" for flag -n: strconv.ParseInt: parsing "{text}": invalid syntax')
    return 0 if text.startswith("-") else int(text[:9])


def _filter(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise Said("Error response from daemon: bad format of filter (expected name=value)")
    if key not in ("ancestor", "before", "exited", "id", "label", "name", "since", "status"):
        raise Said(f"Error response from daemon: Invalid filter '{key}'")
    if key == "status" and value not in (CREATED, RUNNING, EXITED, "paused", "restarting", "dead"):
        raise Said(f"Error response from daemon: Unrecognised filter value for status: {value}")
    return key, value


def _fits(found: Docker, listed: Listed, key: str, value: str) -> bool:
    match key:
        case "ancestor":
            return value in (listed.image, listed.image.rpartition(":")[0])
        case "before":
            return listed.one.created_at < named(found, value).one.created_at
        case "since":
            return listed.one.created_at > named(found, value).one.created_at
        case "exited":
            code = listed.one.exit_code if isinstance(listed.one, Container) else 0
            return listed.state == EXITED and str(code) == value
        case "id":
            return value in listed.one.id
        case "label":
            name, equals, wanted = value.partition("=")
            return name in listed.labels and (not equals or listed.labels[name] == wanted)
        case "name":
            return value.removeprefix("^").removeprefix("/").removesuffix("$") in listed.name
    return listed.state == value


def images(found: Docker, arguments: Arguments) -> str:
    """docker images [-q] [--no-trunc] [--format TEMPLATE] [REPOSITORY[:TAG]]. Raises Said."""
    cells = []
    for image, pulled in reversed(found.disk.images.items()):
        name, tag = name_and_tag(image)
        if arguments.words and arguments.words[0] not in (name, image):
            continue
        shown = image_id(image) if arguments.has("no-trunc") else image_id(image)[:_SHOWN_OF_ID]
        cells.append(
            {
                "Repository": name,
                "Tag": tag,
                "ID": shown,
                "CreatedSince": f"{human_duration_of_2016(found.now - pulled)} ago",
                "CreatedAt": _stamp(found.host.wall(pulled)),
                "Size": "104.9 MB",
                "Digest": "<none>",
            }
        )
    return _printed(cells, arguments, _IMAGE_HEADS, _IMAGE_COLUMNS)


def _printed(
    cells: Sequence[Mapping[str, str]],
    arguments: Arguments,
    heads: Mapping[str, str],
    columns: Sequence[str],
) -> str:
    if arguments.has("quiet"):
        return "\n".join(row["ID"] for row in cells)
    form = arguments.value("format", "table")
    table = form == "table" or form.startswith("table ")
    rows = [heads, *cells] if table else cells
    if form == "table":
        return aligned([tuple(row[name] for name in columns) for row in rows])
    form = form.removeprefix("table ").replace("\\t", "\t").replace("\\n", "\n")
    lines = [templated(form, row) for row in rows]
    return aligned([tuple(line.split("\t")) for line in lines]) if table else "\n".join(lines)


def templated(form: str, data: Any) -> str:
    """What a template prints. Raises Said."""
    unknown = re.search(r"\{\{\s*\.(\w+)\s*\}\}", form)
    try:
        if unknown is not None and isinstance(data, Mapping) and unknown[1] not in data:
            raise TemplateError(f"can't evaluate field {unknown[1]}")
        return GoTemplate(form, added=TEMPLATE_FUNCTIONS).text(data)
    except TemplateError as error:
        raise Said(f"Template parsing error: {error}") from None


def _stamp(t: Micros) -> str:
    """ "2017-09-26 07:00:00 +0000 UTC"."""
    return calendar().moment(t).strftime("%Y-%m-%d %H:%M:%S +0000 UTC")
