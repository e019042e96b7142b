"""The headline of a draft: what they do and what they want, said of the lines that are sure.

Every clause stands for one line of the card, whose id is given back with it. A line on weak
evidence makes no headline. Words such as "want" are used where the mean answer is clearly on the
important side of the scale; otherwise the clause compares with others, as the evidence does.
"""

from __future__ import annotations

from custlab.i18n import _
from custlab.persona.card_parts import Trait
from custlab.persona.evidence_rule import SURE
from custlab.persona.facts_of_answers import need_words
from custlab.persona.phrases import goods_words, origin_words, payment_words, time_words, way_words

# "Firms that ..." is said of a segment if at least this share of it are firms.
MOST = 0.8
# On the survey's scale from 1 to 7: from here on something is wanted, not merely wanted more.
WANTED = 5.0
# Habits that tell little of a customer, taken for want of a better one only.
SMALL_TALK = ("payment", "timestamp", "acquisition_channel", "marketing_consent", "customer_since")


def headline(traits: tuple[Trait, ...]) -> tuple[str, tuple[str, ...]]:
    """Sum up what customers do and want.

    Parameters
    ----------
    traits : tuple of Trait
        The lines of the card, the strongest first.

    Returns
    -------
    tuple of str and tuple of str
        One or two sentences, and the ids of the lines that they rest on.
    """
    sure = [trait for trait in traits if trait.strength in SURE]
    subject, who = _subject(sure)
    does, habits = _does(sure)
    wants, reasons = _wants(sure)
    # "They" refers to the sentence before it.
    if does:
        said = _("{subject} {does}.").format(subject=subject, does=does)
        said += " " + _("They {wants}.").format(wants=wants) if wants else ""
    elif wants:
        said = _("{subject} {does}.").format(subject=subject, does=wants)
    else:
        return _("Little sets these customers apart from the others."), ()
    return said, (*who, *habits, *reasons)


def _subject(sure: list[Trait]) -> tuple[str, list[str]]:
    """Say who: by work or by kind of customer, if that holds for nearly all of them."""
    nouns = {
        ("occupation", "student"): _("Students who"),
        ("occupation", "newcomer"): _("Newcomers to working life who"),
        ("occupation", "mid-career"): _("People in the middle of their career who"),
        ("occupation", "self-employed"): _("Self-employed people who"),
        ("kind", "household"): _("Households that"),
        ("kind", "enterprise"): _("Firms that"),
        ("kind", "government"): _("Public bodies that"),
    }
    for trait in sorted(sure, key=lambda one: one.evidence.column != "occupation"):
        noun = nouns.get((trait.evidence.column, trait.evidence.level))
        if noun and trait.evidence.effect > 0 and (trait.share or 0) >= MOST:
            return noun, [trait.id]
    return _("Customers who"), []


def _does(sure: list[Trait]) -> tuple[str, list[str]]:
    """Say the habit that stands out most, and another one of another kind."""
    habits = [
        (clause, trait)
        for trait in sure
        if trait.dimension == "behaviour" and (clause := _habit(trait))
    ]
    habits.sort(key=lambda one: one[1].evidence.column in SMALL_TALK)
    if not habits:
        return "", []
    first, trait = habits[0]
    for second, other in habits[1:]:
        same_verb = first.split()[0] == second.split()[0]
        if _topic(other) not in ("", _topic(trait)) and not same_verb:
            said = _("{first} and {second}").format(first=first, second=second)
            return said, [trait.id, other.id]
    return first, [trait.id]


def _topic(trait: Trait) -> str:
    """Name the kind of a habit: what they buy, where, or how much; "" for small talk."""
    column = trait.evidence.column
    if column in SMALL_TALK:
        return ""
    return {"line": "what", "category": "what", "plan": "what", "channel": "where"}.get(
        column, "how much"
    )


def _habit(trait: Trait) -> str:
    """Say one habit as the rest of a sentence after "customers who"; "" if it makes none."""
    column, level = trait.evidence.column, trait.evidence.level
    if trait.evidence.effect > 0:
        ways = {
            ("orders", "channel"): (_("order mostly {how}"), way_words),
            ("orders", "payment"): (_("pay mostly {how}"), payment_words),
            ("products", "line"): (_("buy from the {how} range"), str),
            ("products", "category"): (_("buy {how}"), goods_words),
            ("subscriptions", "plan"): (_("use the {how} plan"), str),
            ("interactions", "timestamp"): (_("are most active {how}"), time_words),
            ("customers", "acquisition_channel"): (_("came to us {how}"), origin_words),
        }
        template, words = ways.get((trait.evidence.table, column), ("", str))
        if template:
            return template.format(how=words(level))
    return _compared().get((column, level), ("", ""))[trait.evidence.effect < 0]


