"""The gallery's deeper models for pictures, with their settings."""

from __future__ import annotations

from fitstudio.declared.catalogue.model_settings import (
    HEADS,
    SIZE,
    ModelEntry,
    activation,
    blocks,
    dropout,
    filters,
    setting,
    wide,
)
from fitstudio.words import marked

PICTURE_MODELS = (
    ModelEntry(
        name="resnet2d",
        called="ResNet",
        icon="image-square",
        finds_patterns=True,
        title=marked("ResNet for pictures"),
        help=marked("For images: deep, each block adds to the one before."),
        more=marked(
            "After He and others (2016), in the size for small pictures. Worth a try where there "
            "are more than a thousand pictures, with changes at random; it costs several times "
            "as much as the small convolutional network."
        ),
        params=(
            filters(
                [16, 32, 64],
                marked("How many patterns each stage looks for; each halves the picture."),
            ),
            blocks(2, marked("How many a stage has.")),
            activation(),
            dropout(),
        ),
    ),
    ModelEntry(
        name="vit",
        called="ViT",
        icon="image-square",
        finds_patterns=True,
        title=marked("Vision transformer"),
        help=marked("For images: every piece looks at every other piece."),
        more=marked(
            "Cuts a picture into small squares and lets each take from the others what concerns "
            "it (Dosovitskiy and others, 2021). Wants many thousand pictures; with fewer the "
            "convolutional networks are ahead."
        ),
        params=(
            setting(
                "patch",
                SIZE,
                4,
                marked("Side of a piece"),
                marked("How many points wide and high each piece is."),
            ),
            blocks(4, marked("How many rounds of looking at each other there are.")),
            wide(64, marked("How many numbers stand for a piece.")),
            HEADS,
            activation("gelu"),
            dropout(0.1),
        ),
    ),
)
