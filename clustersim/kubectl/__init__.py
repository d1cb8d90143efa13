"""What kubectl of each release prints, word for word: tables, manifests, descriptions, templates."""

from clustersim.kubectl.table import print_table
from clustersim.kubectl.tables import tables

__all__ = ["print_table", "tables"]
