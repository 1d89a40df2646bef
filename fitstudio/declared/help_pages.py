"""Writes the help pages of all settings from their declarations.

Run ``python -m fitstudio.declared.help_pages`` after a declaration was changed; a test compares the
committed pages with what would be written now.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from fitstudio import resources, storage
from fitstudio.declared.catalogue.entries import CALLBACKS, LOSSES, METRICS, MODELS, OPTIMIZERS
from fitstudio.declared.catalogue.preparations import (
    CATEGORY_WAYS,
    GAP_WAYS,
    NUMBER_WAYS,
    SINGLE_CATEGORY_WAYS,
    SINGLE_GAP_WAYS,
    SINGLE_WAYS,
    TEXT_WAYS,
)
from fitstudio.declared.formats.registry import FORMATS
from fitstudio.declared.kinds.conditions import ALWAYS
from fitstudio.declared.kinds.param import Entry, Param
from fitstudio.declared.kinds.values import Choice
from fitstudio.declared.parameters.compile import COMPILE
from fitstudio.declared.parameters.data import DATA
from fitstudio.declared.parameters.fit import FIT
from fitstudio.declared.parameters.model import KIND
from fitstudio.declared.parameters.rules import RULES
from fitstudio.declared.parameters.run import RUN


def pages() -> dict[str, str]:
    """The text of each page by file name."""
    return {
        "parameters-fit.md": _page(
            "The parameters of fit()",
            "How long the model trains, in what portions, and on what it is checked. The names in "
            "code type are those of Keras's `fit()`; the order is that of its signature.",
            _param_sections(FIT),
        ),
        "parameters-compile.md": _page(
            "The parameters of compile()",
            "What is minimised, by which rule, and what is reported beside it.",
            _param_sections(COMPILE),
        ),
        "parameters-data.md": _page(
            "The settings of the data",
            "Which file is read, how, and what is done with its values before training.",
            [*_param_sections(DATA), *_preparation_sections(), *_format_sections()],
        ),
        "parameters-run.md": _page(
            "The settings of a run",
            "Seed, device, limits and names: nothing that `fit()` itself knows.",
            _param_sections(RUN),
        ),
        "optimizers.md": _page(
            "Optimisers",
            "The rules by which weights are changed after each batch (`compile.optimizer`). Other "
            "settings than the learning rate go into `compile.optimizer_settings`.",
            _entry_sections(OPTIMIZERS),
        ),
        "losses.md": _page(
            "Losses",
            "The number that training makes small (`compile.loss`). Their settings go into "
            "`compile.loss_settings`.",
            _entry_sections(LOSSES),
        ),
        "metrics.md": _page(
            "Metrics",
            "What can be reported beside the loss (`compile.metrics`, `compile.weighted_metrics`): "
            'a name, or an object such as `{"kind": "AUC", "curve": "PR"}`.',
            _entry_sections(METRICS),
        ),
        "callbacks.md": _page(
            "Helpers (callbacks)",
            "What watches the training (`fit.callbacks`): a list of objects such as "
            '`{"kind": "EarlyStopping", "patience": 5}`, which work in its order.',
            _entry_sections(CALLBACKS),
        ),
        "models.md": _page(
            "Models",
            f"What kind of network is trained (`model.kind`, {KIND.default} at first), and its "
            "settings, such as `model.units`.",
            _entry_sections(MODELS),
        ),
    }


def write_pages(folder: Path) -> None:
    """Write all pages into a folder."""
    for name, text in pages().items():
        storage.write_text(folder / name, text)


def _page(title: str, introduction: str, sections: Iterable[str]) -> str:
    return "\n\n".join([f"# {title}", introduction, *sections]) + "\n"


def _param_sections(params: Iterable[Param]) -> Iterator[str]:
    for param in params:
        yield "\n\n".join(
            text
            for text in (
                f"## {param.title} (`{param.key}`)",
                f"{param.help} {param.more}".strip(),
                "\n".join(f"- {fact}" for fact in _facts(param)),
                "\n".join(f"- {rule}" for rule in _rules(param)),
            )
            if text
        )


def _facts(param: Param) -> Iterator[str]:
    yield f"Value: {param.kind.say()}{f', or {param.unset}' if param.accepts_none else ''}."
    yield f"Default: {param.show(param.default)}."
    if isinstance(param.kind, Choice):
        for option in param.kind.options:
            about = f": {option.help}" if option.help else "."
            yield f"`{param.kind.show(option.value)}`, {option.title}{about}"
    if param.applies != ALWAYS:
        yield f"Has an effect when {param.applies.say()}."


def _rules(param: Param) -> Iterator[str]:
    for rule in RULES:
        if rule.where == param.key:
            yield f"{rule.sentence} (`{rule.code}`)"


def _entry_sections(entries: Mapping[str, Entry]) -> Iterator[str]:
    for entry in entries.values():
        aliases = (
            f" Also called {', '.join(f'`{a}`' for a in entry.aliases)}." if entry.aliases else ""
        )
        sentence = entry.help if entry.help.endswith(".") else f"{entry.help}."
        lines = [f"## {entry.title} (`{entry.name}`)", f"{sentence} {entry.more}".strip() + aliases]
        if entry.params:
            lines.append("\n".join(_setting_line(param) for param in entry.params))
        yield "\n\n".join(lines)


def _preparation_sections() -> Iterator[str]:
    """The ways in which a column can be prepared, by what it holds."""
    numbers = {**NUMBER_WAYS, **SINGLE_WAYS}
    classes = {**CATEGORY_WAYS, **SINGLE_CATEGORY_WAYS, **TEXT_WAYS}
    gaps = {**GAP_WAYS, **SINGLE_GAP_WAYS}
    for title, ways in (
        ("Preparing a column of numbers (`prepare` in `data.columns`)", numbers),
        ("Preparing a column of classes or words (`prepare` in `data.columns`)", classes),
        ("Missing values of a column (`missing` in `data.columns`)", gaps),
    ):
        yield f"## {title}"
        lines: list[str] = []
        for way in ways.values():
            lines.append(f"- `{way.name}`, {way.title}: {way.help}")
            lines += [f"  {_setting_line(param)}" for param in way.params]
        yield "\n".join(lines)


def _format_sections() -> Iterator[str]:
    for each in FORMATS.values():
        yield f"## Reading options: {each.title} (`data.kind={each.name}`)"
        yield f"Usual endings: {', '.join(each.endings)}."
        yield "\n".join(
            f"- `{option.name}`, {option.title}: {option.help} It is {option.kind.say()}."
            for option in each.params
        )


def _setting_line(param: Param) -> str:
    none = f", or {param.unset}" if param.accepts_none else ""
    default = (
        "none, it has to be set"
        if param.default is None and not none
        else (param.show(param.default))
    )
    return (
        f"- `{param.name}`, {param.title.lower()}: {param.help} "
        f"({param.kind.say()}{none}; default {default})"
    )


if __name__ == "__main__":
    write_pages(Path(sys.argv[1]) if len(sys.argv) > 1 else resources.path("help"))
