"""The pages around rooms: a room's own, lists, sharing, comparisons, what is pasted, moments of a run."""
