"""Reads: plain rows for screens, boards, planners and reports."""
