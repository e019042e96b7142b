"""How many segments? Five criteria side by side, because they disagree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from numbers import Integral

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import pairwise_distances, silhouette_samples
from sklearn.mixture import GaussianMixture
from sklearn.utils import check_consistent_length, check_random_state
from sklearn.utils.validation import check_array

from custlab.checks import check_whole
from custlab.errors import InputError
from custlab.features import check_features, check_k
from custlab.i18n import _
from custlab.segmentation.methods import Segmenter, starts_for
from custlab.segmentation.stability import resampled

# From which mean Jaccard similarity of its weakest segment a division counts as stable.
STABLE = 0.75
# Below this share of a feature's own spread a mixture's segment has collapsed onto one value.
NO_SPREAD = 0.01


@dataclass(frozen=True)
class KChoice:
    """What five criteria say about the number of segments.

    Attributes
    ----------
    table : DataFrame
        One row a k: ``inertia``, ``silhouette``, ``gap``, ``gap_se``, ``bic``, ``jaccard`` (of the
        weakest segment), ``ari``. The row k = 1 has only what exists for one segment.
    rows : int
        How many customers.
    silhouette_rows : int
        On how many of them, drawn at random, the silhouette was computed.
    labels : dict
        For each k the segment of each customer.
    stability : dict
        For each k the stability of its segments.
    without_spread : tuple of int
        The k for which some segment of the Gaussian mixture has collapsed onto one value of a
        feature, as it does with shares and 0/1 columns: there BIC falls without end and says
        nothing, so it suggests none of them.
    """

    table: pd.DataFrame
    rows: int
    silhouette_rows: int
    labels: dict = field(repr=False)
    stability: dict = field(repr=False)
    without_spread: tuple = ()

    @property
    def suggestions(self) -> pd.DataFrame:
        """What each criterion suggests, and by which rule (``k`` is missing if by none)."""
        several = self.table.loc[self.table.index > 1]
        rules = {
            "inertia": (_elbow(several["inertia"]), _("the sharpest bend (Satopää et al. 2011)")),
            "silhouette": (several["silhouette"].idxmax(), _("the highest (Rousseeuw 1987)")),
            "gap": (_first_within_one_error(self.table), _(
                "the first whose gap is within one standard error of the next "
                "(Tibshirani et al. 2001)"
            )),
            "bic": self._lowest_bic(several["bic"]),
            "stability": (_last_stable(several["jaccard"]), _(
                "the largest whose weakest segment has a Jaccard of .75 or more (Hennig 2007)"
            )),
        }  # fmt: skip
        found = pd.DataFrame.from_dict(rules, orient="index", columns=["k", "rule"])
        return found.astype({"k": "Int64"}).rename_axis("criterion")

    def _lowest_bic(self, bic: pd.Series) -> tuple:
        meant = bic.drop(list(self.without_spread))
        if meant.empty:
            return None, _(
                "none: a segment lies on one value of a feature (a share, 0 or 1), where BIC falls "
                "without end"
            )
        if len(meant) < len(bic):
            return meant.idxmin(), _(
                "the lowest (Schwarz 1978) of those k whose segments spread in every feature"
            )
        return meant.idxmin(), _("the lowest (Schwarz 1978), of a Gaussian mixture")

    def _repr_html_(self):
        note = _("{n} customers; silhouette on {sample} of them.").format(
            n=f"{self.rows:,}", sample=f"{self.silhouette_rows:,}"
        )
        shown = self.table.style.format("{:,.3g}", na_rep="–")
        return shown.to_html() + self.suggestions.to_html() + f"<p>{note}</p>"


def choose_k(
    X,
    ks=range(2, 11),
    *,
    n_init: int | None = None,
    n_references: int = 10,
    n_boot: int = 20,
    sample: int = 5_000,
    random_state: int = 0,
) -> KChoice:
    """Try several numbers of segments and compare five criteria.

    K-means is fitted once for each k and reused for inertia, silhouette, gap and as the start of
    the Gaussian mixture behind BIC. The stability is that of :func:`bootstrap_stability` for
    ``Segmenter(k)``. Resamples and reference data are the same for all k.

    Parameters
    ----------
    X : DataFrame or array of shape (customers, features)
        Features on comparable scales: see ``MixedScaler``.
    ks : iterable of int
        Numbers of segments, each at least 2.
    n_init : int, optional
        Random starts of each K-means fit; by default those of :class:`Segmenter`, and fewer (10 up
        to 2,000 customers) on each resample and reference.
    n_references : int
        Reference data sets of the gap statistic: uniform over the box along the principal
        components of the data.
    n_boot : int
        Resamples for the stability, with replacement.
    sample : int
        With more customers than that, the silhouette is computed on a random sample of this size.
    random_state : int
        Source of all chance.

    Returns
    -------
    KChoice
        The criteria for each k, and what each suggests.

    Raises
    ------
    InputError
        If the table cannot be segmented, or a k is below 2 or above the number of different rows.

    References
    ----------
    Tibshirani, R., Walther, G., & Hastie, T. (2001). Estimating the number of clusters in a data
    set via the gap statistic. Journal of the Royal Statistical Society B 63, 411-423.
    Hennig, C. (2007). Cluster-wise assessment of cluster stability. Computational Statistics and
    Data Analysis 52, 258-271.

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> X, __ = make_blobs(150, centers=[[0, 0], [9, 0], [0, 9]], random_state=0)
    >>> choose_k(X, range(2, 6)).suggestions["k"].tolist()
    [3, 3, 3, 3, 3]
    """
    check_features(X)
    check_whole("n_references", n_references, 1)
    values = check_array(X, dtype=float, ensure_min_samples=2)
    ks = _checked_ks(values, ks)
    random = check_random_state(random_state)
    segmenters = {k: Segmenter(k, n_init=n_init, random_state=random_state) for k in ks}
    labels = {k: segmenter.fit_predict(values) for k, segmenter in segmenters.items()}
    inertia = {1: np.square(values - values.mean(axis=0)).sum()}
    inertia.update({k: segmenter.model_.inertia_ for k, segmenter in segmenters.items()})
    table = pd.DataFrame({"inertia": inertia}).rename_axis("k")
    rows, widths = _silhouettes(values, labels, sample, random)
    table["silhouette"] = pd.Series(widths)
    starts = starts_for(len(values), again=True) if n_init is None else n_init
    table[["gap", "gap_se"]] = _gaps(values, table["inertia"], n_references, starts, random)
    mixtures = {k: mixture_from(values, segmenter.model_).fit(values)
                for k, segmenter in segmenters.items()}  # fmt: skip
    table["bic"] = pd.Series({k: mixture.bic(values) for k, mixture in mixtures.items()})
    least = np.square(NO_SPREAD * values.std(axis=0))
    collapsed = tuple(k for k, found in mixtures.items() if (found.covariances_ < least).any())
    stability = {k: resampled(values, segmenter, labels[k], n_boot, random_state)
                 for k, segmenter in segmenters.items()}  # fmt: skip
    table["jaccard"] = pd.Series({k: s.segments["jaccard"].min() for k, s in stability.items()})
    table["ari"] = pd.Series({k: s.ari for k, s in stability.items()})
    return KChoice(table, len(values), rows, labels, stability, collapsed)


def silhouette_widths(X, labels, *, metric: str = "euclidean", sample=None, random_state=0):
    """Say for each customer how much nearer the own segment is than the next one.

    Parameters
    ----------
    X : array of shape (customers, features), or (customers, customers)
        Features, or distances if ``metric="precomputed"``.
    labels : array of length customers
        Segments.
    metric : str
        Any metric of scikit-learn's ``pairwise_distances``.
    sample : int, optional
        Use a random sample of this many customers; all by default.
    random_state : int
        Source of the sample.

    Returns
    -------
    pandas.Series
        Silhouette width, -1 (nearer to another segment) to 1, by position of the customer.

    References
    ----------
    Rousseeuw, P. J. (1987). Silhouettes: a graphical aid to the interpretation and validation of
    cluster analysis. Journal of Computational and Applied Mathematics 20, 53-65.

    Examples
    --------
    >>> silhouette_widths([[0.0], [1.0], [10.0], [11.0]], [0, 0, 1, 1]).round(2).tolist()
    [0.9, 0.89, 0.89, 0.9]
    """
    values, labels = np.asarray(X, dtype=float), np.asarray(labels)
    check_consistent_length(values, labels)
    chosen = _draw(len(values), sample, check_random_state(random_state))
    part = values[np.ix_(chosen, chosen)] if metric == "precomputed" else values[chosen]
    return pd.Series(silhouette_samples(part, labels[chosen], metric=metric), index=chosen)


def _checked_ks(values, ks) -> list[int]:
    ks = list(ks) if isinstance(ks, Iterable) else [ks]
    if not ks or not all(isinstance(k, Integral) and k >= 2 for k in ks):
        raise InputError(
            _("Give whole numbers of segments from 2 upwards, such as ks=range(2, 11).")
        )
    ks = sorted(set(ks))
    check_k(values, ks[-1])
    if ks[-1] >= len(values):
        raise InputError(
            _("{k} segments of {n} customers: every customer would be a segment. Ask for fewer.")
            .format(k=ks[-1], n=len(values))
        )  # fmt: skip
    return ks


def _draw(rows: int, sample, random):
    """Give the positions of a random sample, or of everybody if there are few."""
    if sample is None or rows <= sample:
        return np.arange(rows)
    return np.sort(random.choice(rows, size=sample, replace=False))


def _silhouettes(values, labels: dict, sample: int, random):
    """Compute distances once, and the mean silhouette of each k from them."""
    chosen = _draw(len(values), sample, random)
    distances = pairwise_distances(values[chosen])
    np.fill_diagonal(distances, 0)
    means = {
        k: silhouette_samples(distances, found[chosen], metric="precomputed").mean()
        if len(np.unique(found[chosen])) > 1
        else np.nan
        for k, found in labels.items()
    }
    return len(chosen), means


def _gaps(values, inertia: pd.Series, n_references: int, starts: int, random) -> pd.DataFrame:
    """Compare the log of the inertia with that of data without any segments."""
    logs = pd.DataFrame(
        [_reference_logs(values, inertia.index, starts, random) for __ in range(n_references)]
    )
    # Where every row lies on its centre the gap is infinite: no number, and no suggestion.
    left = inertia.where(inertia > 1e-12 * inertia.iloc[0])
    gap = logs.mean() - np.log(left)
    error = logs.std(ddof=0) * np.sqrt(1 + 1 / n_references)
    return pd.DataFrame({"gap": gap, "gap_se": error})


def _reference_logs(values, ks, starts: int, random) -> dict:
    """Draw one reference data set and give the log of its inertia for each k."""
    center = values.mean(axis=0)
    axes = np.linalg.svd(values - center, full_matrices=False)[2]
    turned = (values - center) @ axes.T
    reference = random.uniform(turned.min(axis=0), turned.max(axis=0), size=turned.shape)
    total = np.square(reference - reference.mean(axis=0)).sum()
    logs = {1: np.log(total)}
    for k in ks[ks > 1]:
        fit = KMeans(k, n_init=starts, random_state=random.randint(2**31 - 1)).fit(reference)
        logs[k] = np.log(fit.inertia_)
    return logs


def mixture_from(values, fit: KMeans) -> GaussianMixture:
    """Prepare a Gaussian mixture that starts where K-means has ended.

    Parameters
    ----------
    values : array of shape (customers, features)
        The data of the fit.
    fit : KMeans
        A fitted model.

    Returns
    -------
    GaussianMixture
        Not fitted yet; diagonal covariances.
    """
    members = np.eye(fit.n_clusters)[fit.labels_]
    sizes = members.sum(axis=0)
    squares = (members.T @ np.square(values)) / sizes[:, None]
    variances = np.maximum(squares - np.square(fit.cluster_centers_), 1e-3)
    return GaussianMixture(
        fit.n_clusters,
        covariance_type="diag",
        weights_init=sizes / sizes.sum(),
        means_init=fit.cluster_centers_,
        precisions_init=1 / variances,
        max_iter=300,
    )


def _elbow(inertia: pd.Series):
    """Find the k that lies farthest below the straight line between the ends."""
    if len(inertia) < 3:
        return None
    k = (inertia.index - inertia.index[0]) / (inertia.index[-1] - inertia.index[0])
    height = (inertia - inertia.iloc[-1]) / (inertia.iloc[0] - inertia.iloc[-1])
    return (1 - k - height).idxmax()


def _first_within_one_error(table: pd.DataFrame):
    """Apply the rule of Tibshirani et al.: the smallest k with gap(k) >= gap(k+1) - s(k+1)."""
    following = (table["gap"] - table["gap_se"]).shift(-1)
    good = table.index[table["gap"] >= following]
    return good[0] if len(good) else None


def _last_stable(jaccard: pd.Series):
    stable = jaccard.index[jaccard >= STABLE]
    return stable[-1] if len(stable) else None
