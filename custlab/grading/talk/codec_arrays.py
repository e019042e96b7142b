"""NumPy and pandas values as plain data, with their dtypes kept."""

from __future__ import annotations

RAW = "biufcSUmM"  # NumPy kinds that are plain bytes; objects are passed one by one


def encode(encoder, value, depth: int) -> dict | None:
    """Give the node for a NumPy or pandas value, None for anything else."""
    module = type(value).__module__.partition(".")[0]
    if module == "numpy":
        return _encode_numpy(encoder, value, depth)
    if module == "pandas":
        return _encode_pandas(encoder, value, depth)
    return None


def _encode_numpy(encoder, value, depth: int) -> dict | None:
    import numpy as np

    if isinstance(value, np.generic):
        if value.dtype.kind not in RAW:
            return None
        return {"t": "scalar", "dtype": value.dtype.str, "b": encoder.buffer(value.tobytes())}
    if isinstance(value, np.ma.MaskedArray):
        parts = [np.asarray(value.data), np.ma.getmaskarray(value)]
        return {"t": "masked", "v": [encode(encoder, part, depth + 1) for part in parts]}
    if not isinstance(value, np.ndarray):
        return None
    array = np.asarray(value)
    shape = list(array.shape)
    if array.dtype.kind in RAW:
        content = encoder.buffer(np.ascontiguousarray(array).tobytes())
        return {"t": "array", "dtype": array.dtype.str, "shape": shape, "b": content}
    if array.dtype.kind == "O":
        items = _items(encoder, array.ravel().tolist(), depth + 1)
        return {"t": "objects", "shape": shape, "v": items}
    return None


def _encode_pandas(encoder, value, depth: int) -> dict | None:
    import pandas as pd

    deeper = depth + 1
    if value is pd.NA or value is pd.NaT:
        return {"t": "missing", "v": "NA" if value is pd.NA else "NaT"}
    if isinstance(value, pd.Timestamp):
        zone = str(value.tz) if value.tz is not None else None
        return {"t": "Timestamp", "v": value.isoformat(), "zone": zone, "unit": value.unit}
    if isinstance(value, pd.Timedelta):
        return {"t": "Timedelta", "v": int(value.value), "unit": value.unit}
    if isinstance(value, pd.Period):
        return {"t": "Period", "v": value.ordinal, "freq": value.freqstr}
    if isinstance(value, pd.Interval):
        ends = [encoder.encode(end, deeper) for end in (value.left, value.right)]
        return {"t": "Interval", "v": ends, "closed": value.closed}
    if isinstance(value, pd.Series):
        node = {"index": _encode_pandas(encoder, value.index, deeper)}
        return (
            node
            | {"t": "Series", "v": _column(encoder, value.array, deeper)}
            | _name(encoder, value)
        )
    if isinstance(value, pd.DataFrame):
        columns = [_column(encoder, column.array, deeper) for _label, column in value.items()]
        axes = {"index": value.index, "columns": value.columns}
        return {"t": "DataFrame", "v": columns} | {
            name: _encode_pandas(encoder, axis, deeper) for name, axis in axes.items()
        }
    if isinstance(value, pd.Index):
        return _index(encoder, value, deeper)
    if isinstance(value, pd.api.extensions.ExtensionArray):
        return _column(encoder, value, depth)
    return None


def _name(encoder, value) -> dict:
    return {"name": encoder.encode(value.name, 1)}


def _index(encoder, index, depth: int) -> dict:
    import pandas as pd

    if isinstance(index, pd.RangeIndex):
        ends = [index.start, index.stop, index.step]
        return {"t": "RangeIndex", "v": ends} | _name(encoder, index)
    if isinstance(index, pd.MultiIndex):
        levels = [_index(encoder, index.get_level_values(i), depth) for i in range(index.nlevels)]
        return {"t": "MultiIndex", "v": levels, "names": encoder.encode(list(index.names), depth)}
    return {"t": "Index", "v": _column(encoder, index.array, depth)} | _name(encoder, index)


def _column(encoder, array, depth: int) -> dict:
    """Pass one column on: as bytes where it is numbers, value by value where it is not."""
    import numpy as np
    import pandas as pd

    if isinstance(array, pd.Categorical):
        node = {"codes": encode(encoder, array.codes, depth), "ordered": bool(array.ordered)}
        return node | {"t": "Categorical", "v": _index(encoder, array.categories, depth + 1)}
    if isinstance(array, pd.arrays.NumpyExtensionArray):
        return encode(encoder, np.asarray(array), depth)
    if isinstance(array, (pd.arrays.IntegerArray, pd.arrays.FloatingArray, pd.arrays.BooleanArray)):
        parts = {
            "v": encode(encoder, array._data, depth),
            "mask": encode(encoder, array._mask, depth),
        }
        return {"t": "nullable", "dtype": str(array.dtype)} | parts
    if isinstance(array, (pd.arrays.DatetimeArray, pd.arrays.TimedeltaArray)):
        zone = str(getattr(array, "tz", None) or "")
        unit = f"{'M' if isinstance(array, pd.arrays.DatetimeArray) else 'm'}8[{array.unit}]"
        content = encoder.buffer(np.ascontiguousarray(array.asi8).tobytes())
        return {"t": "times", "dtype": unit, "zone": zone, "b": content}
    items = _items(encoder, array.astype(object).tolist(), depth + 1)
    dtype = str(array.dtype)
    if isinstance(array.dtype, pd.StringDtype):
        dtype = "str" if array.dtype.na_value is not pd.NA else "string"
    return {"t": "column", "dtype": dtype, "v": items}


