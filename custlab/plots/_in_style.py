"""Draw everything of a picture, its texts too, in the course's style."""

from __future__ import annotations

from functools import wraps

from custlab.style import style


def in_style(draw):
    """Run a function that draws inside the course's style: texts take their fonts from it.

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
            return draw(*args, **options)

    return drawn
