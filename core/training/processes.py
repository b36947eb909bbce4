"""One process or many: the same script on one device, on all of a machine's, or on several machines.

``torchrun`` and ``fabric run`` start the processes and tell each its place in its environment.
"""

from __future__ import annotations

import os

import torch
from lightning_fabric import Fabric


def rank_and_ranks() -> tuple[int, int]:
    """This process's number, from 0, and how many there are in all."""
    return int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))


def process_device() -> torch.device:
    """The device this process trains on."""
    if torch.cuda.is_available():
        return torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def build_fabric(precision: str) -> Fabric:
    """Fabric on one device, or, where a launcher started this process, as a member of its group. Joins the group."""
    ranks = rank_and_ranks()[1]
    if "LT_CLI_USED" in os.environ:  # fabric run says all of it in the environment, and has the group joined
        return Fabric(precision=precision)
    if "RANK" in os.environ:
        local = int(os.environ.get("LOCAL_WORLD_SIZE", ranks))
        fabric = Fabric(accelerator="auto", devices=local, num_nodes=max(1, ranks // local),
                        strategy="ddp" if ranks > 1 else "auto", precision=precision)
    else:
        return Fabric(accelerator="auto", devices=1, precision=precision)
    fabric.launch()
    return fabric
