"""How the model is made. What needs torch is imported by `train` alone, never by this door."""

from holdfast.screening.training.calibrate import measured

__all__ = ["measured"]
