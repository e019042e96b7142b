"""Facts on what customers say: from the table ``survey``, each customer's latest answers."""

from __future__ import annotations

from custlab.i18n import _
from custlab.persona.fact import Fact, Window


def from_survey(window: Window):
    """List the facts of the survey; unknown for customers who did not answer.

    Parameters
    ----------
    window : Window
        The case as known on a day.

    Yields
    ------
    tuple of (Fact, Series)
    """
    survey = window.table("survey")
    if survey is None:
        return
    survey = survey.sort_values("survey_date", kind="stable")
    survey = survey.drop_duplicates("customer", keep="last")
    survey = survey.set_index("customer")
    described = window.case.dictionary
    described = dict(
        zip(described["table"] + "." + described["column"], described["description"], strict=True)
    )
    ours = f"rate_{window.case.brands[0]}_" if window.case.brands else "rate_?_"
    for column in survey.columns:
        fact = _fact(column, str(described.get(f"survey.{column}", column)), ours)
        if fact is not None:
            values = survey[column]
            yield fact, 100 * values if column == "wallet_share" else values


def _fact(column: str, description: str, ours: str) -> Fact | None:
    """Turn a column of the survey into a fact, or None if it is no trait of a persona."""
    group, _sign, item = column.partition("_")
    if group == "need":
        return _need(column, item, description)
    if group == "lifestyle":
        return _lifestyle(column, description)
    if column.startswith(ours):
        return _rating(column, column.removeprefix(ours))
    if group == "sat" or column == "satisfaction":
        return _satisfaction(column, item)
    if column == "recommend":
        return Fact("survey", column, "", "needs", _("would recommend us (0 to 10)"),
                    _("More likely than others to recommend us"),
                    _("Less likely than others to recommend us"), "expectation", "pain point",
                    statistic="mean")  # fmt: skip
    if column == "wallet_share":
        return Fact("survey", column, "", "behaviour", _("share of their spending that is ours"),
                    _("Buy more of what they need from us: {value} % of their spending"),
                    _("Buy more of what they need elsewhere: {value} % of their spending is ours"),
                    statistic="mean",
                    unit="%")  # fmt: skip
    return None


def _need(column: str, item: str, description: str) -> Fact:
    wanted = need_words().get(item)
    if wanted is None:
        wanted = description.removesuffix(" 1 not at all - 7 very").strip("? ")
    return Fact(
        "survey", column, "", "needs", _("importance of {need} (1 to 7)").format(need=wanted),
        _("Care more about {need}").format(need=wanted),
        _("Care less about {need}").format(need=need_words(less=True).get(item, wanted)),
        "need", "need", statistic="mean",
    )  # fmt: skip


def need_words(less: bool = False) -> dict[str, str]:
    """Name what the items of the survey's battery of needs ask for.

    Parameters
    ----------
    less : bool
        In the words of "care less about ...".

    Returns
    -------
    dict of str to str
        Words by item.
    """
    if less:
        return {
            "price": _("the price"),
            "quality": _("lasting quality"),
            "service": _("service"),
            "design": _("design"),
            "innovation": _("new technology"),
            "delivery": _("quick delivery"),
            "ease": _("ease of use"),
            "security": _("safety and security"),
        }
    return {
        "price": _("a low price"),
        "quality": _("quality that lasts"),
        "service": _("good service"),
        "design": _("good design"),
        "innovation": _("the newest technology"),
        "delivery": _("quick delivery"),
        "ease": _("ease of use"),
        "security": _("safety and security"),
    }


def _lifestyle(column: str, description: str) -> Fact:
    # The dictionary writes: "I follow trends": 1 not me at all - 7 very much me
    said = description.split('":')[0].strip('"') if '":' in description else description
    return Fact(
        "survey", column, "", "psychology", _("agree with “{said}” (1 to 7)").format(said=said),
        _("More likely to say “{said}”").format(said=said),
        _("Less likely to say “{said}”").format(said=said), statistic="mean",
    )  # fmt: skip


def _rating(column: str, attribute: str) -> Fact:
    return Fact(
        "survey", column, "", "needs",
        _("rate our {attribute} (1 to 7)").format(attribute=attribute),
        _("Think better of our {attribute} than others do").format(attribute=attribute),
        _("Think less of our {attribute} than others do").format(attribute=attribute),
        "expectation", "pain point", statistic="mean",
    )  # fmt: skip


def _satisfaction(column: str, item: str) -> Fact:
    subject = {
        "product": _("our product"),
        "delivery": _("our delivery"),
        "service": _("our service"),
        "price": _("our price"),
        "": _("us"),
    }.get(item, item)
    return Fact(
        "survey", column, "", "needs",
        _("satisfied with {subject} (1 to 5)").format(subject=subject),
        _("More satisfied than others with {subject}").format(subject=subject),
        _("Less satisfied than others with {subject}").format(subject=subject),
        "expectation", "pain point", statistic="mean",
    )  # fmt: skip
