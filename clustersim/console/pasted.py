"""What is pasted below a command, read before the command is: reading a long text takes long, and no cluster
is needed for it, so that it can be done elsewhere.
"""

from collections.abc import MutableMapping

from clustersim.console.answer import Said
from clustersim.console.lines import read
from clustersim.yaml_documents import Document, ManifestError, read_documents

LONG = 8 * 1024
"""Characters that are read in a moment; longer texts are better read beforehand."""

Reading = list[Document] | ManifestError
"""The documents of a text, or why it has none."""


def read_beforehand(line: str) -> dict[str, Reading]:
    """The texts below the commands of a line, and what they say."""
    try:
        steps = read(line)
    except Said:
        return {}
    pasted = [stage.pasted for step in steps for stage in step.stages if stage.pasted]
    return {text: _reading(text) for below in pasted for text in (below, without_comments(below))}


def documents_of(text: str, known: MutableMapping[str, Reading]) -> list[Document]:
    """What a text says, which may have been read beforehand. Raises ManifestError."""
    reading = known.pop(text) if text in known else _reading(text)
    if isinstance(reading, ManifestError):
        raise reading
    return reading


def without_comments(text: str) -> str:
    """As kubectl edit reads what an editor saved."""
    return "\n".join(line for line in text.replace("\r\n", "\n").split("\n") if not line.startswith("#"))


def _reading(text: str) -> Reading:
    try:
        return read_documents(text)
    except ManifestError as error:
        return error
