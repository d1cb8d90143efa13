"""What tells the ReplicaSets of a Deployment apart: a hash of their template, in names and labels.

Source: v1.7.5, v1.8.0, v1.36 pkg/controller/controller_utils.go ComputeHash, apimachinery pkg/util/rand.
"""

from typing import Final

import msgspec

from clustersim.api.core_v1 import PodTemplateSpec
from clustersim.controllermanager.deployment.goprint import GoPrinterV17, GoPrinterV18, GoPrinterV136

_OFFSET: Final = 2166136261
_PRIME: Final = 16777619
_SAFE: Final = "bcdfghjklmnpqrstvwxz2456789"


class TemplateHash(msgspec.Struct, frozen=True):
    """How a release hashes templates. safe_names, safe_labels: whether the number is written in letters and
    digits that make no words, in names and in the label."""

    printer: GoPrinterV17
    safe_names: bool
    safe_labels: bool

    def number(self, template: PodTemplateSpec, collisions: int | None = None) -> int:
        """FNV-1a of 32 bits over the template as Go prints it, and how often the name was taken, if ever."""
        found = _OFFSET
        counted = b"" if collisions is None else collisions.to_bytes(8, "little")
        for byte in self.printer.template(template).encode() + counted:
            found = (found ^ byte) * _PRIME & 0xFFFFFFFF
        return found

    def in_name(self, template: PodTemplateSpec, collisions: int | None = None) -> str:
        """The hash as names of ReplicaSets have it."""
        number = str(self.number(template, collisions))
        return safe_encoded(number) if self.safe_names else number

    def in_label(self, template: PodTemplateSpec, collisions: int | None = None) -> str:
        """The hash as the label pod-template-hash has it."""
        number = str(self.number(template, collisions))
        return safe_encoded(number) if self.safe_labels else number


def fnv1(text: bytes) -> int:
    """FNV-1 of 32 bits: as FNV-1a, but it multiplies first."""
    found = _OFFSET
    for byte in text:
        found = (found * _PRIME & 0xFFFFFFFF) ^ byte
    return found


def safe_encoded(text: str) -> str:
    """Letters and digits that make no words (v1.8.0 apimachinery pkg/util/rand SafeEncodeString)."""
    return "".join(_SAFE[ord(letter) % len(_SAFE)] for letter in text)


V1_7: Final = TemplateHash(GoPrinterV17(), safe_names=False, safe_labels=False)
V1_8: Final = TemplateHash(GoPrinterV18(), safe_names=True, safe_labels=False)
V1_36: Final = TemplateHash(GoPrinterV136(), safe_names=True, safe_labels=True)
