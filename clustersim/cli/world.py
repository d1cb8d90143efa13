"""The command `world`."""

import argparse
import sys

from clustersim.scenario.export import to_yaml
from clustersim.scenario.loader import default_scenario


def print_world(options: argparse.Namespace) -> None:
    """Print the default scenario of a release."""
    sys.stdout.write(to_yaml(default_scenario(options.release)))
