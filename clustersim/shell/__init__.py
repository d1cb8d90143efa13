"""A shell like that of busybox: grammar, arithmetic and built-in programs. Its caller provides all other
programs and the files."""
