"""Finds out how the bytes of a text file stand for characters, and turns them into UTF-8.

A byte order mark settles it; strict UTF-8 hardly ever fits by accident. What remains are the old
national code pages, which only statistics can tell apart: those answers are shown as unsure.
No byte is ever replaced by a question mark: a file that does not fit its encoding is refused.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from fitstudio.errors import DataError
from fitstudio.words import say

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_BLOCK_BYTES = 1 << 24
_SAMPLE_BYTES = 1 << 20
NAMES = {
    "utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16", "utf-32": "UTF-32", "cp1252": "Windows-1252", "cp1251": "Windows-1251",
    "gb18030": "GB 18030", "shift_jis": "Shift JIS", "latin-1": "Latin-1", "cp850": "DOS (850)",
    "ascii": "ASCII", "cp1250": "Windows-1250", "big5": "Big5", "euc-kr": "EUC-KR",
}  # fmt: skip


@dataclass(frozen=True)
class EncodingGuess:
    """The encoding, as Python names it, and how it was found."""

    encoding: str
    sentence: str
    sure: bool = True


def find_encoding(data: bytes) -> EncodingGuess:
    """The encoding of a text file.

    Args:
        data: All bytes of the file: one odd byte at the end decides as much as one at the start.
    """
    for mark, encoding, title in _MARKS:
        if data.startswith(mark):
            return EncodingGuess(
                encoding, say("The file starts with the mark of {title}.", title=title)
            )
    wide = _utf16_without_mark(data[:_SAMPLE_BYTES])
    if wide:
        return EncodingGuess(
            wide, say("Every other byte is empty, as in UTF-16 without a mark."), False
        )
    if data.isascii():
        return EncodingGuess("utf-8", say("The file holds plain characters only."))
    if fits(data, "utf-8"):
        return EncodingGuess("utf-8", say("All characters are valid UTF-8."))
    return _code_page(data)


def fits(data: bytes, encoding: str) -> bool:
    """Whether all of the bytes are valid in this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(data), _BLOCK_BYTES):
            decoder.decode(data[start : start + _BLOCK_BYTES])
        decoder.decode(b"", final=True)
    except (UnicodeDecodeError, UnicodeError):
        return False
    return True


def to_utf8(data: bytes, encoding: str, *, file: str) -> bytes:
    """The same text as UTF-8 without a mark.

    Raises:
        DataError: If a byte does not fit the encoding, or no such encoding is known.
    """
    try:
        name = codecs.lookup(encoding).name
    except (LookupError, ValueError) as problem:
        raise DataError(
            say("No encoding is called {encoding}.", encoding=repr(encoding)),
            code="data.encoding-unknown",
            remedy=say("Choose one of the list, such as UTF-8 or Windows-1252."),
        ) from problem
    plain = name in ("utf-8", "ascii") and not data.startswith(codecs.BOM_UTF8)
    if plain and (data.isascii() or fits(data, "utf-8")):
        return data
    try:
        # Decoding says where it fails; the engine of the table reader would not.
        text = data.decode("utf-8-sig" if name == "utf-8" else name)
    except (UnicodeDecodeError, UnicodeError) as problem:
        start = getattr(problem, "start", 0)
        line = data.count(b"\n", 0, start) + 1
        raise DataError(
            say(
                "{file} is not in {names}: byte {start}, in line {line}, does not fit.",
                file=repr(file),
                names=NAMES.get(name, encoding),
                start=start + 1,
                line=line,
            ),
            code="data.encoding",
            remedy=say("Choose another encoding, or let it be found."),
            details=str(problem),
        ) from problem
    return text.encode("utf-8")


def _utf16_without_mark(sample: bytes) -> str | None:
    """Text in western letters has a zero beside each letter; no other text file has zeros."""
    if len(sample) < 4 or sample.count(0) < len(sample) // 4:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 20 * even and odd > len(sample) * 0.3:
        encoding = "utf-16-le"
    elif even > 20 * odd and even > len(sample) * 0.3:
        encoding = "utf-16-be"
    else:
        return None
    return encoding if fits(sample[: len(sample) // 2 * 2], encoding) else None


def _code_page(data: bytes) -> EncodingGuess:
    sample = _around_high_bytes(data)
    if _chinese(sample) and fits(data, "gb18030"):
        return EncodingGuess(
            "gb18030", say("The bytes pair up to common Chinese characters."), False
        )
    if _japanese(sample) and fits(data, "shift_jis"):
        return EncodingGuess("shift_jis", say("The bytes pair up to Japanese characters."), False)
    if _cyrillic(sample) and fits(data, "cp1251"):
        return EncodingGuess("cp1251", say("Whole words stand in Cyrillic letters."), False)
    if fits(data, "cp1252"):
        return EncodingGuess(
            "cp1252",
            say(
                "It is not UTF-8; Windows-1252 is the usual code of western Windows programs. "
                "Look at the special characters in the preview."
            ),
            False,
        )
    return EncodingGuess(
        "latin-1",
        say("It is neither UTF-8 nor Windows-1252. Look at the special characters in the preview."),
        False,
    )


def _around_high_bytes(data: bytes) -> bytes:
    """Where the first characters beyond ASCII stand; they may start late in a long file."""
    first = re.search(rb"[\x80-\xff]", data)
    start = first.start() if first else 0
    # Half a line before, so that pairs are not cut apart.
    return data[max(0, start - 100) : start + _SAMPLE_BYTES]


def _chinese(sample: bytes) -> bool:
    runs = re.findall(rb"[\x80-\xff]+", sample)
    total = sum(map(len, runs))
    # Common characters (GB 2312, first level) and full-width punctuation.
    common = sum(
        len(found)
        for run in runs
        if len(run) % 2 == 0
        for found in re.findall(rb"(?:[\xb0-\xd7][\xa1-\xfe]|[\xa1-\xa3][\xa1-\xfe])+", run)
    )
    return total >= 4 and common >= 0.8 * total


def _japanese(sample: bytes) -> bool:
    kana = len(re.findall(rb"\x82[\x9f-\xf1]|\x83[\x40-\x96]|\x81[\x41-\x5b]", sample))
    kanji = len(re.findall(rb"[\x88-\x9f][\x40-\xfc]", sample))
    high = len(re.findall(rb"[\x80-\xff]", sample))
    return kana + kanji >= 4 and 2 * (kana + kanji) >= 0.9 * high and kana > 0


def _cyrillic(sample: bytes) -> bool:
    runs = re.findall(rb"[\xa8\xb8\xc0-\xff]{3,}", sample)
    high = len(re.findall(rb"[\x80-\xff]", sample))
    small = sum(len(re.findall(rb"[\xe0-\xff]", run)) for run in runs)
    return sum(map(len, runs)) >= 0.7 * high and small >= 0.5 * high
