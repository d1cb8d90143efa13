"""Lessons: files that say, ask, do and check, and the engine that plays them on a cluster.

lesson = load_lesson("kubelet-dies.yaml")
run = LessonRun(lesson, Cluster(scenario_of(lesson)))
run.start(0)
run.advance(seconds(20))
"""

from clustersim.lesson.checking.check import check, check_file, shipped
from clustersim.lesson.checking.command_line import main_check, main_sweep, main_words
from clustersim.lesson.file.errors import LessonError
from clustersim.lesson.file.loader import load_lesson, scenario_of
from clustersim.lesson.file.schema import Ask, AskKind, Lesson, Step, Text
from clustersim.lesson.judging import Answer, Judgement, Truth
from clustersim.lesson.play import play, play_step, reach
from clustersim.lesson.progress import Progress
from clustersim.lesson.runner import LessonRun

__all__ = [
    "Answer",
    "Ask",
    "AskKind",
    "Judgement",
    "Lesson",
    "LessonError",
    "LessonRun",
    "Progress",
    "Step",
    "Text",
    "Truth",
    "check",
    "check_file",
    "load_lesson",
    "main_check",
    "main_sweep",
    "main_words",
    "play",
    "play_step",
    "reach",
    "scenario_of",
    "shipped",
]
