"""Values pass between a learner's kernel and the examiner as data, whole and harmless."""

from __future__ import annotations

import datetime as dt
import decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custlab.grading.talk.codec import Decoder, Encoder, Unsendable


def through(value):
    """Send a value and receive it."""
    encoder = Encoder()
    node = encoder.encode(value)
    return Decoder(encoder.buffers).decode(node)


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.complex_numbers(allow_nan=False)
    | st.datetimes()
    | st.dates()
    | st.timedeltas(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text() | st.integers(), inner)
        | st.tuples(inner, inner)
    ),
    max_leaves=20,
)


@given(plain)
@settings(max_examples=150, deadline=None)
def test_plain_values_arrive_as_they_were(value):
    got = through(value)
    assert got == value
    assert type(got) is type(value)


COLUMNS = {
    "int": pd.array([1, 2, 3], dtype="int64"),
    "nullable": pd.array([1, None, 3], dtype="Int64"),
    "float": [1.5, np.nan, np.inf],
    "nullable float": pd.array([1.5, None, 2], dtype="Float64"),
    "flag": pd.array([True, None, False], dtype="boolean"),
    "text": pd.array(["a", None, "客户"], dtype="str"),
    "old text": pd.array(["a", None, "c"], dtype="string"),
    "category": pd.Categorical(["b", None, "a"], categories=["b", "a"], ordered=True),
    "date": pd.to_datetime(["2024-01-01", None, "2024-12-31"]),
    "zoned": pd.to_datetime(["2024-01-01", "2024-06-01", "2024-12-31"]).tz_localize(
        "Asia/Shanghai"
    ),
    "span": pd.to_timedelta([1, 2, 3], unit="D"),
    "month": pd.period_range("2024-01", periods=3, freq="M"),
    "mixed": pd.Series([1, "a", None], dtype=object).array,
}


def test_a_table_keeps_its_values_types_and_labels():
    table = pd.DataFrame(COLUMNS).set_index(pd.Index(["x", "y", "z"], name="key"))
    pd.testing.assert_frame_equal(through(table), table)
    for name in table.columns:
        pd.testing.assert_series_equal(through(table[name]), table[name])


def test_indexes_keep_their_kind():
    pairs = pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["one", "two"])
    table = pd.DataFrame([[1, 2], [3, 4]], index=pairs, columns=pairs)
    pd.testing.assert_frame_equal(through(table), table)
    twice = pd.DataFrame([[1, "x"]], columns=["same", "same"])
    pd.testing.assert_frame_equal(through(twice), twice)


@pytest.mark.parametrize(
    "value",
    [
        np.arange(6).reshape(2, 3),
        np.array(["a", "bc"]),
        np.array([1, "a", None], dtype=object),
        np.datetime64("2024-01-01"),
        np.float32(1.5),
        np.array([], dtype="float64"),
    ],
)
def test_arrays_keep_their_type(value):
    got = through(value)
    np.testing.assert_array_equal(got, value)
    assert got.dtype == value.dtype


def test_a_fitted_model_works_and_is_the_librarys_own():
    from sklearn.cluster import KMeans
    from sklearn.linear_model import LinearRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    points = np.array([[0.0, 0], [0, 1], [9, 9], [9, 8]])
    model = make_pipeline(StandardScaler(), KMeans(2, n_init=2, random_state=0)).fit(points)
    np.testing.assert_array_equal(through(model).predict(points), model.predict(points))
    line = LinearRegression().fit(points, points[:, 0])
    line.predict = lambda table: "mine"  # a method of the learner's does not come along
    with pytest.raises(Unsendable):
        through(line)


def test_what_a_value_says_of_itself_stays_behind():
    class Lying(dict):
        def __eq__(self, other):
            return True

        __hash__ = None

    assert type(through(Lying(a=1))) is dict
    assert through(decimal.Decimal("1.10")) == decimal.Decimal("1.10")
    assert through(dt.timedelta(days=-1)) == dt.timedelta(days=-1)


@pytest.mark.parametrize(
    "node",
    [
        {"t": "array", "dtype": "O", "shape": [1], "b": 0},
        {"t": "array", "dtype": "V8", "shape": [1], "b": 0},
        {"t": "estimator", "class": ["os", "system"], "v": {}},
        {"t": "estimator", "class": ["sklearn.base", "clone"], "v": {}},
        {"t": "record", "class": ["subprocess", "Popen"], "v": {"args": ["ls"]}},
        {"t": "function", "handle": 0},
        {"t": "__reduce__"},
        {"t": ["list"]},
        ["bare"],
    ],
)
def test_what_is_no_data_is_refused(node):
    with pytest.raises(ValueError):
        Decoder([b"12345678"]).decode(node)


def test_too_deep_or_no_data_cannot_be_sent():
    nested = []
    for _ in range(200):
        nested = [nested]
    for value in (nested, lambda: None, open):
        with pytest.raises(Unsendable):
            through(value)
