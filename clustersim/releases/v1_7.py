"""Kubernetes v1.7: commit 17d7182a of 2017-08-31, the release of the source post's own cluster."""

from typing import Final

from clustersim.releases.release import Release

V1_7: Final = Release(
    name="v1.7",
    version="v1.7.5",
    docker_version="1.12.6",
    # apimachinery/pkg/util/rand/rand.go; v1.8 has left out the digits that look like letters
    name_alphabet="bcdfghjklmnpqrstvwxz0123456789",
)
