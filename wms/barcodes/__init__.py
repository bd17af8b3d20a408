"""The meaning of a barcode: our typed codes with a check character, GS1 labels, and what is wrong with a scanner."""

from wms.barcodes.meaning import FRAMING, Reading, Scanned, understand
from wms.barcodes.own import PREFIXES, bare, check_of, code, number_code
from wms.barcodes.profiles import Profile, ProfileError, load_profiles

__all__ = [
    "FRAMING",
    "PREFIXES",
    "Profile",
    "ProfileError",
    "Reading",
    "Scanned",
    "bare",
    "check_of",
    "code",
    "load_profiles",
    "number_code",
    "understand",
]
