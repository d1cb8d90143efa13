"""The Kubernetes wire protocol over a room: what the real kubectl and every other client of the API speak.

It translates and nothing else: the model's API server answers.
"""
