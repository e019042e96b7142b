"""What customers order: products, quantities, prices, discounts, returns."""

import numpy as np
import pandas as pd

from .population import draw_by_segment
from .streams import pick


def make_lines(spec, streams, calendar, customers, latent, orders, name="order lines"):
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
    rng = streams(name)
    count = 1 + rng.poisson(spec.extra_lines, len(orders))
    lines = orders.loc[orders.index.repeat(count)].rename_axis("order").reset_index()
    lines["product"] = _choose_products(spec, rng, calendar, customers, latent, lines)
    lines = lines.drop_duplicates(["order", "product"], ignore_index=True)
    customer = lines["customer"].to_numpy()
    home = (customers["kind"] == "household").to_numpy()[customer]
    lines["quantity"] = _quantities(spec, rng, latent, lines, home)
    lines["unit_price"] = _prices(spec, calendar, lines)
    _add_discount(rng, calendar, latent, lines, home)
    channel = draw_by_segment(
        streams(name + " channel"), spec, latent["habit"].to_numpy()[customer], "channels"
    )
    first_of_order = lines.groupby("order").cumcount() == 0
    lines["channel"] = pd.Series(np.where(first_of_order, channel, None)).ffill()
    rate = np.array([p.return_rate for p in spec.products])[lines["product"]]
    prone = latent["returns"].to_numpy()[customer]
    lines["returned"] = rng.random(len(lines)) < np.minimum(rate * prone, 0.8)
    payment = _payments(rng, len(lines), home)
    lines["payment"] = pd.Series(np.where(first_of_order, payment, None)).ffill()
    return lines


def _choose_products(spec, rng, calendar, customers, latent, lines):
    """Choose a product per line: the segment's lines, the season, the purse and the date count."""
    products = spec.products
    price = np.log([p.list_price for p in products])
    category = np.array([p.category for p in products])
    middle = np.array([price[category == c].mean() for c in category])
    weight = np.array([p.weight for p in products])
    by_segment = np.array([[s.lines.get(p.line, 0.0) for p in products] for s in spec.segments])
    line_size = {p.line: sum(q.weight for q in products if q.line == p.line) for p in products}
    by_segment = by_segment * weight / np.array([line_size[p.line] for p in products])

    customer = lines["customer"].to_numpy()
    day = lines["day"].to_numpy()
    kind = customers["kind"].to_numpy()[customer]
    summer = np.isin(calendar.month[day], (5, 6, 7, 8))
    season = np.array([p.summer for p in products])
    launched = np.array([calendar.day(p.launched) for p in products])
    sold_to = {k: np.array([k in p.kinds for p in products]) for k in np.unique(kind)}
    chance = by_segment[latent["basket"].to_numpy()[customer]]
    chance = chance * np.where(summer[:, None], season, 1.0)
    chance = chance * (day[:, None] >= launched)
    chance = chance * np.array([sold_to[k] for k in kind])
    taste = latent["taste"].to_numpy()[customer]
    return pick(rng, chance * np.exp(taste[:, None] * (price - middle) * 1.2))


def _quantities(spec, rng, latent, lines, home):
    """Draw pieces per line: households take few, organisations buy in bulk."""
    few = 1 + rng.poisson(spec.quantity, len(lines))
    bulk = latent["bulk"].to_numpy()[lines["customer"]]
    many = np.round(np.exp(bulk + rng.normal(0.3, 0.6, len(lines))))
    price = np.array([p.list_price for p in spec.products])[lines["product"]]
    many = np.where(price > 4000, np.round(many * 0.6), many)
    return np.where(home, few, np.clip(many, 1, 400)).astype(int)


def _prices(spec, calendar, lines):
    """Compute the list price of the day: smart things get cheaper, others a little dearer."""
    listed = np.array([p.list_price for p in spec.products])[lines["product"]]
    drift = np.array([spec.price_drift.get(p.line, 0.0) for p in spec.products])[lines["product"]]
    years = calendar.year[lines["day"].to_numpy()] - 2024
    price = listed * (1 + drift) ** years
    return np.where(price >= 300, np.round(price), np.round(price * 2) / 2)


def _add_discount(rng, calendar, latent, lines, home):
    """Draw discounts: the customer's habit, the festivals, the size of the line."""
    habit = latent["discount"].to_numpy()[lines["customer"]]
    festival = calendar.festival[lines["day"].to_numpy()]
    share = habit * rng.gamma(2.0, 0.5, len(lines)) + festival * home * rng.uniform(
        0.02, 0.12, len(lines)
    )
    share = share + ~home * 0.02 * np.log(lines["quantity"].to_numpy())
    share = np.where(rng.random(len(lines)) < 0.22, 0.0, np.clip(share, 0, 0.55))
    gross = lines["quantity"].to_numpy() * lines["unit_price"].to_numpy()
    lines["discount"] = np.round(share * gross, 1)
    lines["amount"] = np.round(gross - lines["discount"], 2)


def _payments(rng, n, home):
    """Draw how an order is paid."""
    households = np.array(["mobile wallet", "bank card", "instalments", "cash on delivery"])
    organisations = np.array(["bank transfer", "bank card", "credit terms"])
    at_home = households[pick(rng, np.tile([0.68, 0.18, 0.10, 0.04], (n, 1)))]
    at_work = organisations[pick(rng, np.tile([0.62, 0.10, 0.28], (n, 1)))]
    return np.where(home, at_home, at_work)


def line_margin(spec, lines):
    """Return the margin of each line: nothing earned and handling lost where it was returned."""
    cost = np.array([p.unit_cost for p in spec.products])[lines["product"]]
    earned = lines["amount"] - lines["quantity"] * cost
    return np.where(lines["returned"], -spec.costs["return_handling"], earned)
