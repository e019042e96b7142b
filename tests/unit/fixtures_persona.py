"""Cases and segments that the persona tests share, each made once."""

from functools import lru_cache

import pandas as pd

from custlab import load_case
from custlab.cases import CASE_NAMES
from custlab.persona import draft_set
from custlab.segmentation import MixedScaler, Segmenter, base_features

CASES = CASE_NAMES


@lru_cache
def case_of(name):
    return load_case(name)


@lru_cache
def segments_of(name):
    """Six segments by K-means on all four bases, as lesson 06 finds them."""
    scaled = (
        MixedScaler().set_output(transform="pandas").fit_transform(base_features(case_of(name)))
    )
    found = Segmenter(6, random_state=0).fit_predict(scaled)
    return pd.Series(found, scaled.index, name="segment")


@lru_cache
def personas_of(name):
    return draft_set(case_of(name), segments_of(name))


def members_of(name, segment):
    labels = segments_of(name)
    return labels.index[labels.astype(str) == str(segment)]
