"""``python -m dxnet.inference.backends`` makes the machine code of the compiled engine beforehand."""

from dxnet.inference.backends.compiled.calls import machine_code

machine_code()
