"""Read dates as people and programs write them; day or month first is decided by the column."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache, partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd

from custlab.checks import check_choice
from custlab.errors import InputError
from custlab.i18n import _

from .cells import ReadColumn, as_column, name_of, read_cells

EXCEL_DAY_0 = datetime(1899, 12, 30)
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september",
          "october", "november", "december")  # fmt: skip
ZONE = r"(?P<zone>z|(?:utc|gmt)?\s*[-+]\d{1,2}(?::?\d{2})?|utc|gmt)"
CLOCK = (
    r"(?P<before>上午|凌晨|早上|下午|傍晚|中午|[ap]\.?m\.?)?\s*(?P<hour>\d{1,2})[:时点](?P<minute>\d{2})"
    r"(?:[:分](?P<second>\d{2})秒?(?:[.,](?P<part>\d{1,9}))?|分)?\s*(?P<after>[ap]\.?m\.?)?"
)
MOMENT = re.compile(
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?(?P<day>.+?)"
    rf"(?:(?:\s*[t,]\s*|\s+|(?<=[日号])|(?=[上下凌早中傍]))(?P<clock>{CLOCK})\s*{ZONE}?)?",
    re.ASCII,
)
DAYS = [
    re.compile(form, re.ASCII)
    for form in (
        r"(?P<y>\d{4})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})",
        r"(?P<y>\d{4})\s?年\s?(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?[日号]?",
        r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})"
        r"(?:(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2}))?",
        r"(?P<d>\d{1,2})(?:st|nd|rd|th)?[-./\s]{0,2}(?P<name>[a-z]{3,9})[-.,/\s]{0,2}(?P<y>\d{4}|\d{2})",
        r"(?P<name>[a-z]{3,9})\.?[-\s]?(?P<d>\d{1,2})(?:st|nd|rd|th)?(?:,\s?|\s|-)(?P<y>\d{4})",
    )
]
THREE = re.compile(r"(\d{1,2})([-./])(\d{1,2})\2(\d{4}|\d{2})", re.ASCII)
EXCEL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
SINCE_1970 = re.compile(r"1\d{9}|1\d{12}|(?!19|20)\d{12}", re.ASCII)  # seconds, milliseconds
ASKED = {"dmy": "day_first=True", "mdy": "day_first=False",
         "ymd": 'with four digits for the year: "20" + column'}  # fmt: skip
MORNING = {"am", "上午", "凌晨", "早上"}
AFTERNOON = {"pm", "下午", "傍晚"}
POINTS = {(".", 4): "dmy"}  # 31.05.2024 begins with the day


def parse_mixed_dates(column, day_first=None, time_zone=None):
    """Read dates that were written in many ways.

    Read are 2024-05-31, 2024/5/31, 31.05.2024, 31/05/2024 (or month first), May 31, 2024,
    31-May-2024, 20240531, 2024年5月31日 and Excel's day numbers such as 45443, each alone or with
    a time (10:15, 10:15 AM, 上午10:15) and a zone (Z, +08:00). Whether 05/06/2024 means June or
    May is decided by the whole column, and asked where the column does not decide. Dates with
    points begin with the day, unless the column says otherwise.

    Parameters
    ----------
    column : Series or list
        Text, dates or numbers.
    day_first : bool, optional
        Whether 05/06/2024 means 5 June (True) or 6 May (False); by default what all cells fit.
    time_zone : str, optional
        Where moments with a zone, and seconds or milliseconds since 1970, are told, such as
        "Asia/Shanghai". By default a moment keeps the day and time as written.

    Returns
    -------
    Series of datetime64
        Missing where there is no such date; a warning (`UnreadCells`) says how many cells these
        are, where, and why. `read_dates` gives them as a table. Whether a date is plausible is
        another question (`flag_out_of_range`).

    Raises
    ------
    InputError
        If cells can be read in two ways and the others do not decide, or the zone is not known.

    Examples
    --------
    >>> dates = pd.Series(["2024-05-31", "31.05.2024", "2024年5月31日", "45443", "5/31/2024"])
    >>> parse_mixed_dates(dates).dt.strftime("%Y-%m-%d").unique().tolist()
    ['2024-05-31']
    >>> parse_mixed_dates(["05/06/2024"])
    Traceback (most recent call last):
    custlab.errors.InputError: Column 'without a name': 1 of 1 cells fit more than one reading, ...
    """
    return read_dates(column, day_first, time_zone).warned()


def read_dates(column, day_first=None, time_zone=None) -> ReadColumn:
    """Read dates as `parse_mixed_dates` does, with a table of what could not be read.

    Parameters
    ----------
    column : Series or list
        Text, dates or numbers.
    day_first : bool, optional
        Whether 05/06/2024 means 5 June (True) or 6 May (False); by default what all cells fit.
    time_zone : str, optional
        Where moments with a zone are told.

    Returns
    -------
    ReadColumn
        values, unread (row, text, why) and notes.

    Raises
    ------
    InputError
        As `parse_mixed_dates`.

    Examples
    --------
    >>> read_dates(["2024-05-31", "2024-02-30"]).unread["row"].tolist()
    [1]
    """
    check_choice("day_first", day_first, (None, True, False))
    column, place, zones = as_column(column), _place(time_zone), set()
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        zones.add(str(column.dtype.tz))
        column = (column.dt.tz_convert(place) if place else column).dt.tz_localize(None)
    order = {None: None, True: "dmy", False: "mdy"}[day_first]
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        read = ReadColumn(column, pd.DataFrame(columns=["row", "text", "why"]))
    else:
        readings = partial(_readings, place=place, zones=zones)
        read = read_cells(column, readings, ASKED, order, POINTS)
    values = read.values.astype("datetime64[us]")
    return ReadColumn(values, read.unread, () if place else _zone_notes(name_of(column), zones))


def _place(time_zone):
    try:
        return ZoneInfo(time_zone) if time_zone is not None else None
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        raise InputError(
            _("time_zone {given!r} is not known. Write it as in Asia/Shanghai.").format(
                given=time_zone
            )
        ) from None


def _readings(cell, place, zones):
    """Give the moment of one cell under each order of day and month that it fits."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, date):
        cell = cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
    text = str(cell).lower()
    found = MOMENT.fullmatch(text)
    if EXCEL.fullmatch(text) and not isinstance(cell, bool):
        moment = EXCEL_DAY_0 + timedelta(days=float(text))
        return "", dict.fromkeys(ASKED, (moment + timedelta(seconds=0.5)).replace(microsecond=0))
    if SINCE_1970.fullmatch(text):
        if place is None:
            return _("seconds since 1970: say time_zone"), {}
        seconds = int(text) / (1000 if len(text) > 10 else 1)
        moment = datetime.fromtimestamp(seconds, place).replace(tzinfo=None)
        return "", dict.fromkeys(ASKED, moment)
    clock = _clock(found) if found else None
    if clock is None:
        return _("no such time") if found else "", {}
    way, days = _days(found["day"].strip(" ,"))
    if way is None:
        return _("no such day"), {}
    moments = {order: day + clock for order, day in days.items()}
    if found["zone"]:
        offset = _offset(found["zone"])
        zones.add("UTC" if not offset else "other")
        if place:
            moments = {order: _told(moment, offset, place) for order, moment in moments.items()}
    elif found["clock"]:
        zones.add("none")
    return way, moments


