"""Every sentence of the model exists in Chinese, with the same placeholders."""

from io import BytesIO
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

import clustersim
from clustersim.i18n import Message, translate

PACKAGE = Path(clustersim.__file__).parent
CATALOGUE = PACKAGE / "locale" / "zh_Hans" / "LC_MESSAGES" / "clustersim.po"


@pytest.fixture(scope="module")
def chinese() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


@pytest.fixture(scope="module")
def marked() -> list[str]:
    found = extract_from_dir(PACKAGE, method_map=[("**.py", "python")], keywords={"_": None})
    return sorted({str(message) for _file, _line, message, _comments, _context in found})


def placeholders(text: str) -> list[str]:
    return sorted(name for _text, name, _spec, _conversion in Formatter().parse(text) if name is not None)


def test_every_sentence_is_translated(chinese: dict[str, str], marked: list[str]) -> None:
    assert [msgid for msgid in marked if not chinese.get(msgid)] == []


def test_no_translation_is_left_over(chinese: dict[str, str], marked: list[str]) -> None:
    assert [msgid for msgid in chinese if msgid not in marked] == []


def test_a_translation_has_the_placeholders_of_its_sentence(chinese: dict[str, str]) -> None:
    assert [msgid for msgid, text in chinese.items() if placeholders(msgid) != placeholders(text)] == []


def test_the_catalogue_can_be_compiled() -> None:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    assert len(read_mo(compiled)) == len(catalogue)


@pytest.mark.parametrize(
    ("pods", "said"), [(0, "0 pods are left."), (1, "1 pod is left."), (2, "2 pods are left.")]
)
def test_a_number_brings_its_word_along(pods: int, said: str) -> None:
    assert translate("{pods:pod is|pods are} left.", pods=pods) == said


def test_without_a_catalogue_a_language_reads_english() -> None:
    assert translate("Node {name} is registered.", "fr", name="n1") == "Node n1 is registered."
    assert Message("never seen {x}", {"x": 1}).text("zh") == "never seen 1"
