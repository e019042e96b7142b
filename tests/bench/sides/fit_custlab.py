"""CustLab's side: fit BG/NBD or Gamma-Gamma to the customers in a file."""

import sys

import numpy as np
import pandas as pd
from _measure import report

from custlab.value import BGNBD, GammaGamma

model, path = sys.argv[1:]
data = np.load(path)
histories = pd.DataFrame({name: data[name] for name in ("x", "t_x", "T", "m_x")})
estimator = {"bgnbd": BGNBD, "gamma-gamma": GammaGamma}[model]()
report(
    lambda: estimator.fit(histories),  # counts histories, fits, gives standard errors
    params=lambda fitted: fitted.params_.to_dict(),
    errors=lambda fitted: fitted.standard_errors_.to_dict(),
    histories=lambda fitted: getattr(fitted, "n_histories_", None),
)
