"""The core that everything stands on: errors, files, language, pictures, explorers, imports."""

import gc
import re
import subprocess
import sys
import warnings
import weakref
from pathlib import Path

import ipywidgets as widgets
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custlab import files
from custlab.errors import CustLabError, InputError
from custlab.explorers.frame import explorer
from custlab.style import FONTS, MUTED, PALETTE, Picture, installed_fonts, new_figure, style
from custlab.templates import style_sheet
from tests.hygiene import private_imports


def test_import_brings_no_heavy_library():
    code = (
        "import sys, custlab; "
        "print([m for m in ('pandas', 'numpy', 'matplotlib', 'sklearn', 'ipywidgets') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_notebook_shows_an_error_as_one_sentence():
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell.instance()
    with capture_output() as shown:
        shell.run_cell("from custlab.errors import InputError\nraise InputError('Mend row 3.')")
    assert "InputError: Mend row 3." in shown.stdout + shown.stderr
    assert "Traceback" not in shown.stdout + shown.stderr


def test_input_error_is_a_value_error_for_scikit_learn():
    assert issubclass(InputError, ValueError)
    assert issubclass(InputError, CustLabError)


@given(text=st.text())
def test_atomic_write_keeps_every_character(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("files") / "客户 answers.json"
    files.write_atomic(path, text)
    assert path.read_bytes().decode("utf-8") == text


def test_failed_write_leaves_the_old_file_and_no_litter(tmp_path, monkeypatch):
    path = tmp_path / "kept.txt"
    path.write_text("old", encoding="utf-8")

    def fail(*args):
        raise PermissionError("held by another program")

    monkeypatch.setattr(files.os, "replace", fail)
    with pytest.raises(PermissionError):
        files.write_atomic(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["kept.txt"]


def test_course_is_found_from_below_and_by_name(tmp_path, monkeypatch):
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "syllabus.yml").touch()
    below = tmp_path / "notebooks" / "deep"
    below.mkdir(parents=True)
    assert files.course_root(below) == tmp_path.resolve()
    monkeypatch.setenv("CUSTLAB_HOME", str(tmp_path / "nowhere"))
    with pytest.raises(CustLabError, match="set CUSTLAB_HOME"):
        files.course_root()


def test_picture_carries_its_text_even_with_quotes():
    fig, ax = new_figure(3, 2)
    ax.set_title("客户 “价值”")
    html = Picture(fig, 'A "quoted" <text>').html()
    assert 'alt="A &quot;quoted&quot; &lt;text&gt;"' in html
    assert "data:image/png;base64," in html


@pytest.mark.skipif(len(installed_fonts()) < 2, reason="no Chinese font on this machine")
def test_chinese_labels_and_ticks_are_drawn_in_a_font_that_has_them():
    def picture(category):
        fig, ax = new_figure(3, 2)
        ax.bar([category], [1])
        ax.set_title(category)
        return Picture(fig, "One bar.").png()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # A font without these characters would draw the same empty boxes for both.
        assert picture("客户画像") != picture("购买角色")


@pytest.mark.skipif(len(installed_fonts()) < 2, reason="no Chinese font on this machine")
def test_a_chinese_font_is_found_that_was_installed_after_matplotlib_looked(monkeypatch):
    from matplotlib import font_manager

    manager = font_manager.fontManager
    chinese = {font.fname for font in manager.ttflist if font.name in FONTS[1:]}
    old = [font for font in manager.ttflist if font.fname not in chinese]
    monkeypatch.setattr(manager, "ttflist", old)
    installed_fonts.cache_clear()
    found = installed_fonts()
    monkeypatch.undo()
    installed_fonts.cache_clear()
    assert len(found) > 1


@pytest.mark.skipif(len(installed_fonts()) < 2, reason="no Chinese font on this machine")
def test_only_texts_that_need_it_carry_a_chinese_font():
    fig, ax = new_figure(3, 2)
    plain, chinese = ax.text(0, 0, "31 May 2024"), ax.text(0, 1, "2024年5月31日")
    Picture(fig, "Two dates.").png()
    assert len(plain.get_fontfamily()) == 1
    assert len(chinese.get_fontfamily()) > 1


def test_no_line_runs_through_the_words_of_a_legend():
    _fig, ax = new_figure(3, 2)
    with style():
        ax.plot([0, 1], [0, 1], label="a line from corner to corner")
        frame = ax.legend().get_frame()
    assert frame.get_visible()
    assert frame.get_facecolor() == (1, 1, 1, 1)


def test_a_chinese_font_is_known_for_each_system():
    assert {"Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei"} <= set(FONTS)


def test_explorer_answers_a_slider_and_shows_an_error_as_a_sentence():
    def draw(n):
        if n > 3:
            raise InputError("At most 3.")
        fig, _ = new_figure(2, 1)
        return Picture(fig, f"picture {n}"), f"n is {n}"

    slider = widgets.IntSlider(description="How many", value=1, max=9)
    box = explorer(draw, "Counting", n=slider)
    slider.value = 2
    assert "n is 2" in box.children[-1].value
    assert 'alt="picture 2"' in box.children[-2].value
    slider.value = 7
    assert "At most 3." in box.children[-1].value


def test_explorer_frees_a_figure_when_it_has_been_shown():
    figures = []

    def draw(n):
        fig, _ = new_figure(2, 1)
        figures.append(weakref.ref(fig))
        return Picture(fig, f"picture {n}")

    slider = widgets.IntSlider(description="How many", value=1, max=9)
    box = explorer(draw, "Counting", n=slider)
    slider.value = 2
    assert 'alt="picture 2"' in box.children[-2].value
    assert [figure() for figure in figures] == [None, None]
    assert gc.isenabled()


def test_no_module_names_this_machine():
    root = Path(files.__file__).parent
    here = str(Path.home())
    guilty = [p.name for p in root.rglob("*.py") if here in p.read_text(encoding="utf-8")]
    assert here == "/" or guilty == []


def test_no_package_reaches_into_another_s_private_rooms(tmp_path):
    assert private_imports() == []
    rooms = tmp_path / "custlab"
    for name, source in {
        "one": "from custlab.two._inside import thing\nfrom custlab.one._own import fine\n",
        "three": "from custlab.two.open import _hidden\nfrom custlab.i18n import _\n",
    }.items():
        (rooms / name).mkdir(parents=True)
        (rooms / name / "file.py").write_text(source, encoding="utf-8")
    assert [line.split(": ")[1].split()[1] for line in private_imports(rooms)] == [
        "_inside,",
        "_hidden,",
    ]


def test_in_a_dark_theme_no_colour_is_harder_to_see_than_on_white():
    """The page turns the lightness round by the filter in picture.css; hues stay."""
    inverted, turned = re.search(
        r"invert\(([\d.]+)\) hue-rotate\((\d+)deg\)", style_sheet("picture.css")
    ).groups()
    assert turned == "180"
    invert = float(inverted)
    turn = np.array([[-0.574, 1.43, 0.144], [0.426, 0.43, 0.144], [0.426, 1.43, -0.856]])  # W3C

    def seen_in_the_dark(colour):
        return np.clip(turn @ (colour * (1 - 2 * invert) + invert), 0, 1)

    def luminance(colour):
        line = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
        return line @ [0.2126, 0.7152, 0.0722]

    def contrast(one, other):
        low, high = sorted([luminance(one), luminance(other)])
        return (high + 0.05) / (low + 0.05)

    white = np.ones(3)
    for name in [*PALETTE, MUTED]:
        colour = np.array([int(name[n : n + 2], 16) / 255 for n in (1, 3, 5)])
        dark = contrast(seen_in_the_dark(colour), seen_in_the_dark(white))
        assert dark >= min(contrast(colour, white), 4.5), name
