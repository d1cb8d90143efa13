"""What a student without a nickname is called: a colour and an animal, in both languages."""

import hashlib
from collections.abc import Collection
from typing import Final

from visualizer.texts import Texts

_COLOURS: Final = (
    ("blue", "蓝色"),
    ("red", "红色"),
    ("green", "绿色"),
    ("golden", "金色"),
    ("silver", "银色"),
    ("violet", "紫色"),
    ("orange", "橙色"),
    ("white", "白色"),
    ("black", "黑色"),
    ("brown", "棕色"),
    ("pink", "粉色"),
    ("grey", "灰色"),
    ("striped", "条纹"),
    ("spotted", "斑点"),
    ("quick", "敏捷的"),
    ("quiet", "安静的"),
    ("merry", "快乐的"),
    ("patient", "耐心的"),
    ("curious", "好奇的"),
    ("brave", "勇敢的"),
)
_ANIMALS: Final = (
    ("otter", "水獭"),
    ("heron", "苍鹭"),
    ("fox", "狐狸"),
    ("owl", "猫头鹰"),
    ("seal", "海豹"),
    ("hare", "野兔"),
    ("crane", "仙鹤"),
    ("badger", "獾"),
    ("lynx", "猞猁"),
    ("dolphin", "海豚"),
    ("beaver", "河狸"),
    ("swan", "天鹅"),
    ("panda", "熊猫"),
    ("tiger", "老虎"),
    ("robin", "知更鸟"),
    ("turtle", "海龟"),
    ("squirrel", "松鼠"),
    ("penguin", "企鹅"),
    ("hedgehog", "刺猬"),
    ("deer", "小鹿"),
    ("koala", "考拉"),
    ("raven", "渡鸦"),
    ("whale", "鲸鱼"),
    ("gecko", "壁虎"),
    ("sparrow", "麻雀"),
)
COUNT: Final = len(_COLOURS) * len(_ANIMALS)


def friendly_name(number: int) -> Texts:
    """The name of this number; beyond the last one they begin again, counted."""
    turn, place = divmod(number, COUNT)
    colour, animal = _COLOURS[place % len(_COLOURS)], _ANIMALS[place // len(_COLOURS)]
    more = f" {turn + 1}" if turn else ""
    return {"en": f"{colour[0]} {animal[0]}{more}", "zh": f"{colour[1]}{animal[1]}{more}"}


def free_number(who: str, taken: Collection[int]) -> int:
    """A number for this cookie that nobody in the room has: always the same one where it is free."""
    number = int.from_bytes(hashlib.blake2b(who.encode(), digest_size=4).digest()) % COUNT
    while number in taken:
        number += 1
    return number
