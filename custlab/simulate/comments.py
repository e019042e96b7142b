"""Short free-text answers: one topic, one mood, a little variety; most people write nothing."""

import numpy as np

from .streams import pick

TOPICS = ("product", "delivery", "service", "price", "design", "ease")
GOOD = {
    "product": ("Works well every day", "Solid quality, no complaint", "Does what it promises"),
    "delivery": (
        "Came sooner than expected",
        "Delivery on the very day",
        "Well packed and on time",
    ),
    "service": ("The adviser knew the answer", "Help came within a day", "Friendly on the phone"),
    "price": (
        "Fair price for what you get",
        "Good value in the June sale",
        "Cheaper than I feared",
    ),
    "design": ("Looks good in our place", "Clean design, I like it", "Modern and not loud"),
    "ease": ("Easy to set up", "My mother can use it too", "Clear from the first minute"),
}
BAD = {
    "product": ("Broke after two months", "Quality is not what it was", "Noisy and unreliable"),
    "delivery": (
        "Delivered a week late",
        "Parcel was damaged",
        "Nobody told us when it would come",
    ),
    "service": (
        "Waited three days for an answer",
        "Had to call four times",
        "Nobody felt responsible",
    ),
    "price": (
        "Too expensive for what it is",
        "Price dropped a week later",
        "Hidden costs at the end",
    ),
    "design": ("Looks old-fashioned", "Too big and too plain", "Colours differ from the picture"),
    "ease": ("Menus are confusing", "Set-up took a whole evening", "Needs a manual for everything"),
}
CASE_WORDS = {
    "appliances": ("for our kitchen", "for the flat", "for our guests", "at home"),
    "ecommerce": ("as always", "this time", "for my daughter", "at the office"),
    "software": ("for the team", "in daily work", "for our branch", "since the update"),
}


def make_comments(rng, spec, latent, rows, satisfaction):
    """Write a comment for those who left one; strong feelings write more.

    Returns
    -------
    array of object
        Text, or None.
    """
    n = len(rows)
    mood = satisfaction[:, :4].mean(axis=1) - 3.6
    needs = latent[[f"need_{x}" for x in ("quality", "delivery", "service", "price", "design",
                                          "ease")]].to_numpy()[rows]  # fmt: skip
    topic = pick(rng, np.exp(0.6 * (needs - 4)))
    good = rng.random(n) < 1 / (1 + np.exp(-2.2 * mood))
    choice = rng.integers(0, 3, n)
    tail = rng.integers(0, 9, n)
    writes = rng.random(n) < 0.16 + 0.14 * np.minimum(np.abs(mood), 2)
    words = CASE_WORDS[spec.name]
    texts = np.full(n, None, dtype=object)
    for i in np.flatnonzero(writes):
        text = (GOOD if good[i] else BAD)[TOPICS[topic[i]]][choice[i]]
        texts[i] = f"{text} {words[tail[i]]}" if tail[i] < len(words) else text
    return texts
