"""Verbs of kubectl that change what is there: apply, edit, patch, label, set, scale, rollout, delete."""
