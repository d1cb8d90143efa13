"""What stands behind a pipe: grep, wc, head, tail, sort, uniq, cut, tr, sed, awk, column, cat, as far as
people use them on what kubectl prints."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Final

from clustersim.console.answer import Said
from clustersim.console.arguments import Arguments, Flags, parse
from clustersim.console.shell.awk import awk
from clustersim.console.shell.filtered import Filter, Filtered, lines_of, pattern_of
from clustersim.console.shell.sed import sed
from clustersim.digits import is_whole
from clustersim.regex import Regex

# --- grep --------------------------------------------------------------------------------------------------

_GREP: Final = Flags(
    {"e": "regexp", "A": "after", "B": "before", "C": "context", "m": "max-count"},
    {
        "i": "ignore-case",
        "v": "invert-match",
        "c": "count",
        "E": "extended",
        "F": "fixed",
        "w": "word",
        "n": "line-number",
        "o": "only-matching",
        "q": "quiet",
        "x": "whole",
        "ignore-case": "ignore-case",
        "invert-match": "invert-match",
        "count": "count",
        "P": "extended",
        "color": "color",
    },
)


def grep(words: Sequence[str], text: str) -> Filtered:
    """grep [-ivcEFwnoqx] [-A N] [-B N] PATTERN. Raises Said."""
    arguments = parse([word for word in words if not word.startswith("--color")], _GREP)
    pattern, lines = _wanted(arguments), lines_of(text)
    hits = [
        i for i, line in enumerate(lines) if (pattern.search(line) is None) is arguments.has("invert-match")
    ]
    hits = hits[: _number(arguments.value("max-count"), len(hits), "grep")]
    if arguments.has("quiet"):
        return Filtered("", bool(hits))
    if arguments.has("count"):
        return Filtered(str(len(hits)), bool(hits))
    if arguments.has("only-matching"):
        return Filtered("\n".join(part for i in hits for part in _matches(pattern, lines[i])), bool(hits))
    return Filtered("\n".join(_around(arguments, lines, hits)), bool(hits))


def _wanted(arguments: Arguments) -> Regex:
    """What grep looks for. Raises Said."""
    wanted = arguments.value("regexp") or (arguments.words[0] if arguments.words else "")
    if not wanted and not arguments.words:
        raise Said("Usage: grep [OPTION]... PATTERN [FILE]...\nTry 'grep --help' for more information.")
    if len(arguments.words) > (0 if arguments.value("regexp") else 1):
        raise Said(f"grep: {arguments.words[-1]}: No such file or directory")
    if arguments.has("fixed"):
        wanted = "".join("\\" + char if char in "\\.[]*^$+?{}|()" else char for char in wanted)
    wanted = f"\\b({wanted})\\b" if arguments.has("word") else wanted
    wanted = f"^({wanted})$" if arguments.has("whole") else wanted
    extended = any(arguments.has(name) for name in ("extended", "fixed", "word", "whole"))
    return pattern_of(wanted, "grep", extended=extended, ignore_case=arguments.has("ignore-case"))


def _around(arguments: Arguments, lines: Sequence[str], hits: Sequence[int]) -> list[str]:
    """The lines that were found, with those before and after them that are asked for. Raises Said."""
    context = arguments.value("context")
    before = _number(arguments.value("before") or context, 0, "grep")
    after = _number(arguments.value("after") or context, 0, "grep")
    shown: list[str] = []
    last = -1
    chosen = set(hits)
    for hit in hits:
        first = max(hit - before, last + 1)
        if (before or after) and shown and first > last + 1:
            shown.append("--")
        for index in range(first, min(hit + after + 1, len(lines))):
            mark = ":" if index in chosen else "-"
            shown.append(f"{index + 1}{mark}{lines[index]}" if arguments.has("line-number") else lines[index])
            last = index
    return shown


def _matches(pattern: Regex, line: str) -> list[str]:
    found, index = [], 0
    while (match := pattern.search(line, index)) is not None and index <= len(line):
        if match[1] > match[0]:
            found.append(line[match[0] : match[1]])
        index = max(match[1], match[0] + 1)
    return found


_MOST_DIGITS: Final = 9
"""More lines than there ever are: `grep -A 9999999999` asks for all."""


def _number(text: str, default: int, program: str) -> int:
    if not text:
        return default
    if not is_whole(text):
        raise Said(f"{program}: invalid number: '{text}'")
    return int(text[:_MOST_DIGITS])


# --- counting and cutting ----------------------------------------------------------------------------------

_WC: Final = Flags({}, {"l": "lines", "w": "words", "c": "bytes", "m": "bytes", "lines": "lines"})


def wc(words: Sequence[str], text: str) -> Filtered:
    """wc [-lwc]."""
    arguments = parse(words, _WC)
    whole = f"{text}\n" if text and not text.endswith("\n") else text
    counts = {"lines": whole.count("\n"), "words": len(text.split()), "bytes": len(whole.encode())}
    chosen = [str(count) for name, count in counts.items() if arguments.has(name)]
    if chosen:
        return Filtered(" ".join(chosen))
    return Filtered(" ".join(f"{count:7}" for count in counts.values()))


_HEAD: Final = Flags({"n": "lines", "lines": "lines", "c": "bytes"}, {"f": "follow", "q": "quiet"})


def _ends(words: Sequence[str], program: str) -> tuple[str, str]:
    numbers = [word for word in words if word[:1] == "-" and is_whole(word[1:])]
    arguments = parse([word for word in words if word not in numbers], _HEAD)
    count = arguments.value("lines") or (numbers[0][1:] if numbers else "10")
    sign = count[:1] if count[:1] in ("-", "+") else ""
    if not is_whole(count.lstrip("+-")):
        raise Said(f"{program}: invalid number of lines: '{count}'")
    return sign, count.lstrip("+-")[:9]


def head(words: Sequence[str], text: str) -> Filtered:
    """head [-n N]."""
    sign, count = _ends(words, "head")
    lines = lines_of(text)
    return Filtered(
        "\n".join(lines[: max(len(lines) - int(count), 0)] if sign == "-" else lines[: int(count)])
    )


def tail(words: Sequence[str], text: str) -> Filtered:
    """tail [-n [+]N]."""
    sign, count = _ends(words, "tail")
    lines, number = lines_of(text), int(count)
    if sign == "+":
        return Filtered("\n".join(lines[max(number - 1, 0) :]))
    return Filtered("\n".join(lines[len(lines) - min(number, len(lines)) :]))


_CUT: Final = Flags({"d": "delimiter", "f": "fields", "c": "characters"}, {"s": "only-delimited"})


def cut(words: Sequence[str], text: str) -> Filtered:
    """cut -d X -f LIST, or -c LIST."""
    arguments = parse(words, _CUT)
    wanted = arguments.value("fields") or arguments.value("characters")
    if not wanted:
        raise Said("cut: you must specify a list of bytes, characters, or fields")
    delimiter = arguments.value("delimiter", "\t")
    found = []
    for line in lines_of(text):
        if arguments.value("characters"):
            found.append("".join(_chosen(list(line), wanted)))
        elif delimiter not in line:
            found.append(line)
        else:
            found.append(delimiter.join(_chosen(line.split(delimiter), wanted)))
    return Filtered("\n".join(found))


def _chosen(parts: list[str], wanted: str) -> list[str]:
    indexes: list[int] = []
    for one in wanted.split(","):
        low, dash, high = one.partition("-")
        if not (low or high) or not is_whole(low + high):
            raise Said("cut: invalid field value")
        first = int(low or 1)
        last = min(int(high or len(parts)) if dash else first, len(parts))
        indexes += range(first - 1, last)
    return [parts[index] for index in sorted(dict.fromkeys(indexes)) if 0 <= index < len(parts)]


# --- order -------------------------------------------------------------------------------------------------

_SORT: Final = Flags(
    {"k": "key", "t": "separator"},
    {
        "n": "numeric",
        "r": "reverse",
        "u": "unique",
        "h": "numeric",
        "V": "numeric",
        "f": "fold",
        "b": "blanks",
    },
)


def sort(words: Sequence[str], text: str) -> Filtered:
    """sort [-nru] [-k N]."""
    arguments = parse(words, _SORT)
    key = arguments.value("key").split(",")[0]
    reverse, numeric = arguments.has("reverse") or key.endswith("r"), arguments.has("numeric")
    numeric = numeric or "n" in key
    digits = key.rstrip("nrbhV").split(".")[0]
    if key and not is_whole(digits):
        raise Said(f"sort: invalid number at field start: invalid count at start of '{key}'")
    column = int(digits or 0)

    def order(line: str) -> tuple[float, str]:
        parts = line.split(arguments.value("separator") or None)
        field = line if not column else " ".join(parts[column - 1 :])
        return (_leading(field) if numeric else 0.0, field.lower() if arguments.has("fold") else field)

    lines = sorted(lines_of(text), key=order, reverse=reverse)
    return Filtered("\n".join(dict.fromkeys(lines) if arguments.has("unique") else lines))


def _leading(text: str) -> float:
    text = text.strip()
    end = 1 if text[:1] == "-" else 0
    while end < len(text) and (is_whole(text[end]) or text[end] == "."):
        end += 1
    try:
        return float(text[: min(end, 30)])
    except ValueError:
        return 0.0


_UNIQ: Final = Flags({}, {"c": "count", "d": "repeated", "u": "unique", "i": "ignore-case"})


def uniq(words: Sequence[str], text: str) -> Filtered:
    """uniq [-cdu]."""
    arguments = parse(words, _UNIQ)
    groups: list[tuple[str, int]] = []
    for line in lines_of(text):
        if groups and groups[-1][0] == line:
            groups[-1] = (line, groups[-1][1] + 1)
        else:
            groups.append((line, 1))
    if arguments.has("repeated"):
        groups = [group for group in groups if group[1] > 1]
    if arguments.has("unique"):
        groups = [group for group in groups if group[1] == 1]
    return Filtered("\n".join(f"{n:7} {line}" if arguments.has("count") else line for line, n in groups))


# --- rewriting ---------------------------------------------------------------------------------------------

_TR: Final = Flags({}, {"d": "delete", "s": "squeeze"})
_SETS: Final = {
    "a-z": "abcdefghijklmnopqrstuvwxyz",
    "A-Z": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "0-9": "0123456789",
    "[:lower:]": "abcdefghijklmnopqrstuvwxyz",
    "[:upper:]": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "[:space:]": " \t\n",
    "\\n": "\n",
    "\\t": "\t",
}


def tr(words: Sequence[str], text: str) -> Filtered:
    """tr SET SET, tr -d SET, tr -s SET."""
    arguments = parse(words, _TR)
    sets = [_set(word) for word in arguments.words]
    if not sets or (len(sets) < 2 and not arguments.has("delete") and not arguments.has("squeeze")):
        raise Said("tr: missing operand")
    told = f"{text}\n" if text else ""
    if arguments.has("delete"):
        told = "".join(char for char in told if char not in sets[0])
    elif len(sets) > 1 and sets[1]:
        filled = sets[1] + sets[1][-1] * max(0, len(sets[0]) - len(sets[1]))
        told = told.translate({ord(one): other for one, other in zip(sets[0], filled, strict=False)})
    if arguments.has("squeeze"):
        squeezed: list[str] = []
        for char in told:
            if not (squeezed and squeezed[-1] == char and char in sets[-1]):
                squeezed.append(char)
        told = "".join(squeezed)
    return Filtered(told.removesuffix("\n"))


def _set(text: str) -> str:
    for name, chars in _SETS.items():
        text = text.replace(name, chars)
    return text


def column(words: Sequence[str], text: str) -> Filtered:
    """column -t."""
    rows = [line.split() for line in lines_of(text)]
    widths = [max(len(row[i]) for row in rows if len(row) > i) for i in range(max(map(len, rows), default=0))]
    return Filtered(
        "\n".join("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=False)).rstrip() for row in rows)
    )


def base64(words: Sequence[str], text: str) -> Filtered:
    """base64, base64 -d. What is printed here ends with a line, which is no part of what is encoded."""
    if any(word in ("-d", "-D", "--decode") for word in words):
        try:
            plain = b64decode("".join(text.split()), validate=True)
        except ValueError:
            raise Said("base64: invalid input") from None
        return Filtered(plain.decode("utf-8", "replace").removesuffix("\n"))
    encoded = b64encode(text.encode()).decode()
    wide = any(word in ("-w0", "-w=0", "--wrap=0") for word in words) or list(words[:2]) == ["-w", "0"]
    width = max(len(encoded), 1) if wide else 76
    return Filtered("\n".join(encoded[start : start + width] for start in range(0, len(encoded), width)))


def cat(words: Sequence[str], text: str) -> Filtered:
    """cat and the pagers: as it comes."""
    return Filtered(text)


def print_fields(words: Sequence[str], text: str) -> Filtered:
    """awk."""
    return Filtered("\n".join(awk(words, lines_of(text))))


FILTERS: Final[dict[str, Filter]] = {
    "awk": print_fields,
    "base64": base64,
    "cat": cat,
    "column": column,
    "cut": cut,
    "egrep": lambda w, t: grep(["-E", *w], t),
    "fgrep": lambda w, t: grep(["-F", *w], t),
    "grep": grep,
    "head": head,
    "less": cat,
    "more": cat,
    "sed": sed,
    "sort": sort,
    "tail": tail,
    "tr": tr,
    "uniq": uniq,
    "wc": wc,
}
