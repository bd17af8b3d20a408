"""Reading codes from pictures: one interface for cameras, photos and files; it knows nothing of a warehouse.

    >>> from scanner_client.decoding import Decoder, pictures
    >>> codes = Decoder().read(pictures.load("label.jpg"))

Way of a picture: `pictures` (a file becomes grey values, or one sentence why not) -> `pipeline` (what is tried, in
order) -> `engines` (zxing-cpp, zbar) and `looks` (ways to prepare what they see: `locating` finds bars, `straightening`
draws them anew) -> `ballot` (what is believed) under the rules of `plausible` and within a `budget` -> `codes`.
"""

from scanner_client.decoding.budget import Budget
from scanner_client.decoding.codes import Code
from scanner_client.decoding.pictures import BadPicture, Limits
from scanner_client.decoding.pipeline import Decoder
from scanner_client.decoding.plausible import BadRules

__all__ = ["BadPicture", "BadRules", "Budget", "Code", "Decoder", "Limits"]
