"""A sheet in a notebook: asks, saves, restores, explains, gives a receipt. Without a browser."""

import json
from types import SimpleNamespace

import ipywidgets
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from custlab.errors import InputError
from custlab.exercises import Sheet, fields, mark
from custlab.exercises.answers import MIME
from custlab.exercises.notebook import receipts_in

NAME = "03-role-types"
ANSWERS = {
    "who": "b",
    "evidence": ["a", "c"],
    "roles": {"mother": "decider", "son": "user"},
    "steps": ["need", "search", "pay"],
    "share": "31,2 %",
    "people": 4,
    "map": {"smart": [5, 5], "basic": [1, 2]},
    "persona": {"name": "Li Wei", "age": "30", "role": "user", "needs": ["p"], "why": "It works"},
    "explain": "A title is not a role.",
    "lines": ["read", "count"],
    "own": "total = 3",
}


def ask_all(sheet, **more):
    """Ask one question of each kind."""
    sheet.choose_one("who", "Who **decides**?", {"a": "Father", "b": "Mother"}, **more)
    sheet.choose_several("evidence", "Evidence?", {"a": "Asks", "b": "Pays", "c": "Picks"})
    sheet.match(
        "roles",
        "Match",
        {"mother": "Mother", "son": "Son"},
        {"user": "User", "decider": "Decider"},
    )
    sheet.order("steps", "Order", {"pay": "Pays", "need": "States a need", "search": "Searches"})
    sheet.number("share", "Share?", unit="%")
    sheet.slider("people", "How many?", 1, 9)
    sheet.place(
        "map",
        "Place",
        {"smart": "Smart TV", "basic": "Basic TV"},
        across=("Price", "low", "high"),
        up=("Benefit", "low", "high"),
    )
    sheet.form(
        "persona",
        "Persona",
        {
            "name": fields.text("Name"),
            "age": fields.amount("Age", "years"),
            "role": fields.choice("Role", {"user": "User", "buyer": "Buyer"}),
            "needs": fields.ticks("Needs", {"p": "Price", "s": "Service"}),
            "why": fields.long_text("Why"),
        },
    )
    sheet.free_text("explain", "Explain", min_words=3)
    sheet.parsons("lines", "Lines", {"count": "len(orders)", "read": "orders = []", "no": "x"})
    sheet.code("own", "Make `total`.")


@pytest.fixture
def sheet(tmp_path):
    sheet = Sheet(NAME, folder=tmp_path)
    ask_all(sheet)
    return sheet


def test_every_kind_is_answered_by_code_saved_and_restored(sheet, tmp_path):
    for question, value in ANSWERS.items():
        sheet.answer(question, value)
    assert sheet.progress() == (11, 11)
    again = Sheet(NAME, folder=tmp_path)
    ask_all(again)
    assert again.answers == ANSWERS
    for question, card in again.cards.items():
        assert "Complete and saved" in card.status, question
        assert card.read() == ANSWERS[question]


def test_labels_are_as_good_as_ids(sheet):
    sheet.answer("who", "mother")
    sheet.answer("roles", {"Mother": "Decider", "Son": "User"})
    sheet.answer("steps", ["States a need", "Searches", "Pays"])
    assert [sheet.answers[q] for q in ("who", "roles", "steps")] == [
        "b",
        {"mother": "decider", "son": "user"},
        ["need", "search", "pay"],
    ]


@pytest.mark.parametrize(
    ("question", "value", "told"),
    [
        ("nobody", 1, "Run its cell first"),
        ("who", "z", "a, b"),
        ("evidence", "a", "list of options"),
        ("roles", {"aunt": "user"}, "mother, son"),
        ("steps", ["need"], "Missing: pay, search"),
        ("share", "many", "cannot be read as a number"),
        ("people", 12, "between 1 and 9"),
        ("map", {"smart": [0, 9]}, "from 1 to 5"),
        ("persona", {"role": "king"}, "user, buyer"),
        ("explain", 3, "should be text"),
    ],
)
def test_what_does_not_fit_is_told_and_not_saved(sheet, question, value, told):
    with pytest.raises(InputError, match=told):
        sheet.answer(question, value)
    assert question not in sheet.answers


