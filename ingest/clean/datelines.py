"""Lines that are nothing but a date, as blogs print one above each post."""

import re

from ingest.clean.lines import MARKS

_MAX_CHARS = 45
# How the names of months begin, in the languages of the packs.
_STEMS = (
    "jan feb mar apr may jun jul aug sep oct nov dec jän mär mrz mai okt dez janv fév avr juin juil août aou "
    "déc ene abr ago dic gen mag giu lug set ott fev out mrt mei maj maa hel huh tou kes hei elo syy lok tam "
    "jou sty lut kwi cze lip sie wrz paź lis gru led úno bře dub kvě čer srp zář říj pro ian iun iul noi oca "
    "şub nis haz tem ağu eyl eki kas ara ápr máj jún júl sze agu des янв фев мар апр мая май июн июл авг сен "
    "окт ноя дек січ лют бер кві тра чер лип сер вер жов лис гру ιαν φεβ μαρ απρ μαΐ μαι ιου αυγ σεπ οκτ νοε "
    "δεκ ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר יناير فبراير مارس أبريل مايو "
    "يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر ژانویه فوریه آوریل ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر "
    "دسامبر जन फ़र फर मार्च अप्रैल मई जून जुल अगस्त सित अक्टू अक्तू नव दिस tháng "
)
_LETTERS = rf"[^\W\d_](?:[^\W\d_]|[{MARKS}])*"
_MONTH = rf"(?:{'|'.join(sorted(_STEMS.split(), key=len, reverse=True))})(?:[^\W\d_]|[{MARKS}])*\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th|er|º|ª|\.)?"
_YEAR = r"(?:19|20|25)\d{2}"
_TIME = r"(?:[,\s]*(?:\S{1,4}\s)?\d{1,2}[:.h]\d{2}(?:\s?[ap]\.?m\.?)?)?"
_WEEKDAY = rf"(?:\(?{_LETTERS}\)?[,،]?\s)?"
_LINE = re.compile(
    rf"{_WEEKDAY}(?:"
    rf"{_DAY}\s(?:de\s|of\s)?{_MONTH}[,،]?\s(?:de\s|del\s)?{_YEAR}(?:\s?г\.|\s{_LETTERS})?"  # 3 de março de 2014
    rf"|{_MONTH}\s{_DAY},?\s{_YEAR}"  # March 3, 2014
    rf"|{_YEAR}\s?[年년.]\s?\d{{1,2}}\s?[月월.]\s?\d{{1,2}}\s?[日일.]?(?:\s?\S{{1,5}})?"  # 2014年3月3日 星期一
    rf"|{_YEAR}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:{_YEAR}|\d{{2}})"
    rf"){_TIME}",
    re.IGNORECASE,
)


def is_date_line(line: str) -> bool:
    """Whether the line is a date, with its weekday and hour perhaps, and nothing else."""
    return len(line) <= _MAX_CHARS and any(map(str.isdecimal, line)) and _LINE.fullmatch(line.strip()) is not None
