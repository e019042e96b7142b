"""The trade's year: when customers of each kind buy, and how days become dates.

Inside the simulator a day is an integer: 0 is the first day of the observation window.
"""

import numpy as np
import pandas as pd

AS_OF = pd.Timestamp("2024-12-31")
FUTURE_DAYS = 365

SPRING_FESTIVAL = pd.to_datetime(
    [
        "2018-02-16", "2019-02-05", "2020-01-25", "2021-02-12", "2022-02-01",
        "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17",
    ]
)  # fmt: skip


class Calendar:
    """Days of the observation window, the twelve months after it, and how busy each day is.

    Parameters
    ----------
    starts_on : str
        First day of the window, as "2019-01-01".
    promo : float
        Strength of the shopping festivals, 618 and Double 11 (1 = no effect on household demand).
    """

    def __init__(self, starts_on, promo):
        self.start = pd.Timestamp(starts_on)
        self.last = (AS_OF - self.start).days
        self.end = self.last + FUTURE_DAYS
        self.dates = pd.date_range(self.start, periods=self.end + 1, freq="D")
        self.month = self.dates.month.to_numpy()
        self.year = self.dates.year.to_numpy()
        self.festival = self._festival()
        self._busy = {
            "household": self._household(promo),
            "enterprise": self._enterprise(),
            "government": self._government(),
        }
        self._clock = {
            kind: np.concatenate([[0.0], np.cumsum(busy / busy.mean())])
            for kind, busy in self._busy.items()
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

    def _festival(self):
        """Mark the days of 618 and Double 11."""
        day = self.dates.day.to_numpy()
        return ((self.month == 6) & (day <= 18)) | ((self.month == 11) & (day <= 11))

    def _around_spring_festival(self, before, during):
        days = self.dates.to_numpy()[:, None]
        offset = (days - SPRING_FESTIVAL.to_numpy()[None, :]) / np.timedelta64(1, "D")
        weight = np.ones(len(self.dates))
        weight[((offset >= -24) & (offset < -4)).any(axis=1)] = before
        weight[((offset >= -2) & (offset <= 8)).any(axis=1)] = during
        return weight

    def _household(self, promo):
        weekend = np.where(self.dates.day_of_week >= 5, 1.35, 1.0)
        festival = np.where(self.festival, promo, 1.0)
        return weekend * festival * self._around_spring_festival(1.3, 0.45)

    def _enterprise(self):
        working = np.where(self.dates.day_of_week >= 5, 0.12, 1.0)
        quarter_end = np.where(np.isin(self.month, (3, 6, 9, 12)), 1.2, 1.0)
        return working * quarter_end * self._around_spring_festival(1.0, 0.08)

    def _government(self):
        working = np.where(self.dates.day_of_week >= 5, 0.02, 1.0)
        budget = np.select(
            [np.isin(self.month, (11, 12)), np.isin(self.month, (1, 2, 3))], [2.4, 0.5], 1.0
        )
        return working * budget * self._around_spring_festival(1.0, 0.02)