def test_an_answer_can_be_taken_back(sheet):
    sheet.answer("who", "b")
    sheet.answer("who", None)
    assert sheet.progress()[0] == 0
    assert "Not answered yet" in sheet.cards["who"].status


def test_incomplete_is_told(sheet):
    sheet.answer("roles", {"mother": "decider"})
    assert "not complete" in sheet.cards["roles"].status
    assert sheet.progress()[0] == 0


def _practice(sheet):
    options = {"a": "Father", "b": "Mother"}
    because = {"a": "Paying is not **deciding**."}
    sheet.choose_one("who", "?", options, key="b", because=because, hints=["Look up.", "Deeper."])
    return sheet.cards["who"]


def test_lesson_explains_and_gives_hints_in_steps(tmp_path):
    card = _practice(Sheet(NAME, folder=tmp_path))
    card.check()
    assert "Not attempted" in card.feedback
    card.set("a")
    assert card.feedback == "", "nothing is said before the learner asks"
    card.check()
    assert "Paying is not <strong>deciding</strong>." in card.feedback
    card.button("Hint").click()
    assert "Hint 1 of 2" in card.hints_shown
    assert "Deeper" not in card.hints_shown
    card.button("Hint").click()
    assert card.button("Hint").disabled
    card.set("b")
    card.check()
    assert "Correct" in card.feedback
    again = _practice(Sheet(NAME, folder=tmp_path))
    assert (again.tries, again.hints, again.value) == (2, 2, "b")
    assert "Correct" in again.feedback


def test_a_key_that_fits_no_answer_is_told_to_the_author(tmp_path):
    sheet = Sheet(NAME, folder=tmp_path)
    with pytest.raises(InputError, match="“who” fits no answer"):
        sheet.choose_one("who", "?", {"a": "Father"}, key="b")


def test_graded_question_tells_nothing_about_right_and_wrong(sheet):
    sheet.answer("who", "a")
    card = sheet.cards["who"]
    assert card.check() is None
    said = json.dumps([widget.get_state() for widget in _all_widgets(card.box)], default=str)
    assert "Correct" not in said
    assert "Not right" not in said


def _all_widgets(box):
    yield box
    for child in getattr(box, "children", ()):
        yield from _all_widgets(child)


def test_free_text_shows_the_model_only_after_an_own_answer(tmp_path):
    sheet = Sheet(NAME, folder=tmp_path)
    sheet.free_text("why", "?", min_words=3, key="The model.", rubric=["names a role"])
    card = sheet.cards["why"]
    card.check()
    assert "The model." not in card.feedback
    card.set("My own three words")
    card.check()
    assert "The model." in card.feedback
    assert "names a role" in card.feedback


def test_what_a_learner_writes_is_shown_not_obeyed(sheet):
    sheet.answer("explain", "<script>alert(1)</script> two three")
    sheet.answer("persona", {"name": "<img src=x onerror=alert(1)>"})
    with _notebook() as shown:
        sheet.receipt()
        sheet.recall("explain")
    for output in shown.outputs:
        assert "<script>" not in output.data["text/html"]
        assert "<img" not in output.data["text/html"]


def test_a_saved_answer_that_no_longer_fits_is_kept(tmp_path):
    Sheet(NAME, folder=tmp_path).store.put("who", "choose_one", "gone")
    sheet = Sheet(NAME, folder=tmp_path)
    ask_all(sheet)
    assert "does not fit this question any more" in sheet.cards["who"].feedback
    assert sheet.answers["who"] == "gone"
    assert sheet.progress()[0] == 0


@pytest.mark.parametrize("poison", [{"a": 1}, [1, [2]], True, -1e300, "x" * 20_000, {"": None}])
def test_any_saved_value_is_survived(poison, tmp_path):
    store = Sheet(NAME, folder=tmp_path).store
    for question in ANSWERS:
        store.put(question, "", poison)
    sheet = Sheet(NAME, folder=tmp_path)
    ask_all(sheet)
    sheet.receipt()
    for question in ANSWERS:
        assert sheet.questions[question].words(poison) is not None
    for question, value in ANSWERS.items():
        sheet.answer(question, value)
    assert sheet.progress() == (11, 11)


