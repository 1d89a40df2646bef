"""Changes at random in fit(): training batches alone, and the same after an interruption."""

import numpy as np
import pytest
import torch

from fitstudio import Model
from fitstudio.callbacks import Callback
from fitstudio.declared.parameters.augmentation import Changes
from fitstudio.engine.augmentation.augmentation import Augmentation
from fitstudio.engine.sequence import Sequence

ROWS = 24
RNG = np.random.default_rng(0)
X = RNG.random((ROWS, 8, 8, 1)).astype(np.float32)
Y = np.eye(3, dtype=np.float32)[np.arange(ROWS) % 3]
CHANGES = Changes(flip_horizontal=True, turn=20, shift=0.1, noise=0.1, mixup=0.5)


class Seen(torch.nn.Module):
    """Remembers the pictures that it was given, by whether it was training."""

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(64, 3)
        self.training_pictures, self.other_pictures = [], []

    def forward(self, x):
        (self.training_pictures if self.training else self.other_pictures).append(x.detach())
        return torch.softmax(self.layer(x.flatten(1)), 1)


def made(module=None):
    torch.manual_seed(0)
    plain = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 3), torch.nn.Softmax(1))
    model = Model(plain if module is None else module)
    model.compile("adam", loss="categorical_crossentropy")
    return model


def fit(model, x=X, y=Y, **settings):
    given = {"batch_size": 8, "epochs": 3, "verbose": 0, "seed": 7} | settings
    return model.fit(x, y, augmentation=Augmentation(CHANGES, 7), **given)


def weights(model):
    return [each.detach().clone() for each in model.module.parameters()]


def test_pictures_that_check_are_as_they_are():
    model = made(Seen())
    fit(model, epochs=1, validation_data=(X[:8], Y[:8]))
    model.evaluate(X[8:16], Y[8:16], verbose=0)
    model.predict(X[16:])
    given = {row.tobytes() for row in X}
    others = [row.numpy().tobytes() for block in model.module.other_pictures for row in block]
    trained = [row.numpy().tobytes() for block in model.module.training_pictures for row in block]

    assert others and all(each in given for each in others)
    assert sum(each not in given for each in trained) >= ROWS


class Interrupted(Callback):
    """Keeps the state after so many batches, and stops there."""

    def __init__(self, batches):
        super().__init__()
        self.left, self.state = batches, None

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if not self.left:
            self.state = self.model.training_state()
            self.model.stop_training = True


@pytest.mark.parametrize("batches", [3, 4, 5])
def test_a_training_that_goes_on_is_that_without_a_break(batches):
    whole = made()
    history = fit(whole)
    half, interrupted = made(), Interrupted(batches)
    fit(half, callbacks=[interrupted])
    rest = made()
    fit(rest, start_state=interrupted.state)

    assert all(map(torch.equal, weights(rest), weights(whole)))
    assert history.history["loss"][-1] == rest.history.history["loss"][-1]


class Batches(Sequence):
    def __len__(self):
        return ROWS // 8

    def __getitem__(self, number):
        rows = slice(8 * number, 8 * number + 8)
        return X[rows], Y[rows]


def test_the_threads_that_read_change_nothing():
    found = []
    for workers in (0, 1, 3):
        model = made()
        fit(model, Batches(), None, batch_size=None, workers=workers)
        found.append(weights(model))
    assert all(map(torch.equal, found[0], found[1]))
    assert all(map(torch.equal, found[0], found[2]))


def test_without_changes_nothing_is_another_than_before():
    plain, with_none = made(), made()
    plain.fit(X, Y, batch_size=8, epochs=2, verbose=0, seed=7)
    with_none.fit(X, Y, batch_size=8, epochs=2, verbose=0, seed=7, augmentation=None)
    changed = made()
    fit(changed, epochs=2)

    assert all(map(torch.equal, weights(plain), weights(with_none)))
    assert not all(map(torch.equal, weights(plain), weights(changed)))
