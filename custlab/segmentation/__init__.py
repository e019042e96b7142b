"""Find segments of customers, and say whether they are real, stable and useful."""

from custlab.segmentation.bases import (
    BehaviouralBase,
    DemographicBase,
    GeographicBase,
    PsychographicBase,
    base_features,
    likert_items,
)
from custlab.segmentation.choose import KChoice, choose_k, silhouette_widths
from custlab.segmentation.factors import FactorScores, parallel_analysis
from custlab.segmentation.kprototypes import KPrototypes
from custlab.segmentation.members import segment_rules
from custlab.segmentation.methods import Segmenter, compare_methods, recovery
from custlab.segmentation.prepare import MixedScaler
from custlab.segmentation.profile import (
    eta_squared,
    middle_halves_apart,
    profile,
    propose_names,
    segment_sizes,
)
from custlab.segmentation.scorecard import scorecard
from custlab.segmentation.stability import Stability, bootstrap_stability, stability_band

__all__ = [
    "BehaviouralBase",
    "DemographicBase",
    "FactorScores",
    "GeographicBase",
    "KChoice",
    "KPrototypes",
    "MixedScaler",
    "PsychographicBase",
    "Segmenter",
    "Stability",
    "base_features",
    "bootstrap_stability",
    "choose_k",
    "compare_methods",
    "eta_squared",
    "likert_items",
    "middle_halves_apart",
    "parallel_analysis",
    "profile",
    "propose_names",
    "recovery",
    "scorecard",
    "segment_rules",
    "segment_sizes",
    "silhouette_widths",
    "stability_band",
]
