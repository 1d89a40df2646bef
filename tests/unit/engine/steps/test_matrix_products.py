"""Dense layers by oneDNN: the same numbers and gradients as torch's own."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from fitstudio.engine.steps import matrix_products
from fitstudio.engine.steps.matrix_products import LargeDenseLayers

pytestmark = pytest.mark.skipif(
    not torch.backends.mkldnn.is_available(), reason="torch was built without oneDNN"
)


def results(rows: Tensor, layer: nn.Linear) -> list[Tensor]:
    rows.requires_grad_()
    output = layer(rows)
    gradients = torch.autograd.grad(output.square().sum(), [rows, *layer.parameters()])
    return [output.detach(), *gradients]


@pytest.mark.parametrize("shape", [(200, 100), (4, 50, 100)], ids=["rows", "timesteps"])
@pytest.mark.parametrize("has_bias", [True, False])
def test_large_layers_agree(shape: tuple[int, ...], has_bias: bool) -> None:
    torch.manual_seed(0)
    layer, rows = nn.Linear(100, 90, bias=has_bias), torch.randn(shape)
    plain = results(rows, layer)
    calls = []
    with LargeDenseLayers(), pytest.MonkeyPatch.context() as patch:
        product = matrix_products.product
        patch.setattr(matrix_products, "product", lambda *given: calls.append(1) or product(*given))
        ours = results(rows, layer)
    assert len(calls) == 3
    for mine, other in zip(ours, plain, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-4)


def test_small_layers_other_types_and_calls_stay_with_torch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(matrix_products, "product", None)
    with LargeDenseLayers():
        assert nn.Linear(8, 8)(torch.ones(4, 8)).shape == (4, 8)
        assert nn.Linear(100, 90).double()(torch.ones(200, 100).double()).shape == (200, 90)
        assert F.relu(torch.ones(2)).tolist() == [1.0, 1.0]


def test_gradients_of_gradients() -> None:
    torch.manual_seed(0)
    layer, rows = nn.Linear(100, 90), torch.randn(200, 100, requires_grad=True)

    def penalty() -> Tensor:
        (gradient,) = torch.autograd.grad(layer(rows).square().sum(), rows, create_graph=True)
        (second,) = torch.autograd.grad(gradient.square().sum(), layer.weight)
        return second

    plain = penalty()
    with LargeDenseLayers():
        ours = penalty()
    torch.testing.assert_close(ours, plain, rtol=1e-3, atol=1e-2)
