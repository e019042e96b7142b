"""Your own firm's exports as a case: a mapping is proposed, confirmed, kept and used again."""

from .mapping import Mapping, Source, load_mapping, propose
from .opening import OpenedCase, open_own

__all__ = ["Mapping", "OpenedCase", "Source", "load_mapping", "open_own", "propose"]
