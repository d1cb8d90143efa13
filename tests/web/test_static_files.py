"""What a browser fetches beside a page: under names that change with their content."""

from pathlib import Path

import pytest
from asgiref.testing import ApplicationCommunicator

from visualizer.asgi import application
from visualizer.static_files import HashedModules


def test_imports_name_the_content_of_what_they_import(tmp_path: Path) -> None:
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "a.js").write_text(
        'import {\n  b,\n} from "./b.js";\nimport "./c.js";\nb("./b.js");\n'
    )
    (tmp_path / "room" / "b.js").write_text("export const b = 1;\n")
    (tmp_path / "room" / "c.js").write_text('export { b } from "./b.js";\n')
    storage = HashedModules(location=str(tmp_path), base_url="/static/")
    names = [f"room/{name}.js" for name in "abc"]
    list(storage.post_process({name: (storage, name) for name in names}))
    hashed = {name: Path(storage.stored_name(name)).name for name in names}
    text = (tmp_path / storage.stored_name("room/a.js")).read_text()
    assert f'from "./{hashed["room/b.js"]}";' in text
    assert f'import "./{hashed["room/c.js"]}";' in text
    assert 'b("./b.js");' in text


MAIN = Path("static/room/main.js").read_bytes()


async def answer(path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of what the whole application answers."""
    named = [(b"host", b"localhost")] + [
        (name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()
    ]
    client = ApplicationCommunicator(
        application, {"type": "http", "method": method, "path": path, "query_string": b"", "headers": named}
    )
    await client.send_input({"type": "http.request"})
    start, body = await client.receive_output(10), await client.receive_output(10)
    return start["status"], {k.decode(): v.decode() for k, v in start["headers"]}, body["body"]


async def test_a_file_is_served_once_and_then_known_to_be_the_same() -> None:
    status, headers, body = await answer("/static/room/main.js")
    assert (status, body) == (200, MAIN)
    assert headers["x-content-type-options"] == "nosniff"
    status, _headers, body = await answer("/static/room/main.js", if_none_match=headers["etag"])
    assert (status, body) == (304, b"")
    status, _headers, body = await answer("/static/room/main.js", method="HEAD")
    assert (status, body) == (200, b"")


@pytest.mark.parametrize(
    "path", ["/static/room/none.js", "/static/../manage.py", "/static/room/../../manage.py"]
)
@pytest.mark.django_db
async def test_nothing_else_is_a_static_file(path: str) -> None:
    status, _headers, _body = await answer(path)
    assert status == 404
