"""Each change at random against pictures that were changed by hand."""

import numpy as np
import pytest
import torch

from fitstudio.declared.parameters.augmentation import AUGMENTATION, Changes, changes_of, said
from fitstudio.engine.augmentation import light
from fitstudio.engine.augmentation.augmentation import Augmentation
from fitstudio.engine.augmentation.draws import Draws
from fitstudio.engine.augmentation.geometry import moved, placed
from fitstudio.errors import ArgumentError

COUNT = 16


class Fixed(Draws):
    """Draws that are always the same, so that a change is the one that was worked out by hand."""

    def __init__(self, **values):
        super().__init__(0, 0, 0)
        object.__setattr__(self, "values", values)

    __slots__ = ("values",)

    def uniform(self, kind, *shape, low=-1.0, high=1.0):
        value = self.values.get(kind.replace(" ", "_"), 0.0)
        return torch.full(shape, float(value)) if np.ndim(value) == 0 else torch.tensor(value)

    def normal(self, kind, *shape):
        return torch.ones(shape)


def pictures(height=6, width=6, channels=1, count=1):
    numbers = torch.arange(count * channels * height * width, dtype=torch.float32)
    return numbers.reshape(count, channels, height, width)


@pytest.mark.parametrize(
    "changes, drawn, axis",
    [
        (Changes(flip_horizontal=True), "flip_horizontal", 3),
        (Changes(flip_vertical=True), "flip_vertical", 2),
    ],
)
def test_a_flip_mirrors_those_that_were_drawn_and_no_others(changes, drawn, axis):
    given = pictures(count=2)
    found = moved(given, changes, Fixed(**{drawn: [0.2, 0.8]}))

    assert torch.equal(found[0], given.flip(axis)[0])
    assert torch.equal(found[1], given[1])


@pytest.mark.parametrize("height, width", [(6, 6), (5, 5)])
def test_a_quarter_turn_is_that_of_the_points(height, width):
    given = pictures(height, width)
    found = moved(given, Changes(turn=90.0), Fixed(turn=1.0))

    torch.testing.assert_close(found, torch.rot90(given, 1, (2, 3)), atol=1e-4, rtol=0)


def test_a_turn_keeps_right_angles_in_pictures_that_are_wider_than_high():
    given = torch.zeros(1, 1, 9, 21)
    given[0, 0, 4, 8:13] = 1.0  # a stroke of five points, lying
    found = moved(given, Changes(turn=90.0), Fixed(turn=1.0))

    expected = torch.zeros(1, 1, 9, 21)
    expected[0, 0, 2:7, 10] = 1.0  # and standing
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=0)


def test_a_shift_moves_by_whole_points_and_the_edge_goes_on():
    given = pictures()
    found = moved(given, Changes(shift=1 / 3), Fixed(shift=[[1.0, 0.0]]))

    expected = torch.cat([given[..., :1], given[..., :1], given[..., :-2]], dim=3)
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=0)


def test_a_crop_fills_the_size_with_the_part_that_is_kept():
    given = torch.zeros(1, 1, 8, 8)
    given[..., :4, :4] = 7.0
    found = moved(given, Changes(crop=0.5), Fixed(crop=1.0, crop_place=[[-1.0, -1.0]]))

    assert float(found[..., :7, :7].min()) == pytest.approx(7.0)


def test_twice_as_large_is_the_middle_of_the_picture():
    given = torch.zeros(1, 1, 8, 8)
    given[..., 2:6, 2:6] = 3.0
    found = moved(given, Changes(scale=0.9), Fixed(scale=1.0 / 0.9))

    assert float(found[..., 1:7, 1:7].min()) == pytest.approx(3.0)
    smaller = moved(given, Changes(scale=0.5), Fixed(scale=-1.0))
    assert float(smaller.sum()) < float(given.sum()) / 3


def test_brightness_adds_a_share_of_the_range_of_each_channel():
    given = pictures(2, 2, channels=2)
    given[0, 1] *= 10
    found = light.lit(given, Changes(brightness=0.2), Fixed(brightness=1.0))

    torch.testing.assert_close(
        found - given, torch.tensor([0.2 * 3, 0.2 * 30])[None, :, None, None].expand(1, 2, 2, 2)
    )


def test_contrast_leaves_the_mean_and_spreads_the_points():
    given = pictures(2, 2)
    found = light.lit(given, Changes(contrast=0.5), Fixed(contrast=1.0))

    torch.testing.assert_close(found.mean(), given.mean())
    torch.testing.assert_close(found - given.mean(), 1.5 * (given - given.mean()))


def test_noise_is_as_large_as_was_asked():
    given = pictures(2, 2)
    found = light.lit(given, Changes(noise=0.1), Fixed(noise=1.0))

    torch.testing.assert_close(found, given + 0.1 * 3)


