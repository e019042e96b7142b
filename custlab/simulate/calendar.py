"""The trade's year: when customers of each kind buy, and how days become dates.

Inside the simulator a day is an integer: 0 is the first day of the observation window.
"""

import numpy as np
import pandas as pd

from .market import MARKET

FUTURE_DAYS = 365


class Calendar:
    """Days of the observation window, the twelve months after it, and how busy each day is.

    Parameters
    ----------
    firm : Firm
        Its first and last day, and the strength of the shopping festivals, 618 and Double 11
        (1 = no effect on household demand).
    """

    def __init__(self, firm):
        self.start = pd.Timestamp(firm.starts_on)
        self.last = self.day(firm.as_of)
        self.end = self.last + FUTURE_DAYS
        dates = pd.date_range(self.start, periods=self.end + 1, freq="D")
        self.month = dates.month.to_numpy()
        self.year = dates.year.to_numpy()
        self.festival = ((self.month == 6) & (dates.day <= 18)) | (
            (self.month == 11) & (dates.day <= 11)
        )
        busy = {
            "household": self._household(dates, firm.promo),
            "enterprise": self._enterprise(dates),
            "government": self._government(dates),
        }
        self._clock = {
            kind: np.concatenate([[0.0], np.cumsum(day / day.mean())]) for kind, day in busy.items()
        }

    def day(self, date):
        """Return the day number of a date."""
        return (pd.Timestamp(date) - self.start).days

    def date(self, days):
        """Return the dates of an array of day numbers."""
        return self.start + pd.to_timedelta(np.asarray(days, dtype="int64"), unit="D")

    def clock(self, kind, days):
        """Return business time (in average days) at the start of each day, for one kind."""
        return self._clock[kind][np.asarray(days, dtype="int64")]

    def day_at(self, kind, clock):
        """Return the day on which business time reaches `clock`."""
        return np.searchsorted(self._clock[kind], clock, side="right") - 1

    def _household(self, dates, promo):
        weekend = np.where(dates.day_of_week >= 5, 1.35, 1.0)
        festival = np.where(self.festival, promo, 1.0)
        return weekend * festival * _around_spring_festival(dates, 1.3, 0.45)

    def _enterprise(self, dates):
        working = np.where(dates.day_of_week >= 5, 0.12, 1.0)
        quarter_end = np.where(np.isin(self.month, (3, 6, 9, 12)), 1.2, 1.0)
        return working * quarter_end * _around_spring_festival(dates, 1.0, 0.08)

    def _government(self, dates):
        working = np.where(dates.day_of_week >= 5, 0.02, 1.0)
        budget = np.select(
            [np.isin(self.month, (11, 12)), np.isin(self.month, (1, 2, 3))], [2.4, 0.5], 1.0
        )
        return working * budget * _around_spring_festival(dates, 1.0, 0.02)


def _around_spring_festival(dates, before, during):
    """Weigh the weeks before the Spring Festival and the days of it."""
    weight = np.ones(len(dates))
    for festival in pd.to_datetime(MARKET["spring_festivals"]):
        offset = (dates - festival).days
        weight[(offset >= -24) & (offset < -4)] = before
        weight[(offset >= -2) & (offset <= 8)] = during
    return weight