def test_unreadable_number_is_kept_as_typed(sheet, tmp_path):
    sheet.cards["share"].fill("about a third")
    assert sheet.answers["share"] == "about a third"
    assert "not complete" in sheet.cards["share"].status
    again = Sheet(NAME, folder=tmp_path)
    ask_all(again)
    assert again.cards["share"].read() == "about a third"


def test_two_open_copies_tell_each_other(tmp_path):
    one, two = Sheet(NAME, folder=tmp_path), Sheet(NAME, folder=tmp_path)
    ask_all(one)
    ask_all(two)
    one.answer("who", "b")
    two.answer("people", 4)
    assert two.cards["who"].read() == "b"
    assert "another open copy" in two.cards["people"].news


def test_a_receipt_also_counts_what_older_cards_have_saved(tmp_path):
    """The first cell was run again: cards further down still belong to the sheet before."""
    before = Sheet(NAME, folder=tmp_path)
    ask_all(before)
    after = Sheet(NAME, folder=tmp_path)
    before.answer("who", "b")
    with _notebook() as shown:
        after.receipt()
    assert shown.outputs[-1].data[MIME]["answers"]["who"]["value"] == "b"


def test_order_buttons_move_steps_and_save(sheet):
    card = sheet.cards["steps"]
    assert "steps" not in sheet.answers
    first, second, third = card.question.steps

    def button(step, way):
        return card.button(f"Move “{card.question.steps[step]}” {way}")

    button(second, "down").click()
    assert sheet.answers["steps"] == [first, third, second]
    button(second, "down").click()  # pressed again before the buttons were drawn anew
    assert sheet.answers["steps"] == [first, third, second]
    button(second, "up").click()
    assert sheet.answers["steps"] == [first, second, third]
    assert button(first, "up").disabled
    assert button(third, "down").disabled


def test_lines_are_moved_below_the_line_when_they_are_not_needed(sheet):
    card = sheet.cards["lines"]
    card.button("Move “x” down").click()
    assert sheet.answers["lines"] == ["count", "read"]
    card.button("Move “orders = []” up").click()
    assert sheet.answers["lines"] == ["read", "count"]
    card.button("Move “x” up").click()
    assert sheet.answers["lines"] == ["read", "count", "no"]


def test_a_code_cell_checks_itself_and_never_stops_the_notebook(tmp_path):
    shell = InteractiveShell.instance()
    shell.user_ns["orders"] = [5, 7]

    def cell(source):
        with capture_output() as shown:
            done = shell.run_cell(f"%%answer total\n{source}")
        assert done.success, "a lesson goes on"
        return " ".join(str(output.data) for output in shown.outputs) + shown.stdout

    sheet = Sheet(NAME, folder=tmp_path)
    with capture_output():
        sheet.code("total", "Make `total`.", key={"total": 12}, because={"n": (2, "Counted.")})
    assert "Not attempted" in cell("# your lines here")
    assert sheet.store.answers["total"].tries == 0
    assert "Counted." in cell("total = len(orders)")
    assert shell.user_ns["total"] == 2
    assert "Did you mean “orders”?" in cell("total = sum(oders)")
    assert "total" not in shell.user_ns, "what an earlier try made does not count"
    told = cell("print('seen')\ntotal = sum(orders)\ntotal")
    assert "seen" in told
    assert "'text/plain': '12'" in told
    assert "Correct" in told
    assert shell.user_ns["total"] == 12, "later cells can use it"
    again = Sheet(NAME, folder=tmp_path)
    with capture_output():
        again.code("total", "Make `total`.", key={"total": 12})
    assert again.store.answers["total"].tries == 3
    assert "Correct" in again.cards["total"].feedback
    with capture_output() as shown:
        shell.run_cell("%%answer totl\ntotal = 1")
    assert "The code questions so far: total" in shown.stdout + shown.stderr


