"""From persona to action: what follows for media, content, promotion, product and service."""

from __future__ import annotations

from custlab.i18n import _
from custlab.persona.card_parts import AREAS, Suggestion, Trait
from custlab.persona.persona import Persona
from custlab.persona.phrases import goods_words, origin_words, payment_words, time_words, way_words

# At most this many suggestions of one area.
MOST_OF_AREA = 3


def suggest(persona: Persona) -> tuple[Suggestion, ...]:
    """Suggest what to do for a persona; every suggestion names the trait it follows from.

    Only traits with evidence lead to a suggestion: an assumption is first to be checked.

    Parameters
    ----------
    persona : Persona
        Whom to serve.

    Returns
    -------
    tuple of Suggestion
        In the order media and placement, content, promotion, product, service.

    Examples
    --------
    >>> from custlab.persona.card_parts import Evidence
    >>> found = Evidence("survey", "need_price", "mean", "", 6.1, 4.8, 90, 400, 0.9, 1, 1.6,
    ...                  "strong", cut=4.8)
    >>> trait = Trait("p", "needs", "need", "More important: a low price", found, 0.9)
    >>> suggest(Persona("a", "software", "1", "Maple", traits=(trait,)))[0].because
    ('p',)
    """
    found: dict[str, list[Suggestion]] = {area: [] for area in AREAS}
    for trait in persona.traits:
        if trait.evidence is None:
            continue
        for area, text in _ideas(trait):
            texts = [one.text for one in found[area]]
            if text not in texts and len(texts) < MOST_OF_AREA:
                found[area].append(Suggestion(area, text, (trait.id,)))
    return tuple(one for area in AREAS for one in found[area])


def _ideas(trait: Trait) -> list[tuple[str, str]]:
    """Give (area, text) of what follows from one trait."""
    column, level = trait.evidence.column, trait.evidence.level
    more = trait.evidence.effect > 0
    if column.startswith("need_"):
        return _needs(column.removeprefix("need_"), more)
    if column.startswith("lifestyle_"):
        return _lifestyles(column.removeprefix("lifestyle_"), more)
    if trait.kind == "pain point":
        return _pains(trait)
    if column in ("channel", "timestamp", "acquisition_channel") and more:
        return _places(trait.evidence.table, column, level)
    return _habits(column, level, more)


def _needs(item: str, more: bool) -> list[tuple[str, str]]:
    if not more:
        return _needs_less().get(item, [])
    return {
        "price": [("promotion", _("Show the price and the saving first; test a bundle against "
                                  "a discount.")),
                  ("product", _("Offer a plain model at the lowest price."))],
        "quality": [("content", _("Show tests, warranty and how long the product lasts.")),
                    ("service", _("Offer a longer warranty, or longer support."))],
        "service": [("service", _("Name one contact and an answering time, and keep it.")),
                    ("content", _("Tell what happens after the purchase."))],
        "design": [("content", _("Show the product in the place where it is used.")),
                   ("product", _("Offer a choice of looks."))],
        "innovation": [("product", _("Offer the newest generation first, with a trial.")),
                       ("content", _("Explain what is new, and what it is good for."))],
        "delivery": [("service", _("Promise a delivery slot, and tell the status unasked.")),
                     ("promotion", _("Test free express delivery against a price cut."))],
        "ease": [("product", _("Simplify the first use; test it with such customers.")),
                 ("content", _("Show the first steps in one minute of video."))],
        "security": [("content", _("Put certificates and data protection on the first page.")),
                     ("product", _("Switch safety functions on by default."))],
    }.get(item, [])  # fmt: skip


def _needs_less() -> dict[str, list[tuple[str, str]]]:
    return {
        "price": [("promotion", _("Do not lead with price cuts: they give away margin here."))],
        "innovation": [("content", _("Do not lead with technology: say what it does for them."))],
        "design": [("product", _("Spend less on looks: they matter less here."))],
        "delivery": [("promotion", _("Do not spend on express delivery here."))],
    }


