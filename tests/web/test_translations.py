"""Whatever a person can read exists in English and Chinese."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
KEYWORDS = dict.fromkeys(("_", "gettext", "gettext_lazy")) | {"ngettext": (1, 2)}
SOURCES = {
    "visualizer": ("visualizer", "*.py", "visualizer/locale django"),
    "the model": ("clustersim", "*.py", "clustersim/locale clustersim"),
    "scripts": ("static", "*.js", "locale djangojs"),
}
CALL = re.compile(r"""\b(?:gettext|counted)\(("(?:[^"\\]|\\.)*")""")
"""In scripts, wherever it stands: extractors do not look into template strings."""
TRANS = re.compile(r"""{%\s*(?:trans|translate)\s+(?:"([^"]+)"|'([^']+)')""")


OTHERWISE = re.compile(r"""\|\w+:_\("([^"]+)"\)""")
"""What is said instead of nothing: {{ name|default:_("nobody") }}."""
BLOCK = re.compile(r"{%\s*blocktrans(?:late)?\b[^%]*%}(.*?){%\s*endblocktrans", re.DOTALL)
VARIABLE = re.compile(r"{{\s*(\w+)\s*}}")


def catalogue(place: str) -> dict[str, str]:
    """Chinese by English."""
    folder, domain = place.split()
    with (ROOT / folder / "zh_Hans" / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        return {
            first_form(message.id): first_form(message.string)
            for message in read_po(file)
            if message.id and message.string
        }


def first_form(text: str | tuple[str, ...] | list[str]) -> str:
    """A sentence that counts has a form for one and one for several; Chinese has the same for both."""
    return text if isinstance(text, str) else text[0]


def sentences(folder: str, pattern: str) -> Iterator[str]:
    for path in sorted((ROOT / folder).rglob(pattern)):
        if path.suffix == ".js":
            yield from map(json.loads, CALL.findall(path.read_text("utf-8")))
            continue
        for _line, message, *_rest in extract_from_file("python", path, KEYWORDS):
            if message:
                yield first_form(message)


@pytest.mark.parametrize("source", SOURCES)
def test_every_sentence_of_the_source_has_a_translation(source: str) -> None:
    folder, pattern, place = SOURCES[source]
    known = catalogue(place)
    assert [text for text in sentences(folder, pattern) if not known.get(text)] == []


def block_sentences(block: str) -> list[str]:
    """The msgid of a block, trimmed as Django does it; of one that counts, its singular."""
    singular = re.split(r"{%\s*plural\s*%}", block)[0]
    return [VARIABLE.sub(r"%(\1)s", " ".join(singular.split()))]


def test_every_sentence_of_the_templates_has_a_translation() -> None:
    known = catalogue("locale django") | catalogue("visualizer/locale django")
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "templates").rglob("*.html"))]
    found = [double or single for text in texts for double, single in TRANS.findall(text)]
    found += [
        sentence for text in texts for block in BLOCK.findall(text) for sentence in block_sentences(block)
    ]
    found += [sentence for text in texts for sentence in OTHERWISE.findall(text)]
    assert [text for text in found if not known.get(text)] == []


@pytest.mark.parametrize(
    "place", ["locale django", "locale djangojs", "visualizer/locale django", "clustersim/locale clustersim"]
)
def test_translations_fill_in_the_same_placeholders(place: str) -> None:
    placeholder = re.compile(r"%\(\w+\)[sd]|{\w+")
    for english, chinese in catalogue(place).items():
        assert sorted(placeholder.findall(english)) == sorted(placeholder.findall(chinese)), english


OWN = [path for path in sorted(ROOT.glob("**/zh_Hans/LC_MESSAGES/*.po")) if ".venv" not in path.parts]


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_every_catalogue_compiles(path: Path) -> None:
    with path.open("rb") as file:
        found = read_po(file, locale="zh_Hans")
    assert [(message.id, errors) for message, errors in found.check()] == []
