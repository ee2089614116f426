"""Dates as people write them on pages: "4 March 2026", "March 4th, 2026", "4. März 2026", "2026-03-04"."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

# January to December, as dates have them (in the genitive where a language does that). Croatian is missing: its October
# is Polish November.
_GREEK = "Ιανουαρίου Φεβρουαρίου Μαρτίου Απριλίου Μαΐου Ιουνίου Ιουλίου Αυγούστου Σεπτεμβρίου Οκτωβρίου"
_MONTHS = (
    "January February March April May June July August September October November December",
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "Jänner Feber März April Mai Juni Juli August September Oktober November Dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "gener febrer març abril maig juny juliol agost setembre octubre novembre desembre",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "januari februari mars april maj juni juli augusti september oktober november december",
    "januar februar mars april mai juni juli august september oktober november desember",
    "januar februar marts april maj juni juli august september oktober november december",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "ledna února března dubna května června července srpna září října listopadu prosince",
    "januára februára marca apríla mája júna júla augusta septembra októbra novembra decembra",
    "január február március április május június július augusztus szeptember október november december",
    "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu marraskuu joulukuu",
    "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "януари февруари март април май юни юли август септември октомври ноември декември",
    "јануара фебруара марта априла маја јуна јула августа септембра октобра новембра децембра",
    f"{_GREEK} Νοεμβρίου Δεκεμβρίου",
    "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
)
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९", "0123456789" * 3)
_SHORTEST = 3
_STEM = 5
_ENDING = 3


def _name_months() -> dict[str, int]:
    """Month numbers by name and by abbreviation of three letters or more; of two months' abbreviation the likelier."""
    counts: dict[str, Counter[int]] = {}
    for names in _MONTHS:
        for number, name in enumerate(names.lower().split(), 1):
            for length in {*range(_SHORTEST, len(name)), len(name)}:
                counts.setdefault(name[:length], Counter())[number] += 1
            counts[name][number] += len(_MONTHS)
    return {start: months.most_common(1)[0][0] for start, months in counts.items()}


_MONTH_OF = _name_months()
_NAME = r"([^\W\d_][^\s\d.,;:/|()–—-]{1,13})\.?"
_DAY = r"(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.|-?го|η|ης)?"
_YEAR = r"((?:19|20)\d{2})(?!\d)"
_WRITTEN = (
    (
        re.compile(rf"(?<!\d){_DAY}\s*(?:de\s+|of\s+|d[’'])?{_NAME},?\s*(?:de\s+|del\s+)?{_YEAR}", re.IGNORECASE),
        (3, 2, 1),
    ),
    (re.compile(rf"(?<![^\W\d_]){_NAME}\s+{_DAY}\s*,?\s*{_YEAR}", re.IGNORECASE), (3, 1, 2)),
    (re.compile(rf"(?<!\d){_DAY}[-/]{_NAME}[-/]{_YEAR}", re.IGNORECASE), (3, 2, 1)),
    (re.compile(rf"(?<!\d){_YEAR}[.,]?\s+{_NAME}\s+{_DAY}(?!\d)", re.IGNORECASE), (1, 2, 3)),
)
_ISO = re.compile(
    r"(?<!\d)((?:19|20)\d{2})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)|((?:19|20)\d{2})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]"
)
_NUMERIC = re.compile(r"(?<![\d./-])(\d{1,2})([./-])(\d{1,2})\2((?:19|20)\d{2}|\d{2})(?![\d/-]|\.\d)")
_MAX_MONTH = 12
_CENTURY = 2000
_SHORT_YEAR = 100


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in a text: the moment (UTC midnight), and where it stands."""

    moment: datetime
    start: int
    end: int


def find_date(text: str, *, is_american: bool = False) -> datetime | None:
    """The first date in a text, as UTC midnight; ``is_american`` reads 04/03/2026 as April 3rd. None without one."""
    found = next(find_dates(text, is_american=is_american), None)
    return found.moment if found else None


def find_dates(text: str, *, is_american: bool = False) -> Iterator[FoundDate]:
    """The dates in a text, in its order: those with a month's name, without any the ISO ones, without any the rest."""
    text = text if text.isascii() else text.translate(_DIGITS)
    for found in (_written(text), _iso(text), _numeric(text, is_american=is_american)):
        dates = sorted(found, key=lambda date: (date.start, -date.end))
        yield from dates
        if dates:
            return


def month_number(name: str) -> int | None:
    """1 to 12 for a month's name or its abbreviation in the languages known here."""
    name = name.lower()
    if name in _MONTH_OF:
        return _MONTH_OF[name]
    stems = (name[:-cut] for cut in range(1, _ENDING + 1) if len(name) - cut >= _STEM)
    return next((_MONTH_OF[stem] for stem in stems if stem in _MONTH_OF), None)


def _written(text: str) -> Iterator[FoundDate]:
    for pattern, (year, month, day) in _WRITTEN:
        for match in pattern.finditer(text):
            number = month_number(match[month])
            moment = _moment(int(match[year]), number, int(match[day])) if number else None
            if moment is not None:
                yield FoundDate(moment, match.start(), match.end())


def _iso(text: str) -> Iterator[FoundDate]:
    for match in _ISO.finditer(text):
        moment = _moment(*(int(part) for part in match.groups() if part))
        if moment is not None:
            yield FoundDate(moment, match.start(), match.end())


def _numeric(text: str, *, is_american: bool) -> Iterator[FoundDate]:
    for match in _NUMERIC.finditer(text):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        year += _CENTURY if year < _SHORT_YEAR else 0
        is_month_first = match[2] != "." and is_american
        is_day_first = first > _MAX_MONTH or (second <= _MAX_MONTH and not is_month_first)
        moment = _moment(year, second, first) if is_day_first else _moment(year, first, second)
        if moment is not None:
            yield FoundDate(moment, match.start(), match.end())


def _moment(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