def _items(encoder, values: list, depth: int) -> list:
    """Give the nodes of many values; most are texts, which stand for themselves."""
    if all(type(value) is str for value in values):
        encoder.count(len(values))
        return values
    return [encoder.encode(value, depth) for value in values]


def _safe_dtype(text: str):
    """Read a dtype that is plain bytes: an object dtype would turn bytes into addresses."""
    import numpy as np

    dtype = np.dtype(text)
    if dtype.kind not in RAW or dtype.itemsize == 0:
        raise ValueError(f"Not a plain dtype: {text!r}.")
    return dtype


def _array(decoder, node):
    import numpy as np

    array = np.frombuffer(decoder.buffers[node["b"]], dtype=_safe_dtype(node["dtype"]))
    return array.reshape([int(size) for size in node["shape"]]).copy()


def _scalar(decoder, node):
    import numpy as np

    return np.frombuffer(decoder.buffers[node["b"]], dtype=_safe_dtype(node["dtype"]))[0]


def _objects(decoder, node):
    import numpy as np

    array = np.empty(len(node["v"]), dtype=object)
    array[:] = [decoder.decode(item) for item in node["v"]]
    return array.reshape([int(size) for size in node["shape"]])


def _masked(decoder, node):
    import numpy as np

    data, mask = (decoder.decode(part) for part in node["v"])
    return np.ma.MaskedArray(data, mask)


def _missing(decoder, node):
    import pandas as pd

    return {"NA": pd.NA, "NaT": pd.NaT}[node["v"]]


def _timestamp(decoder, node):
    import pandas as pd

    stamp = pd.Timestamp(node["v"]).as_unit(node["unit"])
    return stamp.tz_convert(node["zone"]) if node["zone"] else stamp


def _timedelta(decoder, node):
    import pandas as pd

    return pd.Timedelta(node["v"], unit=node["unit"]).as_unit(node["unit"])


def _period(decoder, node):
    import pandas as pd

    return pd.Period(ordinal=node["v"], freq=node["freq"])


def _interval(decoder, node):
    import pandas as pd

    return pd.Interval(*(decoder.decode(end) for end in node["v"]), closed=node["closed"])


def _nullable(decoder, node):
    import pandas as pd

    makers = {
        "I": pd.arrays.IntegerArray,
        "U": pd.arrays.IntegerArray,
        "F": pd.arrays.FloatingArray,
        "b": pd.arrays.BooleanArray,
    }
    return makers[node["dtype"][0]](decoder.decode(node["v"]), decoder.decode(node["mask"]))


def _times(decoder, node):
    import numpy as np
    import pandas as pd

    values = np.frombuffer(decoder.buffers[node["b"]], dtype="i8").view(_safe_dtype(node["dtype"]))
    array = pd.array(values.copy())
    return array.tz_localize("UTC").tz_convert(node["zone"]) if node["zone"] else array


def _categorical(decoder, node):
    import pandas as pd

    codes, categories = decoder.decode(node["codes"]), decoder.decode(node["v"])
    return pd.Categorical.from_codes(codes, categories=categories, ordered=node["ordered"])


def _plain_column(decoder, node):
    import pandas as pd

    items = [item if type(item) is str else decoder.decode(item) for item in node["v"]]
    return pd.array(items, dtype=node["dtype"])


def _range_index(decoder, node):
    import pandas as pd

    return pd.RangeIndex(*(int(end) for end in node["v"]), name=decoder.decode(node["name"]))


def _multi_index(decoder, node):
    import pandas as pd

    levels = [decoder.decode(level) for level in node["v"]]
    return pd.MultiIndex.from_arrays(levels, names=decoder.decode(node["names"]))


def _plain_index(decoder, node):
    import pandas as pd

    return pd.Index(decoder.decode(node["v"]), name=decoder.decode(node["name"]))


def _series(decoder, node):
    import pandas as pd

    parts = {name: decoder.decode(node[name]) for name in ("index", "name")}
    return pd.Series(decoder.decode(node["v"]), **parts)


def _frame(decoder, node):
    import pandas as pd

    index = decoder.decode(node["index"])
    columns = {i: decoder.decode(part) for i, part in enumerate(node["v"])}
    frame = pd.DataFrame(columns, index=index)
    frame.columns = decoder.decode(node["columns"])
    return frame


DECODERS = {
    "array": _array,
    "scalar": _scalar,
    "objects": _objects,
    "masked": _masked,
    "missing": _missing,
    "Timestamp": _timestamp,
    "Timedelta": _timedelta,
    "Period": _period,
    "Interval": _interval,
    "nullable": _nullable,
    "times": _times,
    "Categorical": _categorical,
    "column": _plain_column,
    "RangeIndex": _range_index,
    "MultiIndex": _multi_index,
    "Index": _plain_index,
    "Series": _series,
    "DataFrame": _frame,
}
