"""Scheduling without a look at every node.

What the cache holds is followed change by change: which nodes changed last (`index.py`), how many pods of a
kind each node has (`spreading.py`), what a node is to pods that ask for the same (`shapes.py`), and which
Services and controllers a pod belongs to (`owners.py`). All of it can be made anew from the cache and is no
part of the process's memory. The choice is that of the plain scheduler, node for node.
"""