@lru_cache(maxsize=4096)
def _days(text):
    """Give the way in which a day is written (None: no such day), and the day under each order."""
    for form in DAYS:
        found = form.fullmatch(text)
        if found:
            parts = found.groupdict()
            if "name" in parts and not _month(parts["name"]):
                return "", {}
            day = _named_day(parts)
            return ("", dict.fromkeys(ASKED, day)) if day else (None, {})
    found = THREE.fullmatch(text)
    if not found:
        return "", {}
    first, sign, second, last = found.groups()
    orders = {"dmy": (last, second, first), "mdy": (last, first, second)}
    if len(first) == len(last) == 2:
        orders["ymd"] = (first, second, last)
    days = {order: _day(*parts) for order, parts in orders.items()}
    days = {order: day for order, day in days.items() if day}
    return (sign, len(last)) if days else None, days


def _named_day(parts):
    """Give the day whose year, month and day a form names; None where there is no such day."""
    day = _day(parts["y"], parts.get("m") or _month(parts["name"]), parts["d"])
    if day and parts.get("H"):
        with suppress(ValueError):
            return day.replace(hour=int(parts["H"]), minute=int(parts["M"]), second=int(parts["S"]))
        return None
    return day


def _month(name) -> int:
    """Give the number of a month that is named in English; 0 for another word."""
    return next((n for n, full in enumerate(MONTHS, 1) if name in (full, full[:3], full[:4])), 0)


def _day(year, month, day):
    """Give a day, or None; years of two digits lie between 1969 and 2068, as POSIX has it."""
    whole = int(year) if len(year) == 4 else int(year) + (1900 if int(year) > 68 else 2000)
    with suppress(ValueError):
        return datetime(whole, int(month), int(day))
    return None


def _clock(found):
    """Give the time of day as a span; None where there is no such time."""
    if not found["clock"]:
        return timedelta()
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
    half = (found["before"] or found["after"] or "").replace(".", "")
    if (found["before"] and found["after"]) or hour > 23 or minute > 59 or second > 59:
        return None
    if half in MORNING:
        if hour > 12:
            return None
        hour %= 12
    elif half in AFTERNOON:
        hour = hour + 12 if hour < 12 else hour
    elif half == "中午" and hour < 11:
        hour += 12
    part = float(f"0.{found['part'] or 0}")
    return timedelta(hours=hour, minutes=minute, seconds=second + part)


def _offset(zone):
    """Give the minutes that a zone such as z, utc, +08:00 or gmt+8 is ahead of UTC."""
    found = re.search(r"([-+])(\d{1,2}):?(\d{2})?$", zone)
    if not found:
        return 0
    minutes = 60 * int(found[2]) + int(found[3] or 0)
    return minutes if found[1] == "+" else -minutes


def _told(moment, offset, place):
    """Say what the clocks of a place show at a moment."""
    zone = timezone(timedelta(minutes=offset))
    return moment.replace(tzinfo=zone).astimezone(place).replace(tzinfo=None)


def _zone_notes(name, zones) -> tuple:
    """Say so where a day may be another day at the place of the firm."""
    if "UTC" in zones:
        said = _(
            "Column {column!r} tells moments in UTC: near midnight the day may not be yours. Say "
            'where days are counted, for example time_zone="Asia/Shanghai".'
        )
    elif {"none", "other"} <= zones:
        said = _(
            "Column {column!r} holds moments with and without a time zone; all are taken as "
            'written. To tell them in one zone, give it, for example time_zone="Asia/Shanghai".'
        )
    else:
        return ()
    return (said.format(column=name),)
