"""jq, the language (1.7): what people ask of ``kubectl get -o json`` behind a pipe.

`tokens` and `parser` read a program into a `tree`, `evaluation` runs it within a budget of steps, with the
functions of `functions`; `command` is what one types.
"""
