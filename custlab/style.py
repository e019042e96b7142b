"""How the course's pictures look: one place for colours, fonts and size.

A picture is a matplotlib figure with a text that stands for it (``alt``), drawn on white paper; in
a dark theme the page shows it on dark paper.
"""

from __future__ import annotations

import base64
import contextlib
import html
import io
import warnings
from functools import lru_cache

from custlab.templates import style_sheet

# Okabe & Ito (2008): eight colours that colour-blind readers can tell apart.
PALETTE = ["#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442", "#000000"]
MUTED = "#6B7280"
# Never colour alone: the same order of marks and of hatches goes with the colours.
MARKERS = ["o", "s", "^", "D", "v", "P", "X", "*"]
HATCHES = ["", "//", "..", "xx", "\\\\", "++", "oo", "--"]
# The first comes with matplotlib; the later ones carry Chinese on the three systems.
FONTS = [
    "DejaVu Sans",
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "PingFang SC",
    "Heiti SC",
    "Microsoft YaHei",
    "SimHei",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "SimSun",
    "Arial Unicode MS",
    "Droid Sans Fallback",
]
DOTS_PER_INCH = 110


@lru_cache(maxsize=1)
def installed_fonts() -> tuple[str, ...]:
    """Give the course's fonts that this machine has, in the order in which they are tried.

    Returns
    -------
    tuple of str
        Names out of `FONTS`.

    Examples
    --------
    >>> installed_fonts()[0]
    'DejaVu Sans'
    """
    known = _fonts_known()
    if len(known) < 2:
        _look_for_new_files()
        known = _fonts_known()
    return known


def _fonts_known() -> tuple[str, ...]:
    from matplotlib import font_manager

    names = {font.name for font in font_manager.fontManager.ttflist}
    return tuple(name for name in FONTS if name in names)


def _look_for_new_files() -> None:
    """Add the fonts that were installed after matplotlib had written down what it found."""
    from matplotlib import font_manager

    known = {font.fname for font in font_manager.fontManager.ttflist}
    for path in sorted(set(font_manager.findSystemFonts()) - known):
        with contextlib.suppress(OSError, RuntimeError, ValueError):  # not a font to draw with
            font_manager.fontManager.addfont(path)


@lru_cache(maxsize=1)
def _settings() -> dict:
    from cycler import cycler

    return {
        "font.family": FONTS[0],
        "font.size": 10,
        "axes.titlesize": 12,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titley": 1.0,  # looking for a free place would measure all labels at each drawing
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": "#E5E7EB",
        "axes.prop_cycle": cycler(color=PALETTE),
        "axes.unicode_minus": False,
        "text.hinting": "no_hinting",  # reads as well on screens, and draws an eighth faster
        "legend.framealpha": 1.0,  # no line runs through its words
        "legend.edgecolor": "none",
        "figure.constrained_layout.use": True,
        "figure.facecolor": "white",
    }


def style():
    """Give the course's drawing style as a context manager.

    Returns
    -------
    context manager
        Inside it, matplotlib draws with the course's fonts and colours.

    Examples
    --------
    >>> with style():
    ...     import matplotlib
    ...     matplotlib.rcParams["axes.titlelocation"]
    'left'
    """
    import matplotlib

    return matplotlib.rc_context(_settings())


def new_figure(width: float = 7, height: float = 4, nrows: int = 1, ncols: int = 1, **options):
    """Make an empty figure in the course's style, apart from pyplot's state.

    Parameters
    ----------
    width, height : float
        Size in inches.
    nrows, ncols : int
        How many axes, as in ``plt.subplots``.
    **options
        Passed on to ``Figure.subplots`` (for example ``sharey=True``).

    Returns
    -------
    tuple
        The figure, and one axes or an array of axes.

    Examples
    --------
    >>> fig, ax = new_figure(4, 3)
    >>> ax.get_title()
    ''
    """
    from matplotlib.figure import Figure

    with style():
        fig = Figure(figsize=(width, height), dpi=DOTS_PER_INCH)
        axes = fig.subplots(nrows, ncols, **options)
    return fig, axes


def _put_title_left(ax) -> None:
    """Move a title to where the style puts it: ``set_title`` outside the style centres it."""
    title = ax.get_title()
    if title:
        ax.set_title("")
        ax.set_title(title, loc="left", y=1.0, fontweight="bold", fontsize=12)


@lru_cache(maxsize=1)
def _characters() -> frozenset[int]:
    """Give the characters that the first font has, as code points."""
    from matplotlib import font_manager

    path = font_manager.findfont(FONTS[0])
    return frozenset(font_manager.get_font(path).get_charmap())


def _choose_fonts(fig) -> None:
    """Give texts with other characters the fonts that have them.

    Only these texts: carrying Chinese fonts along everywhere costs a third of each drawing.
    """
    from matplotlib.text import Text

    for text in fig.findobj(Text):
        if not _characters().issuperset(map(ord, text.get_text().replace("\n", ""))):
            text.set_fontfamily(list(installed_fonts()))


def _drawn(fig) -> tuple[bytes, bool]:
    """Give the figure as PNG, and whether its font lacked a character."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    stream = io.BytesIO()
    with style(), warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        # Not savefig, which lays out and draws twice; fast rather than small, because an
        # explorer draws at every move of a slider.
        FigureCanvasAgg(fig).print_png(stream, pil_kwargs={"compress_level": 1})
    missing = [warning for warning in told if "missing from font" in str(warning.message)]
    for warning in told:
        if warning not in missing:
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
    return stream.getvalue(), bool(missing)


class Picture:
    """A figure with the text that stands for it.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        What is drawn.
    alt : str
        What the picture shows, for a reader who cannot see it.
    caption : str, optional
        A line under the picture.

    Examples
    --------
    >>> fig, ax = new_figure(3, 2)
    >>> picture = Picture(fig, "An empty diagram.")
    >>> picture
    Picture: An empty diagram.
    """

    def __init__(self, fig, alt: str, caption: str = ""):
        self.fig = fig
        self.alt = alt
        self.caption = caption
        for ax in fig.axes:
            _put_title_left(ax)

    def __repr__(self):
        return f"Picture: {self.alt}"

    @property
    def axes(self):
        """The figure's axes, as a list."""
        return self.fig.axes

    def png(self) -> bytes:
        """Draw the figure.

        Returns
        -------
        bytes
            A PNG image.
        """
        _choose_fonts(self.fig)
        image, glyphs_missing = _drawn(self.fig)
        if glyphs_missing:  # in labels of ticks, which some axes write only now
            _choose_fonts(self.fig)
            image, _missing = _drawn(self.fig)
        return image

    def html(self) -> str:
        """Give the picture as a piece of HTML.

        Returns
        -------
        str
            A ``<figure>`` with the image inside it.
        """
        image = base64.b64encode(self.png()).decode("ascii")
        width = int(self.fig.get_figwidth() * DOTS_PER_INCH)
        caption = f"<figcaption>{html.escape(self.caption)}</figcaption>" if self.caption else ""
        return (
            f'<figure class="custlab-picture" style="max-width:{width}px">'
            f'<img alt="{html.escape(self.alt, quote=True)}" '
            f'src="data:image/png;base64,{image}">{caption}'
            f"<style>{style_sheet('picture.css')}</style></figure>"
        )

    def _repr_html_(self):
        return self.html()
