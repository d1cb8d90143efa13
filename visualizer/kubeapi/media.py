"""In which form a client takes an answer: JSON or YAML; whole objects, their metadata alone, or a Table
(apiserver pkg/endpoints/handlers/negotiation).
"""

from typing import Final, Literal

import msgspec

from visualizer.kubeapi.responses import WireError

JSON: Final = "application/json"
YAML: Final = "application/yaml"
META: Final = "meta.k8s.io"

Form = Literal["object", "table", "metadata"]

_FORMS: Final[dict[str, Form]] = {
    "Table": "table",
    "PartialObjectMetadata": "metadata",
    "PartialObjectMetadataList": "metadata",
}
_TYPES: Final = {JSON: JSON, "application/*": JSON, "*/*": JSON, YAML: YAML}
NOT_ACCEPTABLE: Final = f"only the following media types are accepted: {JSON}, {YAML}"


class Media(msgspec.Struct, frozen=True):
    """What an answer is written as. type: JSON or YAML; meta_version: of a Table or of metadata."""

    type: str = JSON
    form: Form = "object"
    meta_version: str = f"{META}/v1"


def negotiated(accept: str, *, forms: bool = True) -> Media:
    """The first of a client's media types that can be had; JSON if it names none. forms: whether there are
    others than whole objects. Raises WireError (406)."""
    if not accept.strip():
        return Media()
    clauses = [_parts(clause) for clause in accept.split(",")]
    for type_, parameters in sorted(clauses, key=lambda one: -_weight(one[1])):
        found = _media(type_, parameters, forms=forms)
        if found is not None:
            return found
    raise WireError(406, NOT_ACCEPTABLE)


def _parts(clause: str) -> tuple[str, dict[str, str]]:
    type_, *rest = (part.strip() for part in clause.split(";"))
    return type_.lower(), {
        name.strip(): value.strip() for name, _is, value in (p.partition("=") for p in rest)
    }


def _weight(parameters: dict[str, str]) -> float:
    try:
        return float(parameters.get("q", 1))
    except ValueError:
        return 0.0


def _media(type_: str, parameters: dict[str, str], *, forms: bool) -> Media | None:
    written = _TYPES.get(type_)
    if written is None:
        return None
    if "as" not in parameters:
        return Media(written)
    form, version = _FORMS.get(parameters["as"]), parameters.get("v", "v1")
    if form is None or not forms or parameters.get("g", META) != META or version not in ("v1", "v1beta1"):
        return None
    return Media(written, form, f"{META}/{version}")
