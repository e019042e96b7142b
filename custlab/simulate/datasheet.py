"""The datasheet of a case, after the questions of Gebru et al. (2021), CACM 64(12)."""

from .schema import resources

TEMPLATE = """# Datasheet: {title}

**Simulated.** Every row of this data set was drawn by a program. No real firm, brand or person is
in it, and nothing in it says anything about a real market. The firm {firm} and the brands
{rivals} are invented; a likeness to a real name is chance.
Provinces and cities are real, the customers in them are not.

## Motivation

- *What is it for?* For teaching how to find out who customers are: roles in a purchase, types,
  segments, personas, value. {description}
- *Why simulated?* So that there is a truth to compare an analysis with, so that nobody's privacy
  is touched, and so that anybody may copy and change it.
- *Who made it?* The authors of CustLab, with the package `custlab.simulate`.

## Composition

Observed from {start} to {end}; amounts in yuan (CNY), local time. It holds the customers
who were registered within this time: sales of the first year are low because the panel starts
empty.

| table | rows | what a row is |
|---|---:|---|
{tables}

- *Columns:* types, units, allowed values and meanings of all columns stand in `datapackage.json`,
  and as `case.dictionary` in a notebook.
- *Is anything missing on purpose?* Yes, and not at random. Income is withheld more often by the
  poor and the well-off, education by older people, satisfaction and wallet share by displeased
  ones; nobody rates a brand unknown to them; young people and organisations answer the survey
  less often, and who has not ordered yet says nothing on satisfaction. Half of the ages of
  contacts in organisations are unknown. Some people leave no trace at all in the interactions.
- *Are there errors?* Not in these tables. The folder `dirty/` holds an export of a part of the
  customers and orders with planted defects of 16 kinds, and `defects.csv`, the list of them.
{crm}- *Is anything confidential or offensive?* No. The names in sample exports are invented.

## What was planted

The structure is described here so that a teacher can judge what an analysis ought to find. Which
customer or person belongs where stands in no file; `custlab.simulate.truth("{name}")` gives it
from the generator.

- *Roles.* In every buying unit somebody decides, somebody uses and somebody buys; others
  influence, screen, or state the need first. People may play two roles. A title pulls towards a
  role but does not fix it. Actions fit the roles a person plays, with noise: some actions belong
  to another role, and some orders are placed by whoever was at hand. Somebody alone in the unit
  plays all of the core roles and counts as decider.
- *Segments.* Four to six segments differ in place, age, income and life stage or industry, in needs
  and lifestyle, in what, where and how often they buy, and in how they react to campaigns. On each
  basis some customers are untypical of their segment.
- *Purchases.* {purchases} Busy seasons: before the Spring Festival, 618 (1-18 June), Double 11
  (1-11 November), summer for what cools; firms buy at the end of quarters, public bodies when
  the budget closes.
- *Value.* Very uneven: the best fifth of the customers bring about seven tenths of the sales.
  Some customers who buy much cost more than they bring, by discounts, returns and service.
- *Satisfaction.* Driven by the experience of a customer, lowered by returns and complaints, and
  itself a driver of staying or leaving. The four aspects weigh differently.
- *Campaigns.* Who is contacted is drawn at random among those who gave consent and could be
  reached; a control group is not contacted. `responded` means an order within the window. The
  effect depends on the segment and on the approach, and is not positive everywhere.
- *Future.* The twelve months after {end} are simulated too; they are part of the truth only.

## How it was made

`python -m custlab.simulate` writes all files anew, byte for byte, with the package versions of
`requirements.lock`. Seed {seed}, {n} customers; each table has its own stream of random numbers.
One of forty seeds was chosen, whose campaign samples lie near the planted effects, so that small
groups do not teach the opposite by chance: do not use these samples to judge how often an estimate
goes wrong; `make_case("{name}", seed=...)` gives others.

## Uses

- *Good for:* learning and testing methods; comparing a result with the truth; exercises.
- *How hard is it?* K-means on the scaled answers of the survey finds the segments in part (adjusted
  Rand index about 0.5 to 0.75 when the number is right); a plain decision tree on customers, orders
  and survey names the segment of about three customers in four; a simple rule on actions names the
  main role of about three people in four, of more where there are many traces.
- *Not for:* conclusions about real customers, brands, cities or prices; benchmarks of methods;
  training a model for use on people.
- *Limits:* one country, one language, prices without inflation in costs, no competition between
  customers, no word of mouth, no fraud; people do not change their segment; needs are stated as
  they are, apart from a habit of agreeing.

## Distribution and maintenance

Licence CC0 1.0: no rights reserved. A change of the generator that changes a file is written into
the changelog of the course. Errors: open an issue in the course's repository.
"""

PURCHASES = {
    "appliances": (
        "Customers order at rates of their own and may stop after any order (the story of the "
        "BG/NBD model); households return after years, firms and public bodies order in bulk."
    ),
    "ecommerce": (
        "Customers order at rates of their own and may stop after any order (the story of the "
        "BG/NBD model); many order often, many only once."
    ),
    "software": (
        "A customer holds a subscription, paid by the quarter or the year, and leaves at a renewal "
        "with a probability of their own: the likely leavers go first, so the retention of a "
        "cohort rises with its age. Add-ons and services are bought beside it."
    ),
}
CRM_NOTE = """- *What else?* The folder `crm/` holds sample exports of a part of the accounts under
  the column names of Zoho CRM and Fxiaoke, with invented names, telephone numbers and example.com
  addresses.
"""


def make_datasheet(spec, tables):
    """Write the datasheet of a case as Markdown.

    Parameters
    ----------
    tables : dict of DataFrame
        The shipped tables, for their sizes.
    """
    rows = [
        f"| {r['name']} | {len(tables[r['name']]):,} | {r['description']} |"
        for r in resources(spec)
    ]
    return TEMPLATE.format(
        title=spec.title,
        firm=spec.firm,
        rivals=", ".join(brand.capitalize() for brand in spec.brands[1:]),
        description=spec.description,
        start=spec.starts_on,
        end="2024-12-31",
        tables="\n".join(rows),
        crm=CRM_NOTE if spec.name == "software" else "",
        name=spec.name,
        purchases=PURCHASES[spec.name],
        seed=spec.seed,
        n=f"{spec.n_customers:,}",
    )
