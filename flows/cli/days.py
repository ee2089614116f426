"""A day as people type it: 2024-05-01, or how long ago it was: 90d, 6m, 2y."""

import calendar
import re
from datetime import date, timedelta

import click

_SPAN = re.compile(r"(?P<number>[1-9][0-9]{0,5})(?P<unit>[dwmy])", re.IGNORECASE)
_MONTHS = {"m": 1, "y": 12}
_DAYS = {"d": 1, "w": 7}


def days_ago(span: str, today: date) -> date | None:
    """The day so long before today; a month back from the 31st is the last day of that month. None: no span.

    Raises ValueError where there is no such day: the calendar begins with the year 1.
    """
    match = _SPAN.fullmatch(span.strip())
    if match is None:
        return None
    number, unit = int(match["number"]), match["unit"].lower()
    if unit in _DAYS:
        try:
            return today - timedelta(days=number * _DAYS[unit])
        except OverflowError as error:
            raise ValueError(f"{span} ago is before the year 1") from error
    year, month = divmod(today.year * 12 + today.month - 1 - number * _MONTHS[unit], 12)
    if year < 1:
        raise ValueError(f"{span} ago is before the year 1")
    return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))


class _Day(click.ParamType[date]):
    """A day in UTC."""

    name = "day"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        from flows.mill import utc_now

        if isinstance(value, date):
            return value
        try:
            return days_ago(value, utc_now().date()) or date.fromisoformat(value)
        except ValueError:
            return self.fail(f"{value!r} is neither a day (2024-05-01) nor a span (90d, 12w, 6m, 2y)", param, ctx)


DAY_OR_SPAN = _Day()
