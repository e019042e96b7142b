"""The frame that every explorer shares: controls, a picture, and a sentence on what it shows."""

from __future__ import annotations

import gc
import html
from contextlib import contextmanager

import ipywidgets as widgets

from custlab.errors import CustLabError
from custlab.templates import render, style_sheet


def explorer(draw, title: str, intro: str = "", **controls) -> widgets.VBox:
    """Put controls beside a picture that is drawn again at every change.

    Parameters
    ----------
    draw : callable
        Takes the controls' values by name; gives a ``Picture``, or a pair of a picture and a
        sentence (HTML allowed) that says what the picture shows.
    title : str
        The explorer's heading.
    intro : str, optional
        What to try, in one or two sentences.
    **controls : ipywidgets.Widget
        The controls, each with a ``description``, in the order of their appearance.

    Returns
    -------
    ipywidgets.VBox
        The explorer, drawn once.

    Examples
    --------
    >>> from custlab.style import Picture, new_figure
    >>> def line(slope):
    ...     fig, ax = new_figure(3, 2)
    ...     ax.plot([0, 1], [0, slope])
    ...     return Picture(fig, f"A line of slope {slope}."), f"The slope is {slope}."
    >>> box = explorer(line, "Slopes", slope=widgets.IntSlider(description="Slope", value=2))
    >>> "slope is 2" in box.children[-1].value
    True
    """
    picture = widgets.HTML()
    sentence = widgets.HTML()

    def answer():
        values = {name: control.value for name, control in controls.items()}
        try:
            drawn = draw(**values)
        except CustLabError as error:
            sentence.value = _status(f"⚠ {html.escape(str(error))}")
            return
        shown, text = drawn if isinstance(drawn, tuple) else (drawn, "")
        picture.value = shown.html()
        sentence.value = _status(text)

    def redraw(change=None):
        with _garbage_freed_at_the_end():
            answer()

    for control in controls.values():
        _make_readable(control)
        control.observe(redraw, names="value")
    redraw()
    _look_at_new_objects_only()
    panel = widgets.VBox(list(controls.values()), layout=widgets.Layout(margin="4px 0"))
    panel.add_class("cx-controls")
    look = f"<style>{style_sheet('explorers/frame.css')}</style>"
    box = widgets.VBox(
        [
            widgets.HTML(look + render("explorers/heading.html", title=title, intro=intro)),
            panel,
            picture,
            sentence,
        ]
    )
    box.add_class("custlab-explorer")
    return box


def slider(text: str, value: int, low: int, high: int, step: int = 1) -> widgets.IntSlider:
    """Make a slider of whole numbers that answers when it is let go.

    Parameters
    ----------
    text : str
        Its label.
    value, low, high, step : int
        Where it starts, its ends, and how far one move goes.

    Returns
    -------
    ipywidgets.IntSlider

    Examples
    --------
    >>> slider("Number of segments k", 4, 2, 10).continuous_update
    False
    """
    return widgets.IntSlider(
        description=text, value=value, min=low, max=high, step=step, continuous_update=False
    )


class Drawn:
    """A picture drawn beforehand, for an explorer with few and costly ones.

    Parameters
    ----------
    picture : Picture
        What is shown later.

    Examples
    --------
    >>> from custlab.style import Picture, new_figure
    >>> Drawn(Picture(new_figure(2, 1)[0], "An empty diagram.")).html()[:7]
    '<figure'
    """

    def __init__(self, picture):
        self._html = picture.html()

    def html(self) -> str:
        """Give the picture as a piece of HTML.

        Returns
        -------
        str
            A ``<figure>`` with the image inside it.
        """
        return self._html


@contextmanager
def _garbage_freed_at_the_end():
    """Free each figure when it has been shown.

    A collector at work in the middle would find the figure in use, set it aside, and stop one
    move in ten for a tenth of a second to free ten figures together.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
        gc.collect(0)


def _look_at_new_objects_only() -> None:
    """Keep the garbage collector from stopping a slider to look through the whole case again.

    What was set aside before is collected first, so that nothing is kept for good.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _status(text: str) -> str:
    """Wrap the sentence so that a screen reader announces its changes."""
    return f"<div role='status' aria-live='polite' style='line-height:1.5'>{text}</div>"


def _make_readable(control: widgets.Widget) -> None:
    """Show the whole label, however long, beside a control of comfortable width."""
    if hasattr(control, "style") and hasattr(control.style, "description_width"):
        control.style.description_width = "14em"
    if hasattr(control, "style") and hasattr(control.style, "button_width"):
        control.style.button_width = "auto"  # as wide as its words, which would be cut off
    if control.layout.width is None:
        control.layout.width = "min(36em, 100%)"