def _compared() -> dict[tuple[str, str], tuple[str, str]]:
    """Give the clause for more and for less, by column and level."""
    return {
        ("amount", "amount of an order"): (
            _("spend more than others on an order"), _("spend less than others on an order")),
        ("order_id", "orders in all"): (
            _("order more often than others"), _("order less often than others")),
        ("order_id", "orders in the last 12 months"): (
            _("order more often than others"), _("order less often than others")),
        ("order_date", "days since the last order"): (
            _("have not ordered for longer than others"),
            _("have ordered more recently than others")),
        ("discount", "discount on the list price"): (
            _("buy at higher discounts than others"),
            _("pay closer to the list price than others")),
        ("wallet_share", ""): (
            _("buy more of what they need from us"), _("buy more of what they need elsewhere")),
        ("seats", ""): (
            _("book more seats than others"), _("book fewer seats than others")),
        ("closed_on", "days from offer to decision"): (
            _("take longer than others to decide"), _("decide faster than others")),
        ("customer_since", ""): (
            _("have been with us for longer than others"), _("are newer to us than others")),
    }  # fmt: skip


def _wants(sure: list[Trait]) -> tuple[str, list[str]]:
    """Say what they want, or how they think, and what they care less about."""
    needs = [trait for trait in sure if trait.evidence.column.startswith("need_")]
    more = [trait for trait in needs if trait.evidence.effect > 0]
    less = [trait for trait in needs if trait.evidence.effect < 0][:1]
    clauses, ids = [], []
    if more:
        clear = [trait for trait in more if trait.evidence.value >= WANTED][:2]
        chosen = clear or more[:1]
        template = _("want {needs}") if clear else _("care more than others about {needs}")
        clauses.append(template.format(needs=_both(chosen)))
        ids += [trait.id for trait in chosen]
    else:
        clause, why = _thinks(sure)
        clauses += [clause] if clause else []
        ids += why
    if less:
        need = need_words(less=True).get(_item(less[0]), _item(less[0]))
        alone = _("care less than others about {need}").format(need=need)
        clauses.append(_("care less about {need}").format(need=need) if clauses else alone)
        ids.append(less[0].id)
    if not clauses:
        return _hurts(sure)
    if len(clauses) == 2:
        return _("{first}, and {second}").format(first=clauses[0], second=clauses[1]), ids
    return clauses[0], ids


def _both(needs: list[Trait]) -> str:
    """Name one need, or two."""
    said = [_need(trait) for trait in needs]
    if len(said) == 1:
        return said[0]
    # "safety and security" has an "and" of its own.
    double = any(_item(trait) == "security" for trait in needs)
    text = _("{first} as well as {second}") if double else _("{first} and {second}")
    return text.format(first=said[0], second=said[1])


def _need(trait: Trait) -> str:
    return need_words().get(_item(trait), _item(trait))


def _item(trait: Trait) -> str:
    return trait.evidence.column.removeprefix("need_")


def _thinks(sure: list[Trait]) -> tuple[str, list[str]]:
    """Say with what they agree more than others."""
    clauses = {
        "trends": _("follow trends"),
        "family": _("put family first"),
        "thrift": _("save where they can"),
        "health": _("look after their health"),
        "status": _("like to show what they have achieved"),
        "technology": _("enjoy new technology"),
        "home": _("like to make their place nice"),
        "work": _("give most of their time to work"),
    }
    for trait in sure:
        clause = clauses.get(trait.evidence.column.removeprefix("lifestyle_"))
        positive = trait.evidence.effect > 0 and trait.dimension == "psychology"
        if clause and positive and trait.evidence.value >= WANTED:
            return clause, [trait.id]
    return "", []


def _hurts(sure: list[Trait]) -> tuple[str, list[str]]:
    """Say what most of them have met with, where nothing is known of what they want."""
    for trait in sure:
        if trait.kind == "pain point" and trait.evidence.statistic == "share":
            return trait.evidence.words, [trait.id]
    return "", []
