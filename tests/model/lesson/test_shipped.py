from pathlib import Path

import pytest

from clustersim.lesson import check_file, load_lesson, shipped


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_every_shipped_lesson_is_true(path: Path) -> None:
    assert check_file(path).failures == ()


def test_lessons_need_only_lessons_that_are_there() -> None:
    lessons = [load_lesson(path) for path in shipped()]
    known = [lesson.id for lesson in lessons]
    assert len(known) == len(dict.fromkeys(known, True))
    assert [name for lesson in lessons for name in lesson.needs if name not in known] == []
    assert [path.stem.partition("-")[2] for path in shipped()] == known
