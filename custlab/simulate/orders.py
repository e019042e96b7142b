"""What customers order: products, quantities, prices, discounts, returns."""

import numpy as np
import pandas as pd

from .population import draw_by_segment
from .streams import pick, pick_from

PAYMENTS_AT_HOME = {
    "mobile wallet": 0.68,
    "bank card": 0.18,
    "instalments": 0.10,
    "cash on delivery": 0.04,
}
PAYMENTS_AT_WORK = {"bank transfer": 0.62, "bank card": 0.10, "credit terms": 0.28}


def make_lines(setting, population, orders):
    """Fill orders with lines.

    Parameters
    ----------
    orders : DataFrame
        customer, day; one row per order.

    Returns
    -------
    DataFrame
        One row per order line: order (row number in `orders`), customer, day, product (row
        number in the price list), quantity, unit_price, discount, amount, channel, returned,
        payment.
    """
    firm, rng = setting.firm, setting.streams("order lines")
    count = 1 + rng.poisson(firm.extra_lines, len(orders))
    lines = orders.loc[orders.index.repeat(count)].rename_axis("order").reset_index()
    lines["product"] = _choose_products(rng, setting, population, lines)
    lines = lines.drop_duplicates(["order", "product"], ignore_index=True)
    customer = lines["customer"].to_numpy()
    home = population.home[customer]
    lines["quantity"] = _quantities(rng, firm, population, lines, home)
    lines["unit_price"] = _prices(setting, lines)
    _add_discount(rng, setting.calendar, population, lines, home)
    habit = population.latent["habit"].to_numpy()[customer]
    channel = draw_by_segment(setting.streams("order lines channel"), firm, habit, "channels")
    lines["channel"] = _same_in_an_order(lines, channel)
    rate = firm.products["return_rate"].to_numpy()[lines["product"]]
    prone = population.latent["returns"].to_numpy()[customer]
    lines["returned"] = rng.random(len(lines)) < np.minimum(rate * prone, 0.8)
    at_home = pick_from(rng, PAYMENTS_AT_HOME, len(lines))
    at_work = pick_from(rng, PAYMENTS_AT_WORK, len(lines))
    lines["payment"] = _same_in_an_order(lines, np.where(home, at_home, at_work))
    return lines


def _same_in_an_order(lines, values):
    """Give all lines of an order the value of its first line."""
    return pd.Series(values).where(~lines["order"].duplicated()).ffill()


def _choose_products(rng, setting, population, lines):
    """Choose a product per line: the segment's lines, the season, the purse and the date count."""
    firm, calendar, latent = setting.firm, setting.calendar, population.latent
    products = firm.products
    price = np.log(products["list_price"])
    dear = (price - price.groupby(products["category"]).transform("mean")).to_numpy()
    weight = products["weight"].to_numpy()
    weight_of_line = products.groupby("line")["weight"].transform("sum").to_numpy()
    by_segment = firm.weights("lines", products["line"]) * weight / weight_of_line

    customer, day = lines["customer"].to_numpy(), lines["day"].to_numpy()
    summer = np.isin(calendar.month[day], (5, 6, 7, 8))
    launched = products["launched"].map(calendar.day).to_numpy()
    chance = by_segment[latent["basket"].to_numpy()[customer]]
    chance = chance * np.where(summer[:, None], products["summer"].to_numpy(), 1.0)
    chance = chance * (day[:, None] >= launched)
    for kind in np.unique(population.kind):
        not_sold = np.array([kind not in kinds for kinds in products["kinds"]])
        chance[np.ix_(population.kind[customer] == kind, not_sold)] = 0
    taste = latent["taste"].to_numpy()[customer]
    return pick(rng, chance * np.exp(taste[:, None] * dear * 1.2))


def _quantities(rng, firm, population, lines, home):
    """Draw pieces per line: households take few, organisations buy in bulk."""
    few = 1 + rng.poisson(firm.quantity, len(lines))
    bulk = population.latent["bulk"].to_numpy()[lines["customer"]]
    many = np.round(np.exp(bulk + rng.normal(0.3, 0.6, len(lines))))
    dear = firm.products["list_price"].to_numpy()[lines["product"]] > 4000
    many = np.where(dear, np.round(many * 0.6), many)
    return np.where(home, few, np.clip(many, 1, 400)).astype(int)


def _prices(setting, lines):
    """Compute the list price of the day: smart things get cheaper, others a little dearer."""
    sold = setting.firm.products.iloc[lines["product"]]
    drift = sold["line"].map(setting.firm.price_drift).fillna(0).to_numpy()
    years = setting.calendar.year[lines["day"].to_numpy()] - 2024
    price = sold["list_price"].to_numpy() * (1 + drift) ** years
    return np.where(price >= 300, np.round(price), np.round(price * 2) / 2)


def _add_discount(rng, calendar, population, lines, home):
    """Draw discounts: the customer's habit, the festivals, the size of the line."""
    n = len(lines)
    habit = population.latent["discount"].to_numpy()[lines["customer"]]
    festival = calendar.festival[lines["day"].to_numpy()]
    share = habit * rng.gamma(2.0, 0.5, n) + festival * home * rng.uniform(0.02, 0.12, n)
    share = share + ~home * 0.02 * np.log(lines["quantity"].to_numpy())
    share = np.where(rng.random(n) < 0.22, 0.0, np.clip(share, 0, 0.55))
    gross = lines["quantity"].to_numpy() * lines["unit_price"].to_numpy()
    lines["discount"] = np.round(share * gross, 1)
    lines["amount"] = np.round(gross - lines["discount"], 2)


def line_margin(firm, lines):
    """Return the margin of each line: nothing earned and handling lost where it was returned."""
    cost = firm.products["unit_cost"].to_numpy()[lines["product"]]
    earned = lines["amount"] - lines["quantity"] * cost
    return np.where(lines["returned"], -firm.costs["return_handling"], earned)
