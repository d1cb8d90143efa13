"""The Django project: everything a person touches."""
