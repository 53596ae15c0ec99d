"""A text as the rules read it: its sentences, its words and its times; every search is linear in the text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

# Each alternative is plain words or a bounded gap: nothing here can be made to backtrack by a hostile text.
_WORD: Final = re.compile(r"[^\W_]+(?:['.:/-][^\W_]+)*")
_PLAIN: Final = re.compile(r"(?<![\w.:/-])[a-z']+(?![\w:/-])")
_SYLLABLE: Final = re.compile(r"[aeiouy]+(?!\b)|[aiouy]+|(?<=[lr])e\b")
GRADED_WORDS_MIN: Final = 25
_URL: Final = re.compile(r"https?://[^\s<>()\[\]]+")
_MARKS: Final = re.compile(rf"{_URL.pattern}|\*\*|[`<>]|\\(?=[^\w\s])")
ZONE: Final = (
    r"(?:UTC|GMT|Z|[MOW]ES?Z|[CEW]E?S?T|[AECMP][SD]T|BST|IST|JST|KST|MSK|SAST|AEST|AEDT|NZST|NZDT|HKT|SGT)"
    r"(?:[+-]\d{1,2}(?::?\d\d)?)?(?![^\W_])"
)
_TIME: Final = re.compile(
    r"(?<![\d:./-])(?P<hour>2[0-3]|[01]?\d)(?!\d)(?:[:h](?P<minute>[0-5]\d)(?::[0-5]\d)?)?\s?(?P<half>[ap]\.?m\b\.?|\([ap]m\))?"
    r"(?:\s?Uhr\b)?(?P<zone>\s?\(?" + ZONE + r")?",
    re.IGNORECASE,
)
_ISO: Final = re.compile(r"(?<!\d)\d{4}-[01]\d-[0-3]\d(?:[T ][0-2]\d:[0-5]\d(?::[0-5]\d)?(?:\.\d+)?(?:\s?(?:Z|UTC))?)?")
_BARE_TIME: Final = re.compile(r"(?<![\d:./-])[0-2]\d[0-5]\d\s?(?:UTC|GMT)\b")
MONTH: Final = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)"
)
_MONTHS_ABROAD: Final = (
    r"(?:Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember"
    r"|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
    r"|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)"
)
# A dot ends a sentence, unless it stands within a name or, as in German, between a day and its month.
_SENTENCE: Final = re.compile(
    rf"[^.!?\n]+(?:(?:[.!?](?=\S)|(?<=\d)\.(?=\s(?:{MONTH}|{_MONTHS_ABROAD})\b))[^.!?\n]*)*[.!?]*"
)
_DAY_MONTH: Final = re.compile(
    rf"\b(?:[0-3]?\d(?:st|nd|rd|th|er|\.)?\s(?:of\s|de\s)?(?:{MONTH}|{_MONTHS_ABROAD})"
    rf"|{MONTH}\.?\s[0-3]?\d(?:st|nd|rd|th)?)\b(?!:)"
)
_YEAR: Final = re.compile(r"\b20\d\d\b")
_DURATION: Final = re.compile(
    r"\b\d+(?:[.,]\d+)?[\s-]?(?:s|sec(?:ond)?s?|m|min(?:ute)?s?|h|hours?|hrs?|days?)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock time found in a text: minutes after midnight as written, and its zone, if it has one."""

    start: int
    end: int
    minutes: int
    zone: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One text, read once: ``text`` without its marks and addresses, which are blanked so that places stay the same."""

    raw: str
    text: str

    @classmethod
    def of(cls, raw: str) -> Self:
        """Read a text."""
        return cls(raw, _MARKS.sub(_blank, raw.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")))

    def sentences(self) -> Iterator[tuple[int, int]]:
        """Where each sentence begins and ends. A line is a sentence, full stop or not; a dot in a name ends none."""
        for match in _SENTENCE.finditer(self.text):
            yield match.span()

    def words(self) -> list[str]:
        """Every word in small letters; a host name, a time or an address is one word."""
        return [word.lower() for word in _WORD.findall(_URL.sub(" link ", self.raw))]

    def grade(self) -> float:
        """Years of school that it takes to read it with ease (Kincaid et al. 1975); 0 for too few words to tell."""
        lower = self.text.lower()
        words = _PLAIN.findall(lower)
        sentences = sum(_PLAIN.search(lower, *span) is not None for span in self.sentences())
        if len(words) < GRADED_WORDS_MIN or not sentences:
            return 0.0
        syllables = sum(max(1, len(_SYLLABLE.findall(word))) for word in words)
        return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59

    def has_link(self) -> bool:
        """Whether it points anywhere."""
        return _URL.search(self.raw) is not None

    def has_time(self) -> bool:
        """Whether any moment or duration is told in numbers."""
        searches = (_ISO.search, _BARE_TIME.search, _DAY_MONTH.search, _DURATION.search)
        return any(search(self.text) for search in searches) or next(clocks(self.text), None) is not None

    def has_absolute_time(self) -> bool:
        """Whether any moment is told that a reader of tomorrow would still understand."""
        searches = (_ISO.search, _BARE_TIME.search, _DAY_MONTH.search)
        return any(search(self.text) for search in searches) or next(clocks(self.text), None) is not None

    def yearless_days(self) -> Iterator[tuple[int, int]]:
        """Days and months told without a year, in a text that names no year at all."""
        if not _YEAR.search(self.text):
            for match in _DAY_MONTH.finditer(self.text):
                yield match.span()


def clocks(words: str) -> Iterator[Clock]:
    """Every time of day in some words: it has minutes, or says am or pm."""
    for match in _TIME.finditer(words):
        if match["minute"] or match["half"]:
            yield Clock(*match.span(), _minutes(match), (match["zone"] or "").strip(" ("))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _minutes(match: re.Match[str]) -> int:
    hour = int(match["hour"])
    half = (match["half"] or "").strip("(").lower()
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    return hour * 60 + int(match["minute"] or 0)
