"""Symbols as a camera sees them: printed by zxing-cpp, turned, blurred, noisy; the same with every run."""

from __future__ import annotations

import io
from typing import Any

import cv2
import numpy as np
import zxingcpp
from PIL import Image

Picture = Any  # grey, height x width


def symbol(text: str, kind: str, module_px: int = 3, **options: Any) -> Picture:
    """A symbol on white paper; bars are a third as high as they are wide."""
    made = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind), **options)
    bare = np.array(made.to_image(scale=1, add_quiet_zones=False))
    if kind in ("QRCode", "DataMatrix", "DataBarExpStk", "DataBarStkOmni"):
        rows = bare
    else:
        rows = np.repeat(bare[len(bare) // 3][np.newaxis], max(20, bare.shape[1] // 3), axis=0)
    large = np.kron(rows, np.ones((module_px, module_px), np.uint8))
    edge = 10 * module_px
    return cv2.copyMakeBorder(large, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=255)


def turned(picture: Picture, degrees: float, paper: int = 255) -> Picture:
    """A picture turned, with nothing cut off."""
    height, width = picture.shape
    push = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    size = np.ceil(np.abs(push[:, :2]) @ (width, height)).astype(int)
    push[:, 2] += (size - (width, height)) / 2
    return cv2.warpAffine(picture, push, tuple(int(n) for n in size), flags=cv2.INTER_LINEAR, borderValue=paper)


def blurred(picture: Picture, sigma_px: float) -> Picture:
    """A picture out of focus."""
    return cv2.GaussianBlur(picture, (0, 0), sigma_px)


def noisy(picture: Picture, sigma: float, seed: int = 1) -> Picture:
    """A picture with the noise of a small sensor."""
    noise = np.random.default_rng(seed).normal(0, sigma, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def faint(picture: Picture, share: float) -> Picture:
    """A picture with little contrast, in poor light."""
    return (70 + picture * share * 0.5).astype(np.uint8)


def beside(*pictures: Picture) -> Picture:
    """Pictures in one, side by side on white."""
    high = max(len(picture) for picture in pictures)
    return np.hstack([np.pad(p, ((0, high - len(p)), (0, 0)), constant_values=255) for p in pictures])


def as_file(picture: Picture, kind: str = "PNG", mode: str = "L", **options: Any) -> bytes:
    """A picture as the content of a file."""
    file = io.BytesIO()
    Image.fromarray(picture).convert(mode).save(file, kind, **options)
    return file.getvalue()
