"""The page that lists the attacks says what the attacks say."""

from tests.red_team.__main__ import PAGE, page


def test_the_page_of_the_red_team_is_up_to_date():
    told = "Run `python -m tests.red_team` and look at what has changed."
    assert PAGE.read_text(encoding="utf-8") == page(), told