def _lifestyles(item: str, more: bool) -> list[tuple[str, str]]:
    if not more:
        return []
    return {
        "trends": [("content", _("Topics: what is new this season, seen early."))],
        "family": [("content", _("Topics: what makes a day with the family easier."))],
        "thrift": [("content", _("Topics: costs over the whole life, tips for saving.")),
                   ("promotion", _("Reward loyalty with points that add up visibly."))],
        "health": [("content", _("Topics: what is good for health, with sources."))],
        "status": [("content", _("Topics: references and results to be proud of.")),
                   ("promotion", _("Offer early access instead of a lower price."))],
        "technology": [("content", _("Topics: how it works inside; comparisons, beta tests."))],
        "home": [("content", _("Topics: places where people like to live and work."))],
        "work": [("content", _("Topics: short texts that save time at work.")),
                 ("service", _("Offer service outside of working hours."))],
    }.get(item, [])  # fmt: skip


def _pains(trait: Trait) -> list[tuple[str, str]]:
    evidence = trait.evidence
    if evidence.column in ("complains", "action", "ended_on", "end_reason", "loss_reason"):
        text = _("Find out why, case by case, and mend the first cause: “{pain}”.")
        area = "product" if evidence.level in ("reports fault", "missing feature") else "service"
        return [(area, text.format(pain=trait.text))]
    if evidence.column == "returned":
        return [("content", _("Describe size, fit and limits better, to save returns."))]
    text = _("Ask ten of them what disappoints (“{pain}”), then change one thing.")
    area = "product" if evidence.column.endswith(("product", "quality", "design")) else "service"
    return [(area, text.format(pain=trait.text))]


def _places(table: str, column: str, level: str) -> list[tuple[str, str]]:
    if column == "timestamp":
        text = _("Place messages {when}: they are most active then.").format(when=time_words(level))
    elif column == "acquisition_channel":
        text = _("Look for more of them in the same way: they came to us {how}.").format(
            how=origin_words(level)
        )
    elif table == "orders":
        text = _("Make offers {where}: they order there.").format(where=way_words(level))
    else:
        text = _("Speak to them {where}: they are in touch with us there.").format(
            where=way_words(level)
        )
    return [("media and placement", text)]


def _habits(column: str, level: str, more: bool) -> list[tuple[str, str]]:
    sayings = {
        ("discount", True): ("promotion", _("Test smaller discounts: they buy on offer now.")),
        ("discount", False): ("promotion", _("Offer service or early access instead of discounts: "
                                             "they pay nearly the list price.")),
        ("marketing_consent", True): ("media and placement", _("Write to them directly: they "
                                                               "agreed to it.")),
        ("marketing_consent", False): ("media and placement", _("Do not write to those without "
                                                                "consent; use places they visit "
                                                                "themselves.")),
        ("line", True): ("promotion", _("Offer what goes with the {level} range.")),
        ("category", True): ("promotion", _("Offer what goes with {level}.")),
        ("plan", True): ("product", _("Ask users of the {level} plan which function they miss.")),
        ("payment", True): ("service", _("Put their way to pay first: {level}.")),
    }  # fmt: skip
    if column == "action" and more:
        known = {
            "reads reviews": ("content", _("Ask buyers for honest reviews, and answer them.")),
            "compares models": ("content", _("Offer a table that compares models.")),
            "tries demo": ("content", _("Make the demonstration easy to find.")),
            "requests quote": ("service", _("Send quotes within a day.")),
            "negotiates price": ("promotion", _("Set a price list by quantity, and hold to it.")),
            "shares link": ("promotion", _("Reward links that bring a new customer.")),
            "recommends": ("promotion", _("Thank those who recommend us.")),
        }
        return [known[level]] if level in known else []
    if (column, more) not in sayings:
        return []
    area, text = sayings[column, more]
    said = {"category": goods_words, "payment": payment_words}.get(column, str)
    return [(area, text.format(level=said(level)))]
