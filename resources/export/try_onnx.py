"""What an exported ONNX file answers for raw rows, in a process without FitStudio.

python try_onnx.py model.onnx rows.npz answers.npy
"""

import sys

import numpy as np
import onnxruntime


def main() -> int:
    model, rows, answers = sys.argv[1:]
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    with np.load(rows, allow_pickle=False) as columns:
        given = {name: columns[name] for name in columns.files}
    texts = {name: array.astype(object) for name, array in given.items() if array.dtype.kind == "U"}
    first = session.get_outputs()[0].name
    np.save(answers, session.run([first], given | texts)[0])
    return 0


if __name__ == "__main__":
    sys.exit(main())
