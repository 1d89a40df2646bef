"""The planned model as plain data: layers, shapes, weights and memory, without torch."""
