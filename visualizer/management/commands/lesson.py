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

    def handle(self, *args: Any, **options: Any) -> None:
        argv = ["--record"] if options["record"] else []
        argv += ["--all"] if options["all"] else options["files"]
        main = main_check if options["what"] == "check" else main_sweep
        if status := main(argv):
            sys.exit(status)
