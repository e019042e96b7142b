"""The first page: the map of lessons, the cases side by side, the machine, a first explorer."""

from __future__ import annotations

import html

from custlab.cases import CASE_NAMES
from custlab.i18n import _


def lesson_map():
    """Show the lessons that exist, read from the syllabus.

    Returns
    -------
    IPython.display.Markdown
        A table: lesson (a link), what it helps to decide, minutes, graded exercise.

    Examples
    --------
    >>> "00-start-here.ipynb" in lesson_map().data
    True
    """
    lessons = _lessons()
    rows = [[_("Lesson"), _("What it helps to decide"), _("Minutes"), _("Graded exercise")]]
    rows += [_lesson_row(lesson) for lesson in lessons]
    minutes = sum(lesson["minutes"] for lesson in lessons)
    exercises = sum(lesson.get("exercise", {}).get("minutes", 0) for lesson in lessons)
    total = _("In all {lessons:.1f} hours of lessons and {exercises:.1f} hours of exercises.")
    return _table(
        rows, f"{total.format(lessons=minutes / 60, exercises=exercises / 60)} {_gaps(lessons)}"
    )


def _gaps(lessons):
    """Say which numbers are skipped, so that nobody looks for lessons that do not exist."""
    numbers = {int(lesson["id"][:2]) for lesson in lessons}
    free = [f"{n:02}" for n in range(min(numbers), max(numbers)) if n not in numbers]
    if not free:
        return ""
    return _("There is no lesson {numbers}: simply go on with the next row.").format(
        numbers=", ".join(free)
    )


def _lessons():
    import yaml

    from custlab.files import course_root

    path = course_root() / "course" / "syllabus.yml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))["lessons"]


def _lesson_row(lesson):
    name, exercise = lesson["id"], lesson.get("exercise")
    graded = "–"
    if exercise:
        words = _("{points} points, {minutes} minutes").format(**exercise)
        graded = f"[{words}](../exercises/{name}/{name}.ipynb)"
    title = f"[{name[:2]} {lesson['title']}]({name}.ipynb)"
    return [title, lesson["question"], str(lesson["minutes"]), graded]


def _table(rows, text=""):
    """Show rows of text as a table: the first row is the head."""
    from IPython.display import Markdown

    lines = ["| " + " | ".join(cells) + " |" for cells in rows]
    lines.insert(1, "|" + " --- |" * len(rows[0]))
    return Markdown("\n".join([*lines, "", text]))


def compare_cases():
    """Show the three cases side by side, counted from their data.

    Returns
    -------
    IPython.display.Markdown
        A table with a column for each case.

    Examples
    --------
    >>> "load_case" in compare_cases().data
    True
    """
    from custlab import load_case

    suits = {
        "appliances": _(
            "a mixed room; families, dealers and public bodies; everyone has bought one"
        ),
        "ecommerce": _("marketing and retail; many orders, quick feedback, membership"),
        "software": _("sales teams and business customers; deals, contacts, subscriptions"),
    }
    columns = [_facts(load_case(name), suits[name]) for name in CASE_NAMES]
    rows = [[name, *(column[name] for column in columns)] for name in columns[0]]
    return _table(rows)


def _facts(case, suits):
    """Count what a trainer wants to know before choosing a case."""
    orders, kinds = case.orders, case.customers["kind"].value_counts(normalize=True)
    amounts = orders.groupby("order_id")["amount"].sum()
    again = orders.groupby("customer_id")["order_id"].nunique() > 1
    extra = sorted(set(case.tables) - {"customers", "people", "interactions", "orders", "products"})
    return {
        "": f'`load_case("{case.name}")`',
        _("sells"): ", ".join(map(str, case.products["line"].unique())),
        _("buyers"): ", ".join(f"{kind} {share:.0%}" for kind, share in kinds.items()),
        _("customers"): f"{len(case.customers):,}",
        _("people"): f"{len(case.people):,}",
        _("orders"): f"{len(amounts):,}",
        _("half of the orders are above"): f"{amounts.median():,.0f} {case.currency}",
        _("ordered more than once"): f"{again.mean():.0%}",
        _("data from"): f"{case.period[0].year}–{case.period[1].year}",
        _("besides sales"): ", ".join(extra),
        _("suits"): suits,
    }


def check_machine():
    """Show what ``custlab check`` finds on this machine: OK, FAIL with the remedy, or NOTE.

    Returns
    -------
    IPython.display.HTML
        One line a need.

    Examples
    --------
    >>> "Python" in check_machine().data
    True
    """
    from IPython.display import HTML

    from custlab.cli.check import run_checks

    lines = [_line(need) for need in run_checks()]
    return HTML(f"<pre style='line-height:1.6;white-space:pre-wrap'>{''.join(lines)}</pre>")


def _line(need):
    remedy = "" if need.ok else f" → {need.remedy}"
    text = html.escape(f"{need.status:<5}{need.name}: {need.found}{remedy}")
    return f"<strong>{text}</strong>\n" if need.status == "FAIL" else f"{text}\n"


def concentration_explorer(case):
    """Explore how unevenly sales are spread over customers.

    Parameters
    ----------
    case : Case
        A case.

    Returns
    -------
    ipywidgets.VBox
        The explorer.

    Examples
    --------
    >>> from custlab import load_case
    >>> "of all sales" in concentration_explorer(load_case("appliances")).children[-1].value
    True
    """
    import ipywidgets as widgets

    from custlab.explorers.frame import explorer, slider
    from custlab.plots.start import concentration

    sales = sales_by_customer(case)
    everybody = _("all customers")
    kinds = [kind for kind in sales["kind"].cat.categories if (sales["kind"] == kind).sum() > 1]

    def draw(kind, best):
        amounts = sales["amount"] if kind == everybody else sales["amount"][sales["kind"] == kind]
        share = amounts.iloc[: round(len(amounts) * best / 100)].sum() / amounts.sum() * 100
        text = _(
            "The best {best} % of these {n:,} customers bring <strong>{share:.0f} % of all sales"
            "</strong>. The average customer spent {mean:,.0f} {currency}; half of "
            "them spent less than {middle:,.0f} {currency}."
        ).format(
            best=best,
            n=len(amounts),
            share=share,
            mean=amounts.mean(),
            middle=amounts.median(),
            currency=case.currency,
        )
        return concentration(amounts, best, _("Who brings the sales?")), text

    return explorer(
        draw,
        _("who brings the sales?"),
        _("Move the slider with the mouse, or click on it and use the arrow keys."),
        kind=widgets.Dropdown(options=[everybody, *kinds], description=_("Customers")),
        best=slider(_("The best … % of them"), 50, 1, 100),
    )


def sales_by_customer(case):
    """Add up what each customer has ordered, the best customer first.

    Parameters
    ----------
    case : Case
        A case.

    Returns
    -------
    pandas.DataFrame
        amount (CNY) and kind, on the customer's id; customers without an order are left out.

    Examples
    --------
    >>> from custlab import load_case
    >>> bool(sales_by_customer(load_case("software"))["amount"].is_monotonic_decreasing)
    True
    """
    amount = case.orders.groupby("customer_id")["amount"].sum()
    kind = case.customers.set_index("customer_id")["kind"]
    return amount.to_frame().join(kind).sort_values("amount", ascending=False)
