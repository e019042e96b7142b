"""What a customer is worth, in four senses: lifetime value, profitability, loyalty, satisfaction.

Each name is imported from its module on first use.

>>> from custlab import value
>>> "BGNBD" in value.__all__
True
"""

from importlib import import_module

_HOMES = {
    "rfm": "cut_points rfm_scores rfm_segments rfm_table segment_grid",
    "rfm_estimators": "RFM RFMScorer",
    "histories": "calibration_holdout distinct_histories purchase_histories",
    "bgnbd": "BGNBD",
    "gamma_gamma": "GammaGamma spend_independence",
    "contractual": "constant_retention counts_from_survivors subscription_periods survival_curve",
    "shifted_beta_geometric": "ShiftedBetaGeometric subscription_value",
    "clv": "average_value discounted lifetime_value monthly_purchases retention_value",
    "diagnostics": "customers_by_frequency holdout_by_frequency purchases_by_week",
    "simulation": "round_to_days simulate_histories simulate_spend",
    "profit": "COST_DRIVERS CostToServe allocate big_but_unprofitable contribution whale_curve",
    "loyalty": "loyalty_matrix net_promoter_score repurchase_rate share_of_wallet "
    "share_with_interval",
    "satisfaction": "retention_by_satisfaction satisfaction_drivers share_by_answer top_box",
    "tiers": "ranking_sensitivity tier_plan tier_table value_tiers",
    "lenses": "compare_lenses",
    "likelihood": "ConvergenceError",
}
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names.split()}

__all__ = sorted(_MODULE_OF)


def __getattr__(name):
    """Import a public name from its home module on first use (PEP 562)."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'custlab.value' has no attribute '{name}'")
    found = getattr(import_module(f"custlab.value.{_MODULE_OF[name]}"), name)
    globals()[name] = found
    return found


def __dir__():
    """List the lazy names too, so that completion finds them."""
    return __all__
