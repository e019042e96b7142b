"""Find segments of customers, and say whether they are real, stable and useful."""

from custlab.segmentation.choose import KChoice, choose_k, silhouette_widths
from custlab.segmentation.kprototypes import KPrototypes
from custlab.segmentation.methods import Segmenter, compare_methods, recovery
from custlab.segmentation.prepare import MixedScaler
from custlab.segmentation.stability import Stability, bootstrap_stability, stability_band

__all__ = [
    "KChoice",
    "KPrototypes",
    "MixedScaler",
    "Segmenter",
    "Stability",
    "bootstrap_stability",
    "choose_k",
    "compare_methods",
    "recovery",
    "silhouette_widths",
    "stability_band",
]
