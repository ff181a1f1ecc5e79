"""Interviews: from transcripts to codings that two people agree on and every QDA tool can open.

Tables in, tables and frozen results out; offsets are code points over the stored document text.
"""

from __future__ import annotations

from typing import Any

from cjmkit._lazy import attach

_NAMES = {
    # name: module, one line each, sorted
    "Agreement": "cjmkit.interviews.comparison",
    "Anchored": "cjmkit.interviews.anchoring",
    "Code": "cjmkit.interviews.codebook",
    "CodeTable": "cjmkit.interviews.retrieval",
    "Codebook": "cjmkit.interviews.codebook",
    "Cooccurrence": "cjmkit.interviews.retrieval",
    "Key": "cjmkit.interviews.redaction",
    "QdaProject": "cjmkit.interviews.qda_model",
    "Redacted": "cjmkit.interviews.redaction",
    "Saturation": "cjmkit.interviews.repetition",
    "Suggestions": "cjmkit.interviews.suggestions",
    "Transcripts": "cjmkit.interviews.transcripts",
    "accept": "cjmkit.interviews.suggestions",
    "add_coding": "cjmkit.interviews.codings",
    "agreement": "cjmkit.interviews.comparison",
    "alpha": "cjmkit.interviews.reliability",
    "anchor": "cjmkit.interviews.anchoring",
    "autocode": "cjmkit.interviews.rules",
    "brennan_prediger": "cjmkit.interviews.reliability",
    "chance_to_hear": "cjmkit.interviews.onto_map",
    "check_codings": "cjmkit.interviews.codings",
    "code_by": "cjmkit.interviews.retrieval",
    "cohen_kappa": "cjmkit.interviews.reliability",
    "concat_codings": "cjmkit.interviews.codings",
    "conger_kappa": "cjmkit.interviews.reliability",
    "cooccurrence": "cjmkit.interviews.retrieval",
    "edit_coding": "cjmkit.interviews.codings",
    "empty_codings": "cjmkit.interviews.codings",
    "felt_points": "cjmkit.interviews.onto_map",
    "fleiss_kappa": "cjmkit.interviews.reliability",
    "gwet_ac": "cjmkit.interviews.reliability",
    "make_units": "cjmkit.interviews.units",
    "masi_distance": "cjmkit.interviews.reliability",
    "notes": "cjmkit.interviews.onto_map",
    "percent_agreement": "cjmkit.interviews.reliability",
    "quotes": "cjmkit.interviews.retrieval",
    "ratings_from_counts": "cjmkit.interviews.reliability",
    "ratings_from_table": "cjmkit.interviews.reliability",
    "read": "cjmkit.interviews.reading",
    "read_codings": "cjmkit.interviews.codings",
    "read_key": "cjmkit.interviews.redaction",
    "read_qdc": "cjmkit.interviews.qdc",
    "read_qdpx": "cjmkit.interviews.qdpx_read",
    "read_qualcoder": "cjmkit.interviews.qda_sqlite",
    "read_taguette": "cjmkit.interviews.qda_sqlite",
    "read_text": "cjmkit.interviews.reading",
    "redact": "cjmkit.interviews.redaction",
    "remove_codings": "cjmkit.interviews.codings",
    "restore": "cjmkit.interviews.redaction",
    "saturation": "cjmkit.interviews.repetition",
    "stage_of": "cjmkit.interviews.retrieval",
    "stage_scores": "cjmkit.interviews.retrieval",
    "suggest_codes": "cjmkit.interviews.suggestions",
    "touchpoints": "cjmkit.interviews.onto_map",
    "with_participants": "cjmkit.interviews.units",
    "write_codings": "cjmkit.interviews.codings",
    "write_qdc": "cjmkit.interviews.qdc",
    "write_qdpx": "cjmkit.interviews.qdpx_write",
}

__all__ = sorted(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
_getattr, __dir__ = attach(__name__, _NAMES)


def __getattr__(name: str) -> Any:
    return _getattr(name)
