"""What -l and --field-selector say: "app=web,tier in (a,b),!old" and "status.phase!=Running".

Sources: apimachinery pkg/labels/selector.go, pkg/fields/selector.go.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from clustersim.api.api_resource import Resource
from clustersim.api.selectors import (
    matches_fields,
    parse_field_selector,
    parse_label_selector,
    selects,
    unselectable,
)
from clustersim.apiserver.label_words import why
from clustersim.console.answer import Said

if TYPE_CHECKING:
    from clustersim.console.api import Api

LONGEST: Final = 2000


class LabelSelector:
    """A label selector. Raises ValueError."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise ValueError("the selector is too long")
        self._selector = parse_label_selector(text)
        self._chooses = bool(text.strip())

    def __bool__(self) -> bool:
        return self._chooses

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Every term holds."""
        return selects(self._selector, labels)


def labels_of(api: "Api", text: str, resource: str = "", fields: str = "") -> LabelSelector:
    """The selector behind -l; resource: what is asked for by it, with a field selector: since v1.9 the API
    server judges it. Raises Said."""
    try:
        return LabelSelector(text)
    except ValueError as error:
        told = why(error, api.release)
    if not api.today:
        raise Said(f'error: the provided selector "{text}" is not valid: {told}')
    if not resource:
        raise Said(f"error: {told}")
    raise Said(_unfit(resource, api.api_version(resource), text, fields, told))


class FieldSelector:
    """A field selector."""

    def __init__(self, text: str) -> None:
        self._text = text[:LONGEST].strip()
        self._terms: dict[str, str] = {}
        self._strange = ""
        try:
            self._terms = parse_field_selector(self._text)
        except ValueError as error:
            self._strange = str(error)

    def __bool__(self) -> bool:
        return bool(self._terms)

    def check(self, resource: Resource, api_version: str, labels: str = "") -> None:
        """Raises Said for what the server refuses. labels: what else is asked for by."""
        if told := self.why(resource, api_version):
            raise Said(_unfit(resource.word, api_version, labels, self._text, told))

    def why(self, resource: Resource, api_version: str) -> str:
        """Why a server refuses it: it is none, or this resource is not indexed by a field; empty if not."""
        told = (unselectable(resource, path, api_version) for path in self._terms)
        return self._strange or next(filter(None, told), "")

    def matches(self, obj: Any) -> bool:
        """Every term holds."""
        return matches_fields(self._terms, obj)


def _unfit(resource: str, api_version: str, labels: str, fields: str, told: str) -> str:
    """A list that the API server would not give (cli-runtime pkg/resource EnhanceListError)."""
    group, _slash, version = api_version.rpartition("/")
    return (
        f'Error from server (BadRequest): Unable to find "{group}/{version}, Resource={resource}" that match '
        f'label selector "{labels}", field selector "{fields}": {told}'
    )
