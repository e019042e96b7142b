"""Draw everything of a picture, its texts too, in the course's style."""

from __future__ import annotations

from functools import wraps

from custlab.style import style


def in_style(draw):
    """Run a function that draws inside the course's style, and settle the picture's layout.

    Texts take their fonts from the style. The layout is worked out once and then kept:
    otherwise matplotlib would do it twice more while saving, which explorers have no time for.

    Parameters
    ----------
    draw : callable
        Gives a ``Picture``.

    Returns
    -------
    callable
        The same function, inside the style.
    """

    @wraps(draw)
    def drawn(*args, **options):
        with style():
            picture = draw(*args, **options)
            picture.fig.get_layout_engine().execute(picture.fig)
            picture.fig.set_layout_engine("none")
        return picture

    return drawn
