"""Makes the environment `benchmarks/.peers` with the frameworks that FitStudio is compared with.

python benchmarks/setup_peers.py            # all of them, about 3 GB
python benchmarks/setup_peers.py --quick    # without TensorFlow, about 1.5 GB
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import venv
from pathlib import Path

PEERS = Path(__file__).parent / ".peers"
TORCH = ["torch==2.13.0", "numpy==2.4.6", "h5py==3.14.0", "scikit-learn", "safetensors"]
TORCH_PEERS = ["keras==3.15.1", "lightning==2.6.6", "skorch==1.4.0"]
TENSORFLOW_PEERS = ["tensorflow==2.21.0", "tf_keras==2.21.0"]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="leave TensorFlow out")
    arguments = parser.parse_args()
    if not (PEERS / "bin" / "python").exists():
        venv.create(PEERS, with_pip=True)
    wanted = TORCH + TORCH_PEERS + ([] if arguments.quick else TENSORFLOW_PEERS)
    print(f"Installing {', '.join(wanted)} into {PEERS} …", flush=True)
    command = [str(PEERS / "bin" / "python"), "-m", "pip", "install", "--quiet", *wanted]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
