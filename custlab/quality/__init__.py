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
from .dirty import defect_log, read_clean, read_dirty, score_cleaning, score_findings
from .report import Report
from .validate import validate

__all__ = [
    "Report",
    "blank_placeholders",
    "defect_log",
    "find_duplicates",
    "find_orphans",
    "find_swapped",
    "find_unit_slips",
    "flag_out_of_range",
    "mend_keys",
    "merge_duplicates",
    "missing_by",
    "parse_mixed_dates",
    "parse_numbers",
    "read_clean",
    "read_dirty",
    "repoint",
    "score_cleaning",
    "score_findings",
    "standardise_category",
    "validate",
]
