"""Short free-text answers: one topic, one mood, a little variety; most people write nothing."""

import numpy as np

from .streams import pick

TOPICS = ("product", "delivery", "service", "price", "design", "ease")
GOOD = {
    "appliances": {
        "product": ("Runs every day without trouble", "Solid quality", "Cools quickly and quietly"),
        "delivery": ("Came on the very day", "The fitters were on time", "Well packed"),
        "service": (
            "The adviser knew the answer",
            "Repaired within a day",
            "Friendly on the phone",
        ),
        "price": ("Fair price for what you get", "Good value in the June sale", "Cheaper to run"),
        "design": ("Looks good in our kitchen", "Clean design, I like it", "Modern and not loud"),
        "ease": ("Easy to set up", "My mother can use it too", "The app is clear"),
    },
    "ecommerce": {
        "product": ("As described, good quality", "Fits well", "Fresh and well chosen"),
        "delivery": ("Came sooner than expected", "Next day, as always", "Well packed"),
        "service": ("Refund came within a day", "Helpful chat", "Exchange without questions"),
        "price": ("Good value on Double 11", "Coupons that really work", "Cheaper than elsewhere"),
        "design": ("Nice pictures, nice clothes", "The new app looks good", "Tasteful choice"),
        "ease": ("Found it at once", "Paying takes three taps", "Returns are simple"),
    },
    "software": {
        "product": ("Does what it promises", "Stable since the update", "Reports are what we need"),
        "delivery": ("Set up sooner than planned", "Migration went smoothly", "On time, as agreed"),
        "service": ("Support knew the answer", "Help came within an hour", "Good training"),
        "price": ("Fair price per seat", "Saves more than it costs", "Clear invoices"),
        "design": ("Clean screens, I like it", "Pleasant to look at all day", "Modern"),
        "ease": ("New colleagues learn it in a day", "Easy to set up", "Import was simple"),
    },
}
BAD = {
    "appliances": {
        "product": ("Broke after two months", "Quality is not what it was", "Noisy and unreliable"),
        "delivery": ("Delivered a week late", "Came with a dent", "Nobody told us when they come"),
        "service": ("Waited three days for a repair", "Had to call four times",
                    "Nobody felt responsible"),
        "price": ("Too expensive for what it is", "Price dropped a week later",
                  "Fitting was charged extra"),
        "design": ("Looks old-fashioned", "Too big and too plain", "Colour differs from the shop"),
        "ease": ("Menus are confusing", "Set-up took a whole evening", "The app loses the device"),
    },
    "ecommerce": {
        "product": ("Fell apart after two washes", "Not as in the pictures", "Poor quality"),
        "delivery": ("A week late", "Parcel was damaged", "Half of the order was missing"),
        "service": ("Only a robot answers", "Refund took three weeks", "Nobody felt responsible"),
        "price": ("Price went up before the sale", "Coupon did not work", "Postage is too high"),
        "design": ("The app looks crowded", "Colours differ from the pictures", "Old-fashioned"),
        "ease": ("Search finds everything else", "Returns are a puzzle", "Too many pop-ups"),
    },
    "software": {
        "product": ("Crashes with large files", "Reports do not add up", "Missing what we need"),
        "delivery": ("Set-up took two months", "Go-live was put off twice", "Migration lost data"),
        "service": ("Waited three days for an answer", "Had to explain it four times",
                    "Nobody felt responsible"),
        "price": ("Too expensive per seat", "Every module costs extra", "Price rose at renewal"),
        "design": ("Looks ten years old", "Screens are crowded", "Letters are too small"),
        "ease": ("Menus are confusing", "Needs a manual for everything", "Import never works"),
    },
}  # fmt: skip
ENDINGS = ("", "", "", "", "", ".", ".", "!", "...")


def make_comments(rng, spec, latent, rows, satisfaction):
    """Write a comment for those who left one; strong feelings write more.

    Returns
    -------
    array of object
        Text, or None.
    """
    n = len(rows)
    mood = satisfaction[:, :4].mean(axis=1) - 3.6
    words = [f"need_{x}" for x in ("quality", "delivery", "service", "price", "design", "ease")]
    topic = pick(rng, np.exp(0.6 * (latent[words].to_numpy()[rows] - 4)))
    good = rng.random(n) < 1 / (1 + np.exp(-2.2 * mood))
    choice = rng.integers(0, 3, n)
    ending = rng.integers(0, len(ENDINGS), n)
    writes = rng.random(n) < 0.16 + 0.14 * np.minimum(np.abs(mood), 2)
    texts = np.full(n, None, dtype=object)
    for i in np.flatnonzero(writes):
        phrases = (GOOD if good[i] else BAD)[spec.name][TOPICS[topic[i]]]
        texts[i] = phrases[choice[i]] + ENDINGS[ending[i]]
    return texts
