"""How the model is made. What needs torch is imported when training starts, never by this door."""

from holdfast.screening.training.settings import TrainingSettings
from holdfast.screening.training.start import train_model

__all__ = ["TrainingSettings", "train_model"]
