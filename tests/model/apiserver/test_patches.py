"""Patches that are read quickly come to what reading the whole object comes to."""

from types import SimpleNamespace
from typing import Any

import pytest

from clustersim.api import core_v1 as v1
from clustersim.api.api_resources import RESOURCES
from clustersim.api.errors import ApiError
from clustersim.api.meta import ObjectMeta
from clustersim.api.request import Request
from clustersim.apiserver import patching

EVENT = v1.Event(
    metadata=ObjectMeta(name="n1.1", namespace="default", labels={"a": "b"}),
    involved_object=v1.ObjectReference(kind="Node", name="n1"),
    reason="NodeNotReady",
    message="it is not",
    count=1,
    first_timestamp="2017-09-26T07:00:00Z",
    last_timestamp="2017-09-26T07:00:00Z",
)


def patched(body: Any, release: str) -> Any:
    request = Request("patch", "events", "default", "n1.1", body=body, patch_type="merge")
    host: Any = SimpleNamespace(release=release)
    try:
        return patching.patched(request, EVENT, host, RESOURCES["events"])
    except ApiError as error:
        return str(error)


@pytest.mark.parametrize("release", ["v1.7", "v1.36"])
@pytest.mark.parametrize(
    "body",
    [
        {"count": 2, "lastTimestamp": "2017-09-26T09:00:01+02:00"},
        {"count": 0, "message": ""},
        {"type": "", "reason": "Other"},
        {"count": True},
        {"count": "two"},
        {"message": 7},
        {"count": 2, "unheard": "of"},
        {"count": 2, "kind": "Event"},
        {"count": None, "message": "another"},
        {"count": 2, "metadata": {"labels": {"a": None}}},
    ],
)
def test_a_patch_of_an_objects_own_numbers_and_texts_reads_no_more_than_it_names(
    body: dict[str, Any], release: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    quickly = patched(body, release)
    monkeypatch.setattr(patching, "_refilled", lambda *_: None)
    assert quickly == patched(body, release)
