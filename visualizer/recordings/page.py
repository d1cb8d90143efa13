"""The file: the page of a room with a recording in it."""

import gzip
from base64 import b64encode

import msgspec
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from visualizer.recordings.bundle import POLICY, bundle
from visualizer.recordings.recorder import NotRecorded
from visualizer.recordings.recording import MOST_BYTES, Recording
from visualizer.texts import page_language

TOO_LARGE = _("This run is too large for a file that plays by itself.")


def packed(recording: Recording) -> str:
    """A recording as it stands in a page. Raises NotRecorded."""
    data = b64encode(gzip.compress(msgspec.json.encode(recording), mtime=0)).decode()
    if len(data) > MOST_BYTES:
        raise NotRecorded(TOO_LARGE)
    return data


def page(title: dict[str, str], data: str, *, lesson: bool) -> str:
    """One HTML file in the present language that needs nothing else. data: as `packed`."""
    language = page_language()
    context = {
        "base": "recording.html",
        "recorded": True,
        "bundle": bundle(),
        "policy": POLICY,
        "packed": data,
        "room": {"title": title.get(language) or title.get("en", "clustersim")},
        "course": {"mode": "alone"} if lesson else None,
        "can_act": False,
    }
    return render_to_string("room.html", context)
