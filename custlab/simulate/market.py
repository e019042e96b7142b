"""What all the firms meet, from ``market.toml``: towns, people, actions, the trade's year."""

import tomllib
from pathlib import Path

import pandas as pd

MARKET = tomllib.loads(Path(__file__).with_name("market.toml").read_text(encoding="utf-8"))
TOWNS = pd.DataFrame(MARKET["towns"])
MEMBERS = pd.DataFrame(MARKET["members"])
CONTACTS = pd.DataFrame(MARKET["contacts"])
ACTIONS = pd.DataFrame(MARKET["actions"])
CORE_ROLES = ("decider", "user", "influencer", "buyer")
ROLES = (*CORE_ROLES, "gatekeeper", "initiator")
