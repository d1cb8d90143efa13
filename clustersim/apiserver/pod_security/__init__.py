"""The standards for pods that a namespace's labels ask for, of v1.36."""
