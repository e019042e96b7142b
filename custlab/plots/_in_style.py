"""Draw everything of a picture, its texts too, in the course's style, and draw it once."""

from __future__ import annotations

import io
from functools import wraps

from custlab.style import Picture, style


class _DrawnOnce(Picture):
    """A picture that works out its layout and draws itself once.

    ``Figure.savefig`` does both twice, which explorers have no time for.
    """

    def png(self) -> bytes:
        """Draw the figure.

        Returns
        -------
        bytes
            A PNG image.
        """
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        stream = io.BytesIO()
        with style():
            FigureCanvasAgg(self.fig).print_png(stream)
        return stream.getvalue()


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
            picture = draw(*args, **options)
        return _DrawnOnce(picture.fig, picture.alt, picture.caption)

    return drawn