def test_prediction_is_recalled_beside_the_result(tmp_path):
    sheet = Sheet(NAME, folder=tmp_path)
    sheet.predict("guess", "How many?", kind="slider", low=0, high=10, unit="people")
    with _notebook() as shown:
        sheet.recall("guess", result="3.4 people in the simulated data")
    before = shown.outputs[0].data["text/html"]
    assert "go back and guess" in before
    assert "3.4 people" in before.partition("<details>")[2], "folded away until there is a guess"
    assert "3.4 people" not in before.partition("<details>")[0]
    sheet.answer("guess", 4)
    with _notebook() as shown:
        sheet.recall("guess", result="3.4 people in the simulated data")
    html = shown.outputs[0].data["text/html"]
    assert "4 people" in html
    assert "3.4 people in the simulated data" in html


def test_a_right_number_of_another_case_is_not_called_wrong_without_a_word(tmp_path):
    with capture_output():
        first = Sheet(NAME, folder=tmp_path)
        first.number("share", "Share?", key=31)
        first.answer("share", 31)
        assert "from before" not in first.cards["share"].feedback
        again = Sheet(NAME, folder=tmp_path)
        again.number("share", "Share?", key=31)
        assert "from before" not in again.cards["share"].feedback
        other_case = Sheet(NAME, folder=tmp_path)
        other_case.number("share", "Share?", key=47)
    card = other_case.cards["share"]
    assert "changed the case" in card.feedback
    card.fill("30")
    card.check()
    assert "changed the case" not in card.feedback, "a new answer is judged as it is"


def test_the_order_that_is_shown_can_be_the_answer(tmp_path):
    with capture_output():
        sheet = Sheet(NAME, folder=tmp_path)
        sheet.order("steps", "Order", {"a": "First", "b": "Then"}, key=["a", "b"])
        sheet.number("share", "Share?", key=31)
    sheet.cards["steps"].button("Check").click()
    assert "Correct" in sheet.cards["steps"].feedback
    assert sheet.answers["steps"] == ["a", "b"]
    sheet.cards["share"].button("Check").click()
    assert "share" not in sheet.answers, "a blank line is no answer"


def test_only_what_is_handed_in_speaks_of_handing_in(tmp_path):
    def last_lines(name, **more):
        with _notebook() as shown:
            sheet = Sheet(name, folder=tmp_path)
            sheet.choose_one("who", "Who?", {"a": "A", "b": "B"}, **more)
            sheet.receipt()
        return shown.outputs[-1].data["text/html"]

    assert "To hand in" in last_lines("exercise")
    lesson = last_lines("lesson", key="a")
    assert "To hand in" not in lesson
    assert "not handed in" in lesson


class _notebook(capture_output):
    """Catch what a cell displays."""

    def __enter__(self):
        InteractiveShell.instance()
        return super().__enter__()

    def __exit__(self, *anything):
        super().__exit__(*anything)
        InteractiveShell.clear_instance()


def test_receipt_carries_the_answers_and_tells_people(tmp_path):
    with _notebook() as shown:
        sheet = Sheet(NAME, questions=12, folder=tmp_path)
        ask_all(sheet)
        sheet.answer("who", "b")
        sheet.receipt()
    bundles = [output.data for output in shown.outputs if MIME in output.data]
    last = bundles[-1]
    assert "1 of 12 answered, saved at" in last["text/plain"]
    assert "Mother" in last["text/html"]
    cells = [{"outputs": [{"data": bundle} for bundle in bundles]}]
    found = receipts_in({"cells": cells}, NAME)
    assert found["who"].value == "b"


def test_a_receipt_says_that_it_does_not_count_what_is_answered_elsewhere(tmp_path):
    from custlab.exercises.receipt_hook import refresh_receipts

    told = "4 more questions are answered in cells of their own and are not counted here."
    with _notebook() as shown:
        sheet = Sheet(NAME, questions=7, folder=tmp_path, elsewhere=4)
        ask_all(sheet)
        sheet.receipt()
    outputs = [{"data": dict(output.data)} for output in shown.outputs if MIME in output.data]
    assert told in outputs[-1]["data"]["text/plain"]
    sheet.answer("who", "b")
    model = {"type": "notebook", "content": {"cells": [{"outputs": outputs}]}}
    refresh_receipts(model, f"{NAME}.ipynb", SimpleNamespace(root_dir=str(tmp_path)))
    assert "1 of " in outputs[-1]["data"]["text/plain"]
    assert told in outputs[-1]["data"]["text/html"], "also when saving the notebook renews it"


