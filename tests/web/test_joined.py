"""A page is there after a few requests: what it is made of is joined, and the browser keeps it."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from tests.web.test_static_files import answer
from visualizer import joined
from visualizer.joined import MODULES, NotJoined, file_of, modules
from visualizer.rooms.models import Room


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the modules of a test lie."""
    monkeypatch.setattr(finders, "find", lambda path: str(tmp_path / path))
    (tmp_path / "a").mkdir()
    return tmp_path / "a"


@pytest.mark.django_db
def test_a_room_asks_for_one_script_and_one_style_sheet(client: Client, room: Room) -> None:
    page = client.get(room.get_absolute_url()).content.decode()
    assert re.findall(r'<link rel="stylesheet" href="([^"]+)"', page) == [file_of("room.css").address]
    assert re.findall(r'<script type="module" src="([^"]+)"', page) == [file_of("room.js").address]


@pytest.mark.parametrize("name", MODULES)
def test_every_page_can_be_joined(name: str) -> None:
    assert file_of(name).body.startswith(b"// room/")


def test_a_module_is_called_once_after_those_it_imports(written: Path) -> None:
    (written / "main.js").write_text(
        'import { one as first } from "./one.js";\nimport * as two from "./two.js";\n'
        'import "./last.js";\nshow(first, two.two);\n'
    )
    (written / "one.js").write_text("export const one = 1;\n")
    (written / "two.js").write_text(
        'import {\n  one,\n} from "./one.js";\nexport async function two() {\n  return one;\n}\n'
    )
    (written / "last.js").write_text("export class Last {}\n")
    assert modules("a/main.js") == (
        "// a/one.js\nconst $a_one = (() => {\nconst one = 1;\nreturn { one };\n})();\n"
        "// a/two.js\nconst $a_two = (() => {\nconst {\n  one,\n} = $a_one;\n"
        "async function two() {\n  return one;\n}\nreturn { two };\n})();\n"
        "// a/last.js\nconst $a_last = (() => {\nclass Last {}\nreturn { Last };\n})();\n"
        "// a/main.js\nconst $a_main = (() => {\nconst { one: first } = $a_one;\nconst two = $a_two;\n\n"
        "show(first, two.two);\nreturn {  };\n})();"
    )


@pytest.mark.parametrize(
    "text",
    [
        'export * from "./a.js";',
        "export default 1;",
        "export let changing = 1;",
        'import whole from "./a.js";',
        "const here = import.meta.url;",
    ],
)
def test_what_cannot_be_joined_is_refused(written: Path, text: str) -> None:
    (written / "a.js").write_text("export const a = 1;\n")
    (written / "main.js").write_text(f"{text}\n")
    with pytest.raises(NotJoined):
        modules("a/main.js")


def test_modules_that_import_each_other_are_refused(written: Path) -> None:
    (written / "main.js").write_text('import { b } from "./b.js";\nexport const a = b;\n')
    (written / "b.js").write_text('import { a } from "./main.js";\nexport const b = a;\n')
    with pytest.raises(NotJoined):
        modules("a/main.js")


async def test_what_is_joined_is_kept_for_ever_and_compressed() -> None:
    file = file_of("room.js")
    status, headers, body = await answer(file.address, accept_encoding="gzip, deflate")
    assert (status, headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
    assert gzip.decompress(body) == file.body
    assert (await answer(file.address))[2] == file.body


async def test_a_page_of_another_release_gets_what_there_is() -> None:
    status, headers, body = await answer(f"{joined.PREFIX}0000/room.css")
    assert (status, headers["cache-control"], body) == (200, "no-cache", file_of("room.css").body)


@pytest.mark.parametrize("path", ["none.js", "0000/../settings.py", "words.fr.js", ""])
@pytest.mark.django_db
async def test_nothing_else_is_joined(path: str) -> None:
    assert (await answer(joined.PREFIX + path))[0] == 404
