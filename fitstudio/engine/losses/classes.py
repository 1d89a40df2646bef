"""The reference's loss classes: each is one formula with its settings."""

from __future__ import annotations

from fitstudio.engine.losses import functions
from fitstudio.engine.losses.base import FunctionLoss, Reduction


class MeanSquaredError(FunctionLoss):
    """Mean of squared differences. The usual loss for predicting numbers."""

    def __init__(
        self, reduction: str = Reduction.AUTO, name: str | None = "mean_squared_error"
    ) -> None:
        super().__init__(functions.mean_squared_error, reduction, name)


class MeanAbsoluteError(FunctionLoss):
    """Mean of absolute differences: outliers count less than with squares."""

    def __init__(
        self, reduction: str = Reduction.AUTO, name: str | None = "mean_absolute_error"
    ) -> None:
        super().__init__(functions.mean_absolute_error, reduction, name)


class MeanAbsolutePercentageError(FunctionLoss):
    """Mean of absolute differences in per cent of the target."""

    def __init__(
        self, reduction: str = Reduction.AUTO, name: str | None = "mean_absolute_percentage_error"
    ) -> None:
        super().__init__(functions.mean_absolute_percentage_error, reduction, name)


class MeanSquaredLogarithmicError(FunctionLoss):
    """Mean of squared differences of logarithms: ratios count, not distances."""

    def __init__(
        self, reduction: str = Reduction.AUTO, name: str | None = "mean_squared_logarithmic_error"
    ) -> None:
        super().__init__(functions.mean_squared_logarithmic_error, reduction, name)


class Huber(FunctionLoss):
    """Squared for small errors, absolute beyond ``delta``."""

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str = Reduction.AUTO,
        name: str | None = "huber_loss",
    ) -> None:
        super().__init__(functions.huber, reduction, name, delta=delta)


class LogCosh(FunctionLoss):
    """Logarithm of the hyperbolic cosine of the error: a smooth Huber."""

    def __init__(self, reduction: str = Reduction.AUTO, name: str | None = "log_cosh") -> None:
        super().__init__(functions.log_cosh, reduction, name)


class Hinge(FunctionLoss):
    """Hinge loss for targets of -1 and 1 (0 and 1 are converted)."""

    def __init__(self, reduction: str = Reduction.AUTO, name: str | None = "hinge") -> None:
        super().__init__(functions.hinge, reduction, name)


class SquaredHinge(FunctionLoss):
    """Square of the hinge loss."""

    def __init__(self, reduction: str = Reduction.AUTO, name: str | None = "squared_hinge") -> None:
        super().__init__(functions.squared_hinge, reduction, name)


class CategoricalHinge(FunctionLoss):
    """Hinge loss for one-hot targets."""

    def __init__(
        self, reduction: str = Reduction.AUTO, name: str | None = "categorical_hinge"
    ) -> None:
        super().__init__(functions.categorical_hinge, reduction, name)


class BinaryCrossentropy(FunctionLoss):
    """Crossentropy for yes/no targets."""

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        reduction: str = Reduction.AUTO,
        name: str | None = "binary_crossentropy",
    ) -> None:
        super().__init__(
            functions.binary_crossentropy,
            reduction,
            name,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )


class BinaryFocalCrossentropy(FunctionLoss):
    """Crossentropy for yes/no targets in which easy samples count less."""

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        reduction: str = Reduction.AUTO,
        name: str | None = "binary_focal_crossentropy",
    ) -> None:
        super().__init__(
            functions.binary_focal_crossentropy,
            reduction,
            name,
            apply_class_balancing=apply_class_balancing,
            alpha=alpha,
            gamma=gamma,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )


class CategoricalCrossentropy(FunctionLoss):
    """Crossentropy for one-hot targets."""

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        reduction: str = Reduction.AUTO,
        name: str | None = "categorical_crossentropy",
    ) -> None:
        super().__init__(
            functions.categorical_crossentropy,
            reduction,
            name,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )


class CategoricalFocalCrossentropy(FunctionLoss):
    """Crossentropy for one-hot targets in which easy samples count less."""

    def __init__(
        self,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        reduction: str = Reduction.AUTO,
        name: str | None = "categorical_focal_crossentropy",
    ) -> None:
        super().__init__(
            functions.categorical_focal_crossentropy,
            reduction,
            name,
            alpha=alpha,
            gamma=gamma,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )


class SparseCategoricalCrossentropy(FunctionLoss):
    """Crossentropy for targets that are class numbers."""

    def __init__(
        self,
        from_logits: bool = False,
        reduction: str = Reduction.AUTO,
        name: str | None = "sparse_categorical_crossentropy",
    ) -> None:
        super().__init__(
            functions.sparse_categorical_crossentropy, reduction, name, from_logits=from_logits
        )


class KLDivergence(FunctionLoss):
    """Kullback-Leibler divergence of predicted from true distributions."""

    def __init__(self, reduction: str = Reduction.AUTO, name: str | None = "kl_divergence") -> None:
        super().__init__(functions.kl_divergence, reduction, name)


class Poisson(FunctionLoss):
    """Loss for counts."""

    def __init__(self, reduction: str = Reduction.AUTO, name: str | None = "poisson") -> None:
        super().__init__(functions.poisson, reduction, name)


class CosineSimilarity(FunctionLoss):
    """Minus the cosine of the angle between target and prediction."""

    def __init__(
        self,
        axis: int = -1,
        reduction: str = Reduction.AUTO,
        name: str | None = "cosine_similarity",
    ) -> None:
        super().__init__(functions.cosine_similarity, reduction, name, axis=axis)
