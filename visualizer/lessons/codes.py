"""The code a student keeps, by which answers given before and after a course are paired: two words and a
number.
"""

import hashlib

from visualizer.lessons.friendly_names import COUNT, friendly_name


def code_of(who: str) -> str:
    """This cookie's own code: the same in every room, and it tells nothing of the cookie."""
    digest = hashlib.blake2b(f"code {who}".encode(), digest_size=8).digest()
    words = friendly_name(int.from_bytes(digest[:4]) % COUNT)["en"].replace(" ", "-")
    return f"{words}-{10 + int.from_bytes(digest[4:]) % 990}"


def tidy_code(text: str) -> str:
    """As it was meant, however it was typed."""
    return "-".join(text.lower().replace("-", " ").split())[:40]
