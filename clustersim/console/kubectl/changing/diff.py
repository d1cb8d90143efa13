"""`kubectl diff -f`: what is there against what would be there if the manifest were applied, as `diff -u -N`
shows two folders of YAML. Source: v1.36 k8s.io/kubectl pkg/cmd/diff/diff.go.
"""

from collections.abc import Sequence
from difflib import unified_diff
from typing import Any, Final

from clustersim.api.diff import LAST_APPLIED
from clustersim.api.request import Request
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.changing.threeway import applied
from clustersim.console.kubectl.files import Manifest, read_manifests
from clustersim.console.kubectl.made import decoded, joined, with_annotations
from clustersim.console.kubectl.output import plain_of
from clustersim.console.kubectl.selectors import labels_of
from clustersim.engine.calendar import calendar
from clustersim.kubectl.manifest import to_yaml

_LIVE, _MERGED = "/tmp/LIVE-2871543091", "/tmp/MERGED-1960274358"  # noqa: S108 (names in a model)
_MASKED: Final = "***"


def diff(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """What would change; the command fails where something would. Raises Said."""
    arguments = commands.read("diff", words, api.release)
    if arguments.words:
        raise Said(
            f"error: Unexpected args: [{' '.join(arguments.words)}]\nSee 'kubectl diff -h' for help and "
            "examples"
        )
    manifests = read_manifests(api, arguments, stdin)
    api.reach()
    selector = labels_of(api, arguments.value("selector"))
    texts: list[str] = []
    for manifest in manifests.found:
        if selector.matches(manifest.labels):
            texts += _one(api, manifest, arguments)
    texts += manifests.errors
    note = joined(manifests.notes) if manifests.notes else None
    return Answer(text="\n".join(texts), ok=not texts, note=note)


def _one(api: Api, manifest: Manifest, arguments: Arguments) -> list[str]:
    current = api.find(manifest.resource, manifest.namespace, manifest.name)
    before, after = current, current
    if current is None:
        obj = decoded(api, manifest, arguments)
        request: Request | None = manifest.creation(obj)
    else:
        # The annotation of what was applied last stays as it is.
        noted = current.metadata.annotations.get(LAST_APPLIED)
        plain = manifest.plain if noted is None else with_annotations(manifest.plain, {LAST_APPLIED: noted})
        decoded(api, manifest, arguments)
        request = applied(api, manifest, plain, current)
    if request is not None:
        after = api.try_out(request)
    name = _file_name(api, manifest)
    return _unified(api, name, _lines(api, before, after, "before"), _lines(api, after, before, "after"))


def _file_name(api: Api, manifest: Manifest) -> str:
    """ "apps.v1.Deployment.default.web"."""
    kind = api.resources[manifest.resource].kind
    version = manifest.api_version.replace("/", ".")
    return f"{version}.{kind}.{manifest.namespace}.{manifest.name}"


def _lines(api: Api, obj: Any, other: Any, side: str) -> list[str]:
    """The YAML of an object without its managed fields; what a Secret holds is masked."""
    if obj is None:
        return []
    plain = plain_of(api, obj)
    plain["metadata"].pop("managedFields", None)
    if plain["kind"] == "Secret" and isinstance(plain.get("data"), dict):
        others = other.data if other is not None else {}
        plain["data"] = {
            key: _MASKED if others.get(key, value) == value else f"{_MASKED} ({side})"
            for key, value in plain["data"].items()
        }
    return to_yaml(plain).splitlines()


def _unified(api: Api, name: str, live: list[str], merged: list[str]) -> list[str]:
    moment = calendar().moment(api.now)
    stamp = moment.strftime("%Y-%m-%d %H:%M:%S.%f000 +0000")
    lines = list(
        unified_diff(live, merged, f"{_LIVE}/{name}", f"{_MERGED}/{name}", stamp, stamp, lineterm="")
    )
    return [f"diff -u -N {_LIVE}/{name} {_MERGED}/{name}", *lines] if lines else []