def test_saving_a_notebook_refreshes_its_receipt(tmp_path):
    """The page was loaded again: the display handle no longer reaches the receipt."""
    from custlab.exercises.receipt_hook import refresh_receipts

    with _notebook() as shown:
        sheet = Sheet(NAME, questions=12, folder=tmp_path)
        ask_all(sheet)
        sheet.receipt()
    outputs = [{"data": dict(output.data)} for output in shown.outputs if MIME in output.data]
    sheet.answer("who", "b")
    content = {"cells": [{"cell_type": "markdown"}, {"outputs": [*outputs, {"text": "x"}]}]}
    model = {"type": "notebook", "content": content}
    (tmp_path / "sub").mkdir()
    manager = SimpleNamespace(root_dir=str(tmp_path))
    refresh_receipts(model, "other/place.ipynb", manager)
    assert receipts_in(content, NAME) == {}
    refresh_receipts(model, f"{NAME}.ipynb", manager)
    assert receipts_in(content, NAME)["who"].value == "b"
    assert "1 of 12 answered" in outputs[-1]["data"]["text/html"]
    (tmp_path / f"{NAME}.ipynb").write_text(json.dumps(content), encoding="utf-8")
    sheet.store.path.unlink()
    with _notebook() as shown:
        Sheet(NAME, folder=tmp_path / "sub").receipt()
    outputs[-1]["data"] = dict(shown.outputs[-1].data)
    assert outputs[-1]["data"][MIME]["answers"] == {}
    refresh_receipts(model, f"{NAME}.ipynb", manager)
    assert receipts_in(content, NAME)["who"].value == "b", "an empty receipt replaces no full one"
    for odd in ({"type": "file"}, {"type": "notebook", "content": {"cells": [1, {"outputs": 3}]}}):
        refresh_receipts(odd, "x.ipynb", manager)


def test_marking_reads_what_the_sheet_saved(sheet, tmp_path, capsys):
    sheet.answer("who", "a")
    sheet.answer("steps", ["need", "pay", "search"])
    because = {"a": "Paying is not deciding."}
    assert mark(NAME, "who", 2, "choose_one", "b", because, folder=tmp_path) == 0.0
    key = ["need", "search", "pay"]
    assert mark(NAME, "steps", 2, "order", key, folder=tmp_path) == 0.75
    assert mark(NAME, "share", 2, "number", 31, folder=tmp_path) == 0.0
    assert mark(NAME, "who", 2, "match", {"x": "a"}, folder=tmp_path) == 0.0
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert lines[0] == "Not right: 0 of 2 points. Paying is not deciding."
    assert lines[1].startswith("Partly right: 0.75 of 2 points.")
    assert lines[2].startswith("Not attempted: 0 of 2 points.")
    assert lines[3].startswith("Cannot be read: 0 of 2 points.")
    assert said.err == ""


def test_marking_needs_no_widgets():
    import subprocess
    import sys

    code = "import sys; from custlab.exercises import mark; mark('99-x', 'q', 1, 'number', 1)\n"
    code += "assert not {'ipywidgets', 'pandas', 'IPython'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_nbgrader_shows_answers_as_text(tmp_path, monkeypatch):
    Sheet(NAME, folder=tmp_path).store.put("who", "choose_one", "b")
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    sheet = Sheet(NAME, folder=tmp_path)
    with _notebook() as shown:
        ask_all(sheet)
    html = [output.data.get("text/html", "") for output in shown.outputs]
    assert any("Answer: Mother" in text for text in html)
    assert sheet.cards == {}
    sheet.answer("people", 4)
    assert sheet.answers["people"] == 4


def test_typing_a_number_makes_no_new_widgets(sheet):
    """Each keystroke once left a remark behind in the kernel and in the page."""
    known = set(ipywidgets.widgets.widget._instances)
    for text in ("1", "12", "12.5"):
        sheet.cards["share"].fill(text)
    assert set(ipywidgets.widgets.widget._instances) == known