def test_blur_keeps_what_is_even_and_spreads_a_point_as_a_bell():
    even = torch.full((1, 2, 9, 9), 4.0)
    torch.testing.assert_close(light.lit(even, Changes(blur=2.0), Fixed(blur=1.0)), even)

    point = torch.zeros(1, 1, 21, 21)
    point[0, 0, 10, 10] = 1.0
    found = light.lit(point, Changes(blur=1.0), Fixed(blur=1.0))[0, 0]
    bell = np.exp(-0.5 * np.arange(-10, 11) ** 2)
    np.testing.assert_allclose(found.numpy(), np.outer(bell, bell) / bell.sum() ** 2, atol=2e-3)
    assert torch.equal(light.lit(point, Changes(blur=1.0), Fixed(blur=0.0)), point)


def batch(channels=3):
    x = torch.rand(COUNT, 8, 10, channels, generator=torch.Generator().manual_seed(1))
    return x if channels else x[..., 0]


ALL = Changes(
    flip_horizontal=True, flip_vertical=True, turn=20, shift=0.1, scale=0.2, crop=0.2,
    brightness=0.2, contrast=0.2, noise=0.1, blur=1.0, mixup=0.4, cutmix=1.0,
)  # fmt: skip


def changed(changes, x, y=None, seed=3, epoch=2, step=5):
    y = torch.eye(COUNT) if y is None else y
    (found,), (target,), _ = Augmentation(changes, seed)((x,), (y,), (None,), epoch, step)
    return found, target


def test_the_same_batch_of_the_same_epoch_is_changed_alike_and_any_other_is_not():
    x = batch()
    found, target = changed(ALL, x)
    again, target_again = changed(ALL, x)

    assert torch.equal(found, again)
    assert torch.equal(target, target_again)
    assert found.shape == x.shape
    for other in ({"seed": 4}, {"epoch": 3}, {"step": 6}):
        assert not torch.equal(changed(ALL, x, **other)[0], found), other


def test_a_change_more_leaves_the_draws_of_the_others():
    x = batch()
    turned = changed(Changes(turn=20), x)[0]
    noisy = changed(Changes(turn=20, noise=1e-7), x)[0]
    torch.testing.assert_close(turned, noisy, atol=1e-5, rtol=0)


def test_pictures_without_channels_are_changed_as_those_with_one():
    x = batch(channels=1)
    flat, _ = changed(Changes(turn=30, noise=0.1), x[..., 0])
    torch.testing.assert_close(flat, changed(Changes(turn=30, noise=0.1), x)[0][..., 0])


def test_mixup_mixes_classes_in_the_shares_of_the_pictures():
    x = torch.arange(COUNT, dtype=torch.float32)[:, None, None, None].expand(COUNT, 4, 4, 1)
    found, target = changed(Changes(mixup=1.0), x)

    # Picture number n is n everywhere: its mean is that of the numbers of its classes.
    mean = (target * torch.arange(COUNT)).sum(1)
    torch.testing.assert_close(found.mean((1, 2, 3)), mean)
    torch.testing.assert_close(target.sum(1), torch.ones(COUNT))


@pytest.mark.parametrize("step", range(4))
def test_cutmix_pastes_a_rectangle_and_its_area_is_the_share(step):
    x = torch.arange(COUNT, dtype=torch.float32)[:, None, None, None].expand(COUNT, 9, 7, 1)
    found, target = changed(Changes(cutmix=1.0), x, step=step)

    assert set(found[3].unique().tolist()) <= set(range(COUNT)), "no point is a mixture"
    mean = (target * torch.arange(COUNT)).sum(1)
    torch.testing.assert_close(found.mean((1, 2, 3)), mean)


def test_weights_go_with_the_shares_and_numbers_of_classes_are_refused():
    x, y = batch(), torch.eye(COUNT)
    weights = torch.arange(COUNT, dtype=torch.float32)
    augmentation = Augmentation(Changes(mixup=1.0), 3)
    _, (target,), (weighed,) = augmentation((x,), (y,), (weights,), 0, 0)
    torch.testing.assert_close(weighed, (target * weights).sum(1))

    with pytest.raises(ArgumentError, match="number"):
        augmentation((x,), (torch.arange(COUNT),), (None,), 0, 0)
    with pytest.raises(ArgumentError, match="pictures"):
        augmentation((torch.zeros(COUNT, 5),), (y,), (None,), 0, 0)


def test_places_are_within_what_was_asked():
    changes = Changes(shift=0.1, crop=0.5)
    found = placed(changes, Draws(1, 0, 0), 500, height=10, width=10)
    side = found[:, 0, 0]

    assert side.min() >= 0.5 and side.max() <= 1.0
    assert found[:, :, 2].abs().max() <= 0.5 + 0.2 + 1e-6


def test_every_setting_is_a_change_and_is_off_until_it_is_set():
    values = {param.key: param.default for param in AUGMENTATION}
    assert not changes_of(values).any
    assert said(values) == []
    for param in AUGMENTATION:
        on = values | {param.key: True if param.default is False else 10.0}
        assert changes_of(on).any, param.key
        assert len(said(on)) == 1
    assert changes_of({"data.augment_shift": 10.0}).shift == pytest.approx(0.1)
    assert changes_of({"data.augment_turn": 10.0}).turn == 10.0
