"""Lessons checked and swept, as `python -m clustersim check|sweep` does."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from clustersim.lesson import main_check, main_sweep


class Command(BaseCommand):
    help = "Checks lesson files, or runs them with other seeds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=("check", "sweep"))
        parser.add_argument("files", nargs="*", metavar="FILE")
        parser.add_argument("--all", action="store_true", help="the shipped lessons")
        parser.add_argument("--record", action="store_true", help="write the timelines beside the lessons")

    def handle(
        self,
        *args: Any,
        what: str,
        files: list[str],
        all: bool,
        record: bool,
        **options: Any,  # noqa: A002
    ) -> None:
        argv = ["--record"] if record else []
        argv += ["--all"] if all else files
        if status := (main_check if what == "check" else main_sweep)(argv):
            sys.exit(status)
