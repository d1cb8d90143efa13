"""Lessons on the page: the catalogue, rooms that teach one, polls and answers."""
