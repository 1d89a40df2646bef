"""Lightning: a LightningModule, a DataLoader, a Trainer with everything optional off."""

# pyright: reportMissingImports=false
# (its packages are in benchmarks/.peers)

from __future__ import annotations

import logging
import tempfile
import warnings
from pathlib import Path
from typing import Any

import lightning
import torch
from lightning.pytorch.callbacks import EarlyStopping, LearningRateMonitor, ModelCheckpoint
from lightning.pytorch.loggers import CSVLogger
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, TensorDataset
from workloads import Workload, wide_file

from contenders.torch_loops import FileRows
from contenders.torch_models import loss_of, make_module, metric_sum, tensors

logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
warnings.simplefilter("ignore")


class _Module(lightning.LightningModule):
    def __init__(self, workload: Workload) -> None:
        super().__init__()
        self.workload = workload
        self.module, self.loss = make_module(workload), loss_of(workload)
        self.last_loss = 0.0

    def _measured(self, batch: tuple[Tensor, Tensor], prefix: str) -> Tensor:
        x, y = batch
        output = self.module(x)
        loss = self.loss(output, y)
        metric = metric_sum(self.workload, output.detach(), y) / len(x)
        self.log(f"{prefix}loss", loss, on_step=False, on_epoch=True, batch_size=len(x))
        self.log(f"{prefix}metric", metric, on_step=False, on_epoch=True, batch_size=len(x))
        return loss

    def training_step(self, batch: Any, index: int) -> Tensor:
        return self._measured(batch, "")

    def validation_step(self, batch: Any, index: int) -> None:
        self._measured(batch, "val_")

    def on_train_epoch_end(self) -> None:
        self.last_loss = float(self.trainer.callback_metrics["loss"])

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.Adam(self.parameters(), eps=1e-7)


class Lightning:
    def __init__(self, workload: Workload, rows: int) -> None:
        self.workload = workload
        self.steps = -(-rows // workload.batch_size)
        self.module = _Module(workload)
        self.held_out: DataLoader | None = None
        self.data: Dataset
        if workload.name == "w5":
            self.data = FileRows(wide_file(rows))
        else:
            arrays = workload.data(rows + workload.validation_rows)
            self.data = TensorDataset(*tensors(tuple(each[:rows] for each in arrays)))
            if workload.validation_rows:
                held_out = TensorDataset(*tensors(tuple(each[rows:] for each in arrays)))
                self.held_out = DataLoader(held_out, batch_size=1024)
        self.folder = Path(tempfile.mkdtemp())

    def epochs(self, count: int, shuffle: bool) -> float:
        validates = self.held_out is not None
        callbacks = [
            EarlyStopping("val_loss", patience=1_000),
            LearningRateMonitor(),
            ModelCheckpoint(self.folder, save_weights_only=True),
        ]
        trainer = lightning.Trainer(
            max_epochs=count,
            accelerator="cpu",
            logger=CSVLogger(self.folder) if validates else False,
            callbacks=callbacks if validates else [],
            enable_checkpointing=validates,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            default_root_dir=self.folder,
        )
        loader = DataLoader(self.data, batch_size=self.workload.batch_size, shuffle=shuffle)
        trainer.fit(self.module, loader, self.held_out)
        return self.module.last_loss
