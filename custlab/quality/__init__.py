"""Data quality and privacy: check, find defects, clean, read CRM exports, protect people."""

from .clean import (
    blank_placeholders,
    find_duplicates,
    find_orphans,
    find_swapped,
    find_unit_slips,
    flag_out_of_range,
    mend_keys,
    merge_duplicates,
    missing_by,
    parse_mixed_dates,
    parse_numbers,
    repoint,
    standardise_category,
)
from .crm import CrmImport, read_fxiaoke, read_zoho
from .dirty import defect_log, read_clean, read_dirty, score_cleaning, score_findings
from .privacy import (
    Generalised,
    generalise,
    group_sizes,
    k_anonymity,
    l_diversity,
    pseudonymise,
    small_groups,
)
from .report import Report
from .validate import validate

__all__ = [
    "CrmImport",
    "Generalised",
    "Report",
    "blank_placeholders",
    "defect_log",
    "find_duplicates",
    "find_orphans",
    "find_swapped",
    "find_unit_slips",
    "flag_out_of_range",
    "generalise",
    "group_sizes",
    "k_anonymity",
    "l_diversity",
    "mend_keys",
    "merge_duplicates",
    "missing_by",
    "parse_mixed_dates",
    "parse_numbers",
    "pseudonymise",
    "read_clean",
    "read_dirty",
    "read_fxiaoke",
    "read_zoho",
    "repoint",
    "score_cleaning",
    "score_findings",
    "small_groups",
    "standardise_category",
    "validate",
]
