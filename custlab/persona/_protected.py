"""Attributes that a persona must not carry without evidence, and the words that give them away.

The list follows what the law protects most widely (sex, age, origin, family status, health,
belief: for example articles 9 and 21 of the EU Charter's and GDPR's lists, and article 28 of
China's Personal Information Protection Law) and adds income and education, on which marketing
stereotypes feed. A list of words finds the plain cases only: reading the card is still needed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from custlab.i18n import _


@dataclass(frozen=True)
class Attribute:
    """A protected attribute.

    Parameters
    ----------
    name : str
        Its key.
    columns : tuple of str
        Columns of a case that hold it.
    words : str
        Regular expression of words that speak of it.
    """

    name: str
    columns: tuple[str, ...]
    words: str

    def found_in(self, text: str) -> str:
        """Give the first word of the text that speaks of the attribute, or ""."""
        match = re.search(self.words, str(text), re.IGNORECASE)
        return match.group(0) if match else ""


def _either(english: str, chinese: str = "") -> str:
    return rf"\b(?:{english})\b" + (f"|{chinese}" if chinese else "")


PROTECTED = (
    Attribute("gender", ("gender",), _either(
        "wom[ae]n|m[ae]n|females?|males?|girls?|boys?|lad(?:y|ies)|gentlem[ae]n|mum(?:my)?s?|moms?|"
        "mothers?|dads?|fathers?|wi(?:fe|ves)|husbands?|housewi(?:fe|ves)|s?he|hers?|his|him",
        "女|男|妈妈|爸爸|妻子|丈夫|主妇")),
    Attribute("age", ("age",), _either(
        r"young(?:er|sters?)?|older|elderly|aged|old(?!-fashioned)|teen(?:s|ager)?s?|seniors|"
        r"pensioners?|millennials?|gen(?:eration)? [xyz]|boomers?|years[ -]olds?|"
        r"in (?:her|his|their) (?:twenties|thirties|forties|fifties|sixties)",
        "年轻|老年|老人|岁|中年|青年")),
    Attribute("income", ("income_band",), _either(
        "rich|poor|wealthy|affluent|well[ -]off|low[ -]income|high[ -]income|incomes?|salary|"
        "salaries|earns?|earners?", "收入|富裕|有钱|贫穷|贫困|工资")),
    Attribute("education", ("education",), _either(
        "graduates?|degrees?|educated|uneducated|education|academics?|bachelor|diploma|"
        "vocational", "学历|本科|大学生|硕士|文盲")),
    Attribute("origin", ("region", "province", "city", "city_tier"), _either(
        "rural|village|villagers?|migrants?|immigrants?|foreign(?:ers?)?|ethnic(?:ity)?|"
        "minorit(?:y|ies)|race|native|northern(?:ers?)?|southern(?:ers?)?|small[ -]town|"
        "provincials?|city tier|tier \\d", "农村|乡下|民族|外地|本地人|东北人|南方人|北方人")),
    Attribute("household", ("household_size", "life_stage"), _either(
        "married|divorced|widowed|singles?|bachelors?|parents?|famil(?:y|ies)|child(?:ren)?|kids?|"
        "pregnan(?:t|cy)|empty nest|households?|couples?",
        "已婚|未婚|单身|离婚|家庭|孩子|父母|怀孕")),
    Attribute("health", (), _either(
        "ill|sick|disease|disabled|disabilit(?:y|ies)|diabet(?:es|ic)|depress(?:ed|ion)|"
        "allerg(?:y|ic)|overweight|blind|deaf", "病|残疾|抑郁|过敏|肥胖")),
    Attribute("belief", (), _either(
        "religio(?:n|us)|muslims?|christians?|buddhists?|hindus?|jew(?:s|ish)?|atheists?|"
        "political|party members?|gay|lesbian|homosexual",
        "宗教|信教|佛教|穆斯林|基督|党员|同性恋")),
)  # fmt: skip


def attribute_word(name: str) -> str:
    """Name a protected attribute in the learner's language.

    >>> attribute_word("origin")
    'region or origin'
    """
    words = {
        "gender": _("gender"),
        "age": _("age"),
        "income": _("income"),
        "education": _("education"),
        "origin": _("region or origin"),
        "household": _("household or life stage"),
        "health": _("health"),
        "belief": _("belief or orientation"),
    }
    return words.get(name, name)
