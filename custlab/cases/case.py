"""The `Case`: tables of one firm with what is needed to read them."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import pandas as pd

from custlab.errors import InputError
from custlab.i18n import _

HOMES_OF_TABLES = {"deals": "software", "subscriptions": "software"}


def _what_for() -> dict:
    """Say of each table what cannot be told without it, and what to record."""
    return {
        "people": _("Buying units cannot be told: record the contacts of each customer."),
        "interactions": _(
            "Roles cannot be read: record who did what, when, and in which channel."
        ),
        "orders": _("Nothing can be said of behaviour: export the orders with customer and day."),
        "products": _("Product lines and margins cannot be told: export the price list."),
        "survey": _("Needs and lifestyles cannot be told: ask a sample of your customers."),
        "campaign": _("Responses cannot be told: keep who was contacted, who was held back at "
                      "random, and who then ordered."),
        "costs": _("Contributions cannot be told: write down what serving a customer costs."),
        "deals": _("The sales pipeline cannot be told: export the deals of the CRM."),
        "subscriptions": _("Contracts cannot be told: export when each began and ended."),
    }  # fmt: skip


class Tables(Mapping):
    """Tables by name; each is read when it is first asked for.

    Parameters
    ----------
    makers : dict
        Name of a table -> function without arguments that returns its DataFrame.
    """

    def __init__(self, makers):
        self._makers = dict(makers)
        self._read = {}

    def __getitem__(self, name):
        if name not in self._read:
            self._read[name] = self._makers[name]()
        return self._read[name]

    def __iter__(self):
        return iter(self._makers)

    def __len__(self):
        return len(self._makers)

    def __repr__(self):
        return _("Tables: {names}").format(names=", ".join(self))


class Case:
    """The data of one firm, the same table names and keys whatever the firm.

    Each table is an attribute (``case.orders``) and an entry of ``case.tables``.

    Parameters
    ----------
    package : dict
        The case's Data Package description (datapackage.json).
    makers : dict
        Name of a table -> function that returns its DataFrame.
    sizes : dict, optional
        Number of rows by table, where known without reading it.

    Attributes
    ----------
    name, title, description, currency : str
    as_of : Timestamp
        Last day of the observation window.
    period : tuple of Timestamp
        First and last day of the observation window.
    brands : tuple of str
        Brands rated in the survey, ours first.
    simulated : bool
        Whether the data come from the simulator.
    tables : Tables
        The tables by name, read on first access.
    """

    def __init__(self, package, makers=None, sizes=None):
        if not isinstance(package, Mapping) or "custlab" not in package or makers is None:
            raise InputError(
                _(
                    "A case is opened with load_case(...), or made of your own tables with "
                    "custlab.own_case(orders, ...), not with Case(...)."
                )
            )
        facts = package["custlab"]
        start, end = (pd.Timestamp(day) for day in facts["period"])
        values = {
            "name": facts["case"],
            "title": package["title"],
            "description": package["description"],
            "currency": facts["currency"],
            "as_of": pd.Timestamp(facts["as_of"]),
            "period": (start, end),
            "brands": tuple(facts["brands"]),
            "simulated": bool(facts["simulated"]),
            "package": package,
            "tables": Tables(makers),
            "_sizes": dict(sizes or {}),
        }
        self.__dict__.update(values)

    def __setattr__(self, name, value=None):
        raise InputError(
            _(
                "A case is not changed in place. Work on a copy, for example: "
                "{name} = case.{name}.copy()"
            ).format(name=name)
        )

    __delattr__ = __setattr__

    def __getattr__(self, name):
        tables = self.__dict__.get("tables", {})
        if name in tables:
            return tables[name]
        if "package" in self.__dict__ and not self.simulated and name in _what_for():
            raise InputError(
                _("Your firm's data has no table {table}. {remedy}").format(
                    table=name, remedy=_what_for()[name]
                )
            )
        if name in HOMES_OF_TABLES:
            raise InputError(
                _(
                    "The case '{case}' has no table '{table}'. It is part of: {homes}. Load it "
                    'with load_case("{homes}").'
                ).format(case=self.name, table=name, homes=HOMES_OF_TABLES[name])
            )
        raise AttributeError(
            _("A case has no '{name}'. Its tables are: {tables}.").format(
                name=name, tables=", ".join(tables)
            )
        )

    def __dir__(self):
        return [*super().__dir__(), *self.tables]

    @property
    def dictionary(self):
        """Data dictionary: one row per column of every table."""
        from .dictionary import make_dictionary

        return make_dictionary(self.package)

    @property
    def overview(self):
        """One row per table: rows, columns, what it holds."""
        rows = [
            (r["name"], self._size(r["name"]), len(r["schema"]["fields"]), r["description"])
            for r in self.package["resources"]
        ]
        return pd.DataFrame(rows, columns=["table", "rows", "columns", "what it holds"])

    def _size(self, table):
        return self._sizes.get(table) or len(self.tables[table])

    def _headline(self):
        simulated = _("simulated data") if self.simulated else _("own data")
        return _("{title} ({kind}, {start} to {end}, amounts in {currency})").format(
            title=self.title,
            kind=simulated,
            start=self.period[0].date(),
            end=self.period[1].date(),
            currency=self.currency,
        )

    def __repr__(self):
        said = "" if self.simulated else f"{self.description}\n"
        return f"{self._headline()}\n{said}{self.overview.to_string(index=False)}"

    def _repr_html_(self):
        from .show import table_html

        table = table_html(self.overview)
        return (
            f"<p><strong>{escape(self._headline())}</strong><br>{escape(self.description)}</p>"
            f"{table}"
        )

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        makers = {name: table.copy for name, table in self.tables.items()}
        return Case(self.package, makers, self._sizes)

    def __reduce__(self):
        frames = dict(self.tables)
        return _rebuild, (self.package, frames, self._sizes)


def _rebuild(package, frames, sizes):
    """Rebuild a case from a pickle."""
    return Case(package, {name: (lambda f=f: f) for name, f in frames.items()}, sizes)
