"""The language of conditions in lessons: read once, type-checked, never run as code."""
