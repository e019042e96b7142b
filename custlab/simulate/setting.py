"""What every step of a simulation needs: the firm, its calendar, its streams of chance."""

from dataclasses import dataclass

import numpy as np

from .calendar import Calendar
from .firm import Firm
from .streams import Streams


@dataclass(frozen=True)
class Setting:
    """The firm, and what one seed makes of it."""

    firm: Firm
    streams: Streams
    calendar: Calendar

    def keys(self, letter, numbers, digits=6):
        """Make keys such as A-O000001 from row numbers (0 becomes 1)."""
        prefix = f"{self.firm.prefix}-{letter}"
        return np.array(
            [f"{prefix}{i + 1:0{digits}d}" for i in np.asarray(numbers).tolist()], dtype=object
        )

    def customer_keys(self, numbers):
        """Make keys such as A-C00001."""
        return self.keys("C", numbers, 5)
