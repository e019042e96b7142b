"""The rival's side: lifetimes as shipped, in its own environment."""

import sys
import warnings

import numpy as np
from _measure import report

warnings.simplefilter("ignore")
from lifetimes import BetaGeoFitter, GammaGammaFitter  # noqa: E402

model, path = sys.argv[1:]
data = np.load(path)
if model == "bgnbd":
    fitter, arrays = BetaGeoFitter(), (data["x"], data["t_x"], data["T"])
else:
    again = data["x"] > 0
    fitter, arrays = GammaGammaFitter(), (data["x"][again], data["m_x"][again])
names = {"v": "gamma"}
report(
    lambda: fitter.fit(*arrays),
    params=lambda fitted: {names.get(k, k): float(v) for k, v in fitted.params_.items()},
)
