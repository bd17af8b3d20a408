"""Maths: every plan is a pure function of plain values; no database, no web, no clock."""
