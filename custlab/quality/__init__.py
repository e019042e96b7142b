"""Data quality and privacy: check, find defects, clean, read CRM exports, protect people."""

from .cells import ReadColumn, UnreadCells
from .clean import (
    blank_placeholders,
    find_swapped,
    find_unit_slips,
    flag_out_of_range,
    missing_by,
    standardise_category,
)
from .crm import CrmImport, read_fxiaoke, read_zoho
from .dates import parse_mixed_dates, read_dates
from .dirty import defect_log, read_clean, read_dirty, score_cleaning, score_findings
from .keys import (
    check_keys,
    find_duplicates,
    find_orphans,
    mend_keys,
    merge_duplicates,
    repoint,
)
from .layout import Export, read_export
from .numbers import currencies, parse_numbers, read_numbers
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
    "Export",
    "Generalised",
    "ReadColumn",
    "Report",
    "UnreadCells",
    "blank_placeholders",
    "check_keys",
    "currencies",
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
    "read_dates",
    "read_dirty",
    "read_export",
    "read_fxiaoke",
    "read_numbers",
    "read_zoho",
    "repoint",
    "score_cleaning",
    "score_findings",
    "small_groups",
    "standardise_category",
    "validate",
]
