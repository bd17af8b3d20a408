"""Labels: typed fields in, ZPL out, and the ways to a printer."""
