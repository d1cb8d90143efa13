"""A lesson, a scenario or a saved run as one HTML file that plays by itself."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from clustersim.lesson import LessonError, load_lesson
from clustersim.run import Inputs, Run
from clustersim.runfile import RunFileError, read_run, replay_run
from clustersim.scenario import ScenarioError
from clustersim.scenario.loader import load_scenario
from visualizer.lessons.catalogue import NoSuchLesson, offer
from visualizer.recordings.page import packed, page
from visualizer.recordings.played import played
from visualizer.recordings.recorder import NotRecorded, record
from visualizer.recordings.recording import Recording


class Command(BaseCommand):
    help = (
        "Writes a lesson (its id or file), a scenario or a saved run as one HTML file that plays by itself."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", help="id of a lesson, or a file: lesson, scenario (.yaml), run (.json)")
        parser.add_argument("--release", default="", help="of a lesson; its first, if not given")
        parser.add_argument("--language", choices=("en", "zh-hans"), default="en")
        parser.add_argument("--output", type=Path, help="the file; NAME.html, if not given")

    def handle(self, *args: Any, **options: Any) -> None:
        what: str = options["what"]
        output: Path = options["output"] or Path(f"{Path(what).stem}.html")
        try:
            found = _recording(what, options["release"])
            with translation.override(options["language"]):
                text = page(found.title, packed(found), lesson=bool(found.lesson))
            output.write_text(text, "utf-8")
        except NotRecorded as error:
            raise CommandError(str(error.reason)) from None
        except (NoSuchLesson, LessonError, ScenarioError, RunFileError, OSError, ValueError) as error:
            raise CommandError(f"{what}: {error}") from None
        self.stdout.write(f"{output}: {output.stat().st_size // 1024} KiB")


def _recording(what: str, release: str) -> Recording:
    file = Path(what)
    if file.suffix == ".json":
        run, _same = replay_run(read_run(file.read_bytes()))
        return record(run.inputs, run.now)
    if file.suffix == ".yaml" and "format: lesson/" not in file.read_text("utf-8"):
        run = Run(Inputs(load_scenario(file)))
        run.run_until(run.scenario.until)
        return record(run.inputs, run.now)
    lesson = load_lesson(file) if file.suffix == ".yaml" else offer(what).lesson
    if release and release not in lesson.releases:
        raise ValueError(f"the lesson is not for {release}; it names {', '.join(lesson.releases)}")
    found = played(lesson, release or lesson.releases[0])
    return record(found.inputs, found.until, lesson, found.stands)
