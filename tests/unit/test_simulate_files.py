"""The shipped files: made by the simulator, byte for byte, and without the truth in them."""

import pytest

from custlab.cases import CASE_NAMES
from custlab.files import datasets_dir
from custlab.simulate import simulate, truth
from custlab.simulate.firm import load_firm
from custlab.simulate.streams import Streams
from custlab.simulate.write import case_files, write_case


@pytest.mark.parametrize("name", CASE_NAMES)
def test_files_are_regenerated_byte_for_byte(name):
    folder = datasets_dir() / name
    made = case_files(name)
    shipped = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert shipped == set(made)
    for path, content in made.items():
        assert (folder / path).read_bytes() == content, path
        assert b"\r" not in content


def test_all_files_together_stay_small():
    assert sum(p.stat().st_size for p in datasets_dir().rglob("*") if p.is_file()) <= 15_000_000


def test_writing_a_case_gives_the_same_files(tmp_path):
    paths = write_case("appliances", tmp_path)
    there = datasets_dir() / "appliances"
    assert len(paths) == len([p for p in there.rglob("*") if p.is_file()])
    name = "products.csv"
    assert (tmp_path / "appliances" / name).read_bytes() == (there / name).read_bytes()


@pytest.mark.parametrize("name", CASE_NAMES)
def test_the_truth_is_in_no_file(name):
    words = [s.name for s in load_firm(name).segments] + ["main_role", "uplift", "future_"]
    for path in (datasets_dir() / name).rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert not [w for w in words if w in text], path
    columns = {c for table in simulate(name).tables.values() for c in table.columns}
    assert not columns & {"segment", "alive", "decider", "influencer", "gatekeeper", "initiator"}


def test_streams_do_not_shift_each_other():
    streams = Streams(5)
    before = streams("orders").random(3)
    streams("a table added later").random(1000)
    assert (streams("orders").random(3) == before).all()
    assert (streams("survey").random(3) != before).all()
    assert (Streams(6)("orders").random(3) != before).all()


def test_truth_belongs_to_its_cohort_and_stays_as_it_is():
    mine = truth("software", 80, 9).segments
    mine["segment"] = "changed"
    assert "changed" not in set(truth("software", 80, 9).segments["segment"])
    made = simulate("software", 80, 9)
    assert set(truth("software", 80, 9).segments["customer_id"]) == set(
        made.tables["customers"]["customer_id"]
    )
    assert set(made.truth.roles["person_id"]) == set(made.tables["people"]["person_id"])
