"""A small simulated case that several tests share; made once."""

from functools import lru_cache

from custlab.cases import make_case


@lru_cache(maxsize=1)
def small_case():
    """Give a small e-commerce case."""
    return make_case("ecommerce", n_customers=400, seed=5)
